/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port.h – a byte-stream channel: port, webdav, usbredir or smartcard.
 *
 * Bytes from a producer to the client and from the client to a consumer, in
 * order with events, none lost: whoever sends faster than the other side takes
 * is made to wait. One client at a time; a further one is turned away, and
 * offered the channel again when the first has left. A broadcasting port
 * instead sends the same to all clients, hears none, and lets go of one that is
 * too slow. A viewer that may only look is given broadcasts alone. */
#pragma once

#include "letters.h"
#include "server-core/channel/server.h"
#include "server-core/wire/messages-port.h"

typedef enum {
  SPC_PORT_PLAIN,
  SPC_PORT_WEBDAV,
  SPC_PORT_USBREDIR,
  SPC_PORT_SMARTCARD,
  SPC_N_PORT_KINDS
} SpcPortKind;

typedef struct {
  SpcPortKind kind;
  uint8_t id;       /* of the channel; 0 for smartcards */
  const char *name; /* told to the client of a port or webdav; not empty */
  bool broadcast;
} SpcPortConfig;

/* what becomes known on the loop; it must return at once */
typedef void (*SpcPortFunc) (SpcLetterKind kind, uint8_t event,
                             uint32_t client_id, gpointer user_data);

#define SPC_TYPE_PORT (spc_port_get_type ())
G_DECLARE_FINAL_TYPE (SpcPort, spc_port, SPC, PORT, SpcChannel)

/* life; then it is given to the server */
SpcPort *spc_port_new (SpcServer *server, const SpcPortConfig *config);
/* before that: is told of clients that come and leave, and of their events */
void spc_port_set_func (SpcPort *self, SpcPortFunc func, gpointer user_data,
                        GDestroyNotify destroy);

/* producer: any thread */
/* Waits for a client and for room; returns how much was taken, which is less
 * than @size when it was unlocked. */
gsize spc_port_write (SpcPort *self, const void *data, gsize size);
/* after what was written; waits for room, but for no client. false: unlocked */
bool spc_port_write_event (SpcPort *self, SpcPortEvent event);
/* the same without waiting; false: there is no room (opened and closed always
 * have some). What it tells last is what later clients begin with. */
bool spc_port_post_event (SpcPort *self, SpcPortEvent event);
/* waits until the client's socket has taken all; false: unlocked */
bool spc_port_drain (SpcPort *self);
gsize spc_port_queued_bytes (SpcPort *self);   /* that wait for the client */
void spc_port_unlock_producer (SpcPort *self); /* ends waits, until locked */
void spc_port_lock_producer (SpcPort *self);

/* consumer: any thread */
/* Without a consumer what clients send is dropped. A new one finds an empty
 * queue, and is told of the client there is. */
void spc_port_post_consumer (SpcPort *self, bool is_there);
/* (transfer full), given back by the call below; waits, as
 * spc_mailbox_pop() does, until @deadline_us; NULL when unlocked, too */
SpcLetter *spc_port_read (SpcPort *self, gint64 deadline_us);
void spc_port_give_back (SpcPort *self, SpcLetter *letter);
void spc_port_unlock_consumer (SpcPort *self);
void spc_port_lock_consumer (SpcPort *self);

/* for port-connection.c; loop thread */
void spc_port_welcome (SpcPort *self, SpcConnection *connection);
/* what the client sent; takes @letter */
void spc_port_take (SpcPort *self, SpcConnection *connection,
                    SpcLetter *letter);
bool spc_port_take_card_message (SpcPort *self, SpcConnection *connection,
                                 const SpcVscMessage *message, GError **error);
void spc_port_go_on (SpcPort *self); /* a pipe has room */
void spc_port_note_flushed (SpcPort *self);
/* a client that moves with its session: what was written is still for it, what
 * it has sent and nobody has read goes along (spec: migration data) */
void spc_port_leave (SpcPort *self, SpcConnection *connection);
void spc_port_save (SpcPort *self, QxlWriter *blob);
bool spc_port_restore (SpcPort *self, SpcConnection *connection,
                       const QxlTail *blob, GError **error);
