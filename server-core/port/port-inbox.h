/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port-inbox.h – what the client of a byte stream has sent, for its consumer.
 *
 * Letters in order, those of the client between one that says that it has come
 * and one that says that it has left. Without a consumer they are dropped. When
 * it does not keep up, the client is not read from until it has: nothing is
 * lost. A client on its way to another server is read to its end, for what
 * nobody here has read goes along with it; one that takes too much is closed.
 * Loop thread only; the letters alone are read by any thread. */
#pragma once

#include "letters.h"
#include "server-core/channel/connection.h"

typedef struct {
  SpcLetters *letters; /* owned */
  bool has_consumer;
  bool is_leaving; /* the client is on its way to another server */
} SpcPortInbox;

void spc_port_inbox_init (SpcPortInbox *self);
void spc_port_inbox_clear (SpcPortInbox *self);

/* consumer */
/* finds an empty queue, and is told of @client, who is there already, or NULL
 */
void spc_port_inbox_begin (SpcPortInbox *self, SpcConnection *client);
void spc_port_inbox_end (SpcPortInbox *self);

/* client */
void spc_port_inbox_attach (SpcPortInbox *self, SpcConnection *client);
/* takes @letter */
void spc_port_inbox_post (SpcPortInbox *self, SpcConnection *client,
                          SpcLetter *letter);
/* what it brings along from another server */
void spc_port_inbox_post_unread (SpcPortInbox *self, SpcConnection *client,
                                 const QxlTail *unread);
void spc_port_inbox_detach (SpcPortInbox *self, SpcConnection *client);
