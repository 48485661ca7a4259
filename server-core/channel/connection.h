/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connection.h – one client's link to one channel.
 *
 * Base class of every channel's connection: framing both ways, dispatch of
 * messages by table, acknowledgement window, pings and latency, serials, and
 * the flow from pipe to socket. It owns its transport and its pipe; channel and
 * client are weak back pointers. A message the tables do not allow, of a size
 * they do not allow, or that a handler refuses ends this connection only.
 * Loop thread only.
 *
 * Sending: an item is pushed; when the peer has room its messages are built:
 *
 *   spc_connection_begin (connection, SPICE_MSG_DISPLAY_MARK);
 *   … write the body to spc_connection_writer …
 *   spc_connection_end (connection);
 */
#pragma once

#include "item.h"
#include "message-handler.h"
#include "pipe.h"
#include "server-core/base/error.h"
#include "server-core/base/log.h"
#include "server-core/link/caps.h"
#include "server-core/net/transport.h"
#include <glib-object.h>

typedef struct _SpcChannel SpcChannel;
typedef struct _SpcClient SpcClient;

#define SPC_TYPE_CONNECTION (spc_connection_get_type ())
G_DECLARE_DERIVABLE_TYPE (SpcConnection, spc_connection, SPC, CONNECTION,
                          GObject)

struct _SpcConnectionClass {
  GObjectClass parent_class;
  SpcLogCategory log_category;
  const SpcMessageHandler *handlers; /* beyond the base messages */
  guint n_handlers;
  bool uses_acks; /* SET_ACK is sent and the window obeyed */
  /* all optional: */
  void (*opened) (SpcConnection *self);  /* push the first items here */
  void (*drained) (SpcConnection *self); /* all is sent, and more may be */
  void (*flushed) (SpcConnection *self); /* the socket has taken all built */
  void (*closed) (SpcConnection *self);  /* once, before the last reference */
  /* a viewer that moves without losing its session (spec: migration) takes
   * along what save writes; without it, nothing. restore comes instead of
   * opened; false with @error: the viewer is ended. */
  void (*leaving) (SpcConnection *self); /* push what must still be sent */
  void (*save) (SpcConnection *self, QxlWriter *blob);
  bool (*restore) (SpcConnection *self, const QxlTail *blob, GError **error);
};

typedef struct {
  guint64 bytes_sent, bytes_received;
  guint64 messages_sent, messages_received;
  guint32 round_trip_us; /* smallest measured, 0: not yet */
} SpcConnectionStats;

/* adds what can be added: not the round trip */
static inline void
spc_connection_stats_add (SpcConnectionStats *sum,
                          const SpcConnectionStats *part)
{
  sum->bytes_sent += part->bytes_sent;
  sum->bytes_received += part->bytes_received;
  sum->messages_sent += part->messages_sent;
  sum->messages_received += part->messages_received;
}

/* life; server-admission.c calls open, anybody close */
/* what a proven link brings along; copied or taken by spc_connection_open */
typedef struct {
  SpcChannel *channel;
  SpcClient *client;
  SpcTransport *transport;           /* taken */
  SpcCaps common_caps, channel_caps; /* the client's */
} SpcConnectionSetup;

/* makes an object of @type, registers it with channel and client, and starts
 * reading; returns a borrowed reference, NULL if it has closed at once */
SpcConnection *spc_connection_open (GType type, SpcConnectionSetup *setup);
/* ends it; @reason is logged. Harmless when closed already. */
void spc_connection_close (SpcConnection *self, const char *reason);
bool spc_connection_is_closed (SpcConnection *self);

/* moving; called by the migrator */
/* it begins to serve, with the @state the viewer brings, or NULL */
bool spc_connection_release (SpcConnection *self, const QxlTail *state,
                             GError **error);
/* sends MIGRATE; what is pushed afterwards is dropped */
void spc_connection_leave (SpcConnection *self, uint32_t flags);
bool spc_connection_is_held (SpcConnection *self);

/* sending */
void spc_connection_push (SpcConnection *self, SpcItem *item); /* takes */
/* a message of a plain struct; @message is read at once */
void spc_connection_send (SpcConnection *self, uint16_t type,
                          const QxlField *fields, const void *message);
/* the same, for news that make older ones worthless: takes the place of a
 * message of that type that still waits, so that a peer which does not read
 * collects one */
void spc_connection_send_latest (SpcConnection *self, uint16_t type,
                                 const QxlField *fields, const void *message);
SpcPipe *spc_connection_pipe (SpcConnection *self);
/* Sends what can be sent; call it after work an item waits for has ended. A
 * line that fails ends the connection, but later, from the loop. */
void spc_connection_pump (SpcConnection *self);
/* reads no more from the peer, whom its line slows down then, until it may */
void spc_connection_pause_reading (SpcConnection *self, bool pause);
/* inside an item's build only */
void spc_connection_begin (SpcConnection *self, uint16_t type);
QxlWriter *spc_connection_writer (SpcConnection *self);
/* bytes of the current message's body so far: what pointer fields hold */
uint32_t spc_connection_body_size (SpcConnection *self);
void spc_connection_end (SpcConnection *self);
/* begin, fields, end */
void spc_connection_write (SpcConnection *self, uint16_t type,
                           const QxlField *fields, const void *message);

/* asking */
const char *spc_connection_name (SpcConnection *self);    /* for the log */
SpcChannel *spc_connection_channel (SpcConnection *self); /* may be NULL */
SpcClient *spc_connection_client (SpcConnection *self);   /* may be NULL */
bool spc_connection_has_cap (SpcConnection *self, unsigned bit);
bool spc_connection_is_local (SpcConnection *self);
const char *spc_connection_encryption (SpcConnection *self); /* "tls" */
/* bytes built but not taken by the socket */
gsize spc_connection_backlog (SpcConnection *self);
const SpcConnectionStats *spc_connection_stats (SpcConnection *self);
/* of the last message begun; what a viewer counts too, wherever its session
 * began */
uint64_t spc_connection_serial (SpcConnection *self);
void spc_connection_set_serial (SpcConnection *self, uint64_t serial);
/* when the socket last took or gave a byte, monotonic µs */
int64_t spc_connection_last_activity_us (SpcConnection *self);
/* true while something waits that the peer does not take or answer */
bool spc_connection_is_blocked (SpcConnection *self);

/* pings: the answer updates the statistics and calls @func (may be NULL) with
 * the round trip */
typedef void (*SpcPongFunc) (SpcConnection *self, guint32 round_trip_us,
                             gpointer user_data);
void spc_connection_ping (SpcConnection *self, guint32 padding_bytes,
                          SpcPongFunc func, gpointer user_data);
