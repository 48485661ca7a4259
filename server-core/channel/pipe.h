/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pipe.h – the ordered outgoing items of one connection.
 *
 * Knows how many items wait and what they may cost, and has those that are soon
 * to be sent made ready. What may be sent when is its connection's business.
 * Loop thread only. */
#pragma once

#include "item.h"
#include <stdbool.h>

typedef struct {
  GQueue items; /* SpcItem, head is sent first */
  guint64 bytes;
  GHashTable *links; /* item → its link in @items */
} SpcPipe;

typedef bool (*SpcPipeMatch) (SpcItem *item, gpointer user_data);

void spc_pipe_init (SpcPipe *self);
void spc_pipe_clear (SpcPipe *self); /* empty, still of use */
void spc_pipe_fini (SpcPipe *self);
/* takes @item, which may stand there only once */
void spc_pipe_push (SpcPipe *self, SpcItem *item);
SpcItem *spc_pipe_head (const SpcPipe *self); /* NULL when empty */
SpcItem *spc_pipe_pop (SpcPipe *self);        /* (transfer full) */
/* the @n th item from the head, NULL beyond the end */
SpcItem *spc_pipe_peek (const SpcPipe *self, guint n);
/* drops @item, wherever it stands, at no more cost; false: it is not there */
bool spc_pipe_remove (SpcPipe *self, SpcItem *item);
/* drops every item for which @match is true; returns how many */
guint spc_pipe_remove_if (SpcPipe *self, SpcPipeMatch match,
                          gpointer user_data);
/* puts @item (taken) where the first matching one stands, which is dropped;
 * without a match at the end */
void spc_pipe_replace (SpcPipe *self, SpcItem *item, SpcPipeMatch match,
                       gpointer user_data);
/* has the first @n_items start their work, none of which may take an item out;
 * the head's state, READY when there is none. What stands behind a head that is
 * to be dropped is not asked. */
SpcItemState spc_pipe_prepare (SpcPipe *self, SpcConnection *connection,
                               guint n_items);
static inline guint
spc_pipe_length (const SpcPipe *self)
{
  return self->items.length;
}
