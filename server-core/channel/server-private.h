/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-private.h – what the parts of the server's room tell each other.
 *
 * Loop thread only. */
#pragma once

#include "acceptor.h"
#include "control.h"
#include "server.h"

/* client.c → server.c: @client has closed all its connections */
void spc_server_client_gone (SpcServer *self, SpcClient *client,
                             const char *reason);
SpcChannel *spc_server_find_channel (SpcServer *self, uint8_t type, uint8_t id);
SpcClient *spc_server_find_client (SpcServer *self, uint32_t id);

/* server-admission.c → server.c, server-stats.c */
extern const SpcAcceptorOwner spc_server_acceptor_owner;
SpcClientInfo spc_server_client_info (SpcServer *self, const SpcClient *client);

/* server.c → server-admission.c */
void spc_server_client_came (SpcServer *self, SpcClient *client);

/* server.c → server-control.c */
SpcControl *spc_server_control (SpcServer *self);
const SpcHost *spc_server_host (SpcServer *self, gpointer *user_data);
void spc_server_set_client_mouse (SpcServer *self, bool client_mode);
void spc_server_set_view_only (SpcServer *self, bool by_default);
void spc_server_tell_channels (SpcServer *self, SpcServerChange change,
                               SpcChannel *subject);

/* server-control.c → server.c */
/* who is there or may type has changed; @newcomer: who has just come, or
 * NULL */
void spc_server_settle_control (SpcServer *self, const SpcClient *newcomer);
/* @client is no longer among the clients */
void spc_server_control_left (SpcServer *self, const SpcClient *client);

/* server-control.c → server-requests.c */
void spc_server_do_set_role (SpcServer *self, uint32_t client_id, SpcRole role);
void spc_server_do_set_default_role (SpcServer *self, SpcRole role);
void spc_server_do_set_control (SpcServer *self, SpcControlRule rule);
void spc_server_do_give_control (SpcServer *self, uint32_t client_id);

/* server.c → server-requests.c */
bool spc_server_has_started (SpcServer *self);      /* any thread */
SpcAcceptor *spc_server_acceptor (SpcServer *self); /* NULL: stopped */
void spc_server_do_add_channel (SpcServer *self, SpcChannel *channel);
void spc_server_do_remove_channel (SpcServer *self, SpcChannel *channel);
void spc_server_do_disconnect (SpcServer *self, uint32_t client_id);
void spc_server_do_set_leds (SpcServer *self, uint8_t locks);
void spc_server_do_set_name (SpcServer *self, char **name); /* takes *@name */
void spc_server_do_set_images (SpcServer *self, const SpcImageConfig *images);
void spc_server_do_set_tls (SpcServer *self, const SpcTlsConfig *tls);
void spc_server_do_set_video (SpcServer *self, const SpcVideoConfig *video);

/* every few seconds, for tests at a time of their choice: ends who takes or
 * answers nothing for too long, pings idle ones every third time */
void spc_server_look_after_clients (SpcServer *self, int64_t now_us);
/* server-stats.c */
GVariant *spc_server_make_stats (SpcServer *self);
