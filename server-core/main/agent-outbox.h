/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-outbox.h – agent messages that wait for a viewer's tokens.
 *
 * A message is cut into pieces only when they are sent, from the bytes it was
 * given, so that a large one costs no copy. Each piece costs a token. Pure
 * bookkeeping (spec: agent tokens). */
#pragma once

#include "qxl/bytes.h"

typedef struct {
  GQueue messages; /* see the .c; head is sent first */
  uint32_t tokens;
} SpcAgentOutbox;

void spc_agent_outbox_init (SpcAgentOutbox *self);
void spc_agent_outbox_clear (SpcAgentOutbox *self); /* empty, no tokens */

/* @head: sent before @data; either may be NULL. @key: 0, or what stands for the
 * subject of the message: it takes the place of one of the same key of which
 * nothing has been sent yet; true if there was one. */
bool spc_agent_outbox_push (SpcAgentOutbox *self, GBytes *head, GBytes *data,
                            uint32_t key);
/* drops what has that key and of which nothing has been sent */
bool spc_agent_outbox_drop (SpcAgentOutbox *self, uint32_t key);
/* there is one of this key, even if a part of it was sent */
bool spc_agent_outbox_has (const SpcAgentOutbox *self, uint32_t key);
void spc_agent_outbox_grant (SpcAgentOutbox *self, uint32_t tokens);
/* a piece could be sent */
bool spc_agent_outbox_is_ready (const SpcAgentOutbox *self);
/* writes the next piece, at most 2048 bytes, for a token; it must be ready */
void spc_agent_outbox_write (SpcAgentOutbox *self, QxlWriter *writer);
/* what has not been sent, and of the first what is left of it; false with
 * @error: @data is not that, and not empty */
void spc_agent_outbox_save (const SpcAgentOutbox *self, QxlWriter *writer);
bool spc_agent_outbox_restore (SpcAgentOutbox *self, const uint8_t *data,
                               gsize size, GError **error);
static inline guint
spc_agent_outbox_length (const SpcAgentOutbox *self)
{
  return self->messages.length;
}
