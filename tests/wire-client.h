/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire-client.h – a small scripted viewer of one channel, for tests.
 *
 * Makes the link, keeps what the server says, and answers as a viewer must
 * (window, pings) unless told not to. It shares the layouts with the server but
 * cuts and frames messages itself. What breaks the protocol ends the test.
 * Runs on the test's loop. */
#pragma once

#include "server-core/link/caps.h"
#include "server-core/net/transport.h"
#include "qxl/fields.h"
#include "server-core/wire/protocol.h"

#define WIRE_PENDING (-1) /* no link result yet */
#define WIRE_CLOSED (-2)  /* closed before there was one */

typedef struct {
  uint8_t channel_type, channel_id;
  uint32_t connection_id;
  const char *password; /* NULL: a blob that is no ticket */
  bool full_header;
  SpcCaps channel_caps;
  bool silent; /* never acknowledges, never answers pings */
} WireClientSetup;

typedef struct {
  uint16_t type;
  GBytes *body;
} WireMessage;

typedef struct _WireClient WireClient;
typedef void (*WireClientFunc) (WireClient *client, uint16_t type,
                                const uint8_t *body, uint32_t size,
                                gpointer user_data);

struct _WireClient {
  WireClientSetup setup;
  SpcTransport *transport;
  /* the link */
  int link_code; /* SPICE_LINK_ERR_…, or WIRE_… */
  uint32_t reply_code;
  SpcCaps common_caps, channel_caps; /* the server's */
  /* the conversation */
  GPtrArray *messages; /* WireMessage, in order */
  guint64 n_messages, n_bytes;
  uint32_t ack_window, n_unacked;
  bool stopped;        /* does not read */
  bool closed;         /* by the server */
  WireClientFunc func; /* hears each message; may be NULL */
  gpointer user_data;
  /* private */
  GByteArray *in, *out;
  uint64_t serial_in, serial_out;
};

/* takes @transport and begins the link */
WireClient *wire_client_new (SpcTransport *transport,
                             const WireClientSetup *setup);
void wire_client_free (WireClient *self); /* hangs up */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireClient, wire_client_free)
void wire_client_stop_reading (WireClient *self);
void wire_client_read_again (WireClient *self);

/* sending */
void wire_client_send (WireClient *self, uint16_t type, const void *body,
                       uint32_t size);
void wire_client_send_fields (WireClient *self, uint16_t type,
                              const QxlField *fields, const void *message);
/* a header that claims @size, and nothing behind it */
void wire_client_send_header (WireClient *self, uint16_t type, uint32_t size);
void wire_client_send_raw (WireClient *self, const void *bytes, gsize size);
/* all that was sent has been taken by the transport */
bool wire_client_is_flushed (const WireClient *self);

/* what came */
guint wire_client_count (const WireClient *self, uint16_t type);
/* the @nth (from 0) of a type; NULL: not yet */
const WireMessage *wire_client_find (const WireClient *self, uint16_t type,
                                     guint nth);
/* the first of a type, read by its layout, which must fit exactly */
void wire_client_read (const WireClient *self, uint16_t type,
                       const QxlField *fields, void *message);
void wire_message_read (const WireMessage *self, const QxlField *fields,
                        void *message);
/* "103 113 114": the types in order, pings left out */
char *wire_client_types (const WireClient *self);
void wire_client_forget (WireClient *self); /* the messages so far */
