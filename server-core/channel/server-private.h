/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-private.h – what the parts of the server's room tell each other.
 *
 * Loop thread only. */
#pragma once

#include "server.h"

/* client.c → server.c: @client has closed all its connections */
void spc_server_client_gone (SpcServer *self, SpcClient *client,
                             const char *reason);
SpcChannel *spc_server_find_channel (SpcServer *self, uint8_t type,
                                     uint8_t id);
SpcClient *spc_server_find_client (SpcServer *self, uint32_t id);
/* server-stats.c */
GVariant *spc_server_make_stats (SpcServer *self);
