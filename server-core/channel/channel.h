/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* channel.h – base class of what a server offers: main, display, inputs, …
 *
 * A channel has a type, an id, the capabilities it announces, and its
 * connections, one for each client at most. Made on any thread, then given to a
 * server (server.h), after which it belongs to the loop thread. */
#pragma once

#include "connection.h"

#define SPC_TYPE_CHANNEL (spc_channel_get_type ())
G_DECLARE_DERIVABLE_TYPE (SpcChannel, spc_channel, SPC, CHANNEL, GObject)

typedef struct _SpcServer SpcServer;

/* what a server tells its channels about itself */
typedef enum {
  SPC_CHANGE_CHANNEL_ADDED, /* subject: the channel */
  SPC_CHANGE_MOUSE_MODE,
  SPC_CHANGE_KEYBOARD_LEDS,
  SPC_CHANGE_NAME,
  SPC_CHANGE_CLOCK, /* viewers must be told the multimedia time */
  SPC_CHANGE_ROLE,  /* of some client; see losing_control in client.h */
} SpcServerChange;

struct _SpcChannelClass {
  GObjectClass parent_class;
  uint8_t channel_type;  /* SPICE_CHANNEL_… */
  GType connection_type; /* of its connections */
  SpcCaps caps;          /* announced */
  /* all optional: */
  void (*attached) (SpcChannel *self); /* to its server, on the loop */
  void (*detached) (SpcChannel *self);
  void (*connected) (SpcChannel *self, SpcConnection *connection);
  void (*disconnected) (SpcChannel *self, SpcConnection *connection);
  void (*server_changed) (SpcChannel *self, SpcServerChange change,
                          SpcChannel *subject);
  /* counters of its own, for the server's statistics: adds to an a{sv} */
  void (*add_stats) (SpcChannel *self, GVariantDict *dict);
};

/* any thread */
uint8_t spc_channel_type (SpcChannel *self);
uint8_t spc_channel_id (SpcChannel *self);
SpcLoop *spc_channel_loop (SpcChannel *self);
const char *spc_channel_name (SpcChannel *self);  /* "display 0" */
const char *spc_channel_type_name (uint8_t type); /* "display", or NULL */
/* connections at this moment, published by the loop */
guint spc_channel_n_connections (SpcChannel *self);

/* for subclasses' constructors */
void spc_channel_construct (SpcChannel *self, SpcServer *server, uint8_t id);

/* loop thread */
SpcServer *spc_channel_server (SpcChannel *self);      /* NULL when detached */
GPtrArray *spc_channel_connections (SpcChannel *self); /* SpcConnection */
/* calls @func for each; connections may close meanwhile */
void spc_channel_foreach (SpcChannel *self,
                          void (*func) (SpcConnection *, gpointer),
                          gpointer user_data);
/* the same small message to every connection; it takes the place of one of its
 * type that still waits (spc_connection_send_latest) */
void spc_channel_broadcast (SpcChannel *self, uint16_t type,
                            const QxlField *fields, const void *message);
void spc_channel_pump_all (SpcChannel *self);
/* sums over its connections, closed ones included; no round trip */
void spc_channel_stats (SpcChannel *self, SpcConnectionStats *stats);

/* for connection.c and server.c */
void spc_channel_set_server (SpcChannel *self, SpcServer *server);
void spc_channel_add_connection (SpcChannel *self, SpcConnection *connection);
void spc_channel_remove_connection (SpcChannel *self,
                                    SpcConnection *connection);
void spc_channel_close_all (SpcChannel *self, const char *reason);
