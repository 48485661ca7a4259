/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate-departure.h – the connections of a viewer that leaves seamlessly.
 *
 * Each is told to migrate; one whose channel has state to send along is sent it
 * once the viewer's last message has come. The main connection comes last,
 * since the others end with it. Loop thread only. */
#pragma once

#include "server-core/channel/client.h"

typedef struct _SpcDeparture SpcDeparture;

/* @key: to prove the state with; NULL: none */
SpcDeparture *spc_departure_new (SpcClient *client, const char *key);
void spc_departure_free (SpcDeparture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcDeparture, spc_departure_free)

void spc_departure_begin (SpcDeparture *self);
/* false: nobody asked for it */
bool spc_departure_flush_mark (SpcDeparture *self, SpcConnection *connection);
/* it has nothing more to send, or is closed */
void spc_departure_sent (SpcDeparture *self, SpcConnection *connection);
