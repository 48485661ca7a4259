/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port-outbox.h – what a producer has written, for the clients of a byte
 * stream.
 *
 * Letters from any thread, handed in turns to whoever makes messages of them:
 * while the client's pipe is full the rest waits here, where it can still be
 * dropped when the client leaves, and other channels of the loop come between
 * two turns. A broadcast waits for nobody: it lets go of a client that is too
 * slow. Loop thread, where nothing else is said. */
#pragma once

#include "letters.h"
#include "server-core/channel/channel.h"

/* makes messages of @letter, which it takes */
typedef void (*SpcPortSendFunc) (SpcChannel *channel, SpcLetter *letter);

typedef struct {
  SpcChannel *channel; /* not owned: this is a part of it */
  SpcPortSendFunc send;
  SpcLetters *letters; /* owned; any thread: they lock themselves */
  bool is_broadcast;
  gint is_scheduled; /* atomic: a turn is under way to the loop */
} SpcPortOutbox;

/* life: that of @channel */
void spc_port_outbox_init (SpcPortOutbox *self, SpcChannel *channel,
                           SpcPortSendFunc send);
void spc_port_outbox_clear (SpcPortOutbox *self);

/* there is something to hand over, or room; any thread */
void spc_port_outbox_schedule (SpcPortOutbox *self);
/* for @send: to every client; @item stays the caller's */
void spc_port_outbox_push (SpcPortOutbox *self, SpcItem *item);
/* a socket has taken all it had: drains end when all have */
void spc_port_outbox_note_flushed (SpcPortOutbox *self);
/* the last client may have left */
void spc_port_outbox_note_left (SpcPortOutbox *self);
