/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipe.h"

#include "server-core/base/limits.h"

void
spc_pipe_init (SpcPipe *self)
{
  g_queue_init (&self->items);
  self->bytes = 0;
  self->links = g_hash_table_new (g_direct_hash, g_direct_equal);
}

void
spc_pipe_fini (SpcPipe *self)
{
  spc_pipe_clear (self);
  g_clear_pointer (&self->links, g_hash_table_unref);
}

void
spc_pipe_clear (SpcPipe *self)
{
  SpcItem *item;

  while ((item = spc_pipe_pop (self)) != NULL)
    spc_item_unref (item);
}

void
spc_pipe_push (SpcPipe *self, SpcItem *item)
{
  g_queue_push_tail (&self->items, item);
  g_hash_table_insert (self->links, item, self->items.tail);
  self->bytes += item->size;
}

SpcItem *
spc_pipe_head (const SpcPipe *self)
{
  return self->items.head != NULL ? self->items.head->data : NULL;
}

SpcItem *
spc_pipe_pop (SpcPipe *self)
{
  SpcItem *item = g_queue_pop_head (&self->items);

  if (item == NULL)
    return NULL;
  g_hash_table_remove (self->links, item);
  self->bytes -= item->size;
  return item;
}

SpcItem *
spc_pipe_peek (const SpcPipe *self, guint n)
{
  return g_queue_peek_nth ((GQueue *)&self->items, n);
}

static void
remove_link (SpcPipe *self, GList *link)
{
  SpcItem *item = link->data;

  g_queue_delete_link (&self->items, link);
  g_hash_table_remove (self->links, item);
  self->bytes -= item->size;
  spc_item_unref (item);
}

bool
spc_pipe_remove (SpcPipe *self, SpcItem *item)
{
  GList *link = g_hash_table_lookup (self->links, item);

  if (link != NULL)
    remove_link (self, link);
  return link != NULL;
}

guint
spc_pipe_remove_if (SpcPipe *self, SpcPipeMatch match, gpointer user_data)
{
  guint n_removed = 0;
  GList *next;

  for (GList *link = self->items.head; link != NULL; link = next) {
    SpcItem *item = link->data;

    next = link->next;
    if (!match (item, user_data))
      continue;
    remove_link (self, link);
    n_removed++;
  }
  return n_removed;
}

void
spc_pipe_replace (SpcPipe *self, SpcItem *item, SpcPipeMatch match,
                  gpointer user_data)
{
  for (GList *link = self->items.head; link != NULL; link = link->next) {
    SpcItem *old = link->data;

    if (!match (old, user_data))
      continue;
    link->data = item;
    g_hash_table_remove (self->links, old);
    g_hash_table_insert (self->links, item, link);
    self->bytes += item->size;
    self->bytes -= old->size;
    spc_item_unref (old);
    return;
  }
  spc_pipe_push (self, item);
}

SpcItemState
spc_pipe_prepare (SpcPipe *self, SpcConnection *connection, guint n_items)
{
  SpcItemState head_state = SPC_ITEM_READY;
  GList *link = self->items.head;

  for (guint n = 0; link != NULL && n < n_items; n++, link = link->next) {
    SpcItem *item = link->data;
    SpcItemState state = SPC_ITEM_READY;

    if (item->klass->prepare != NULL)
      state = item->klass->prepare (item, connection);
    if (n == 0)
      head_state = state;
    if (n == 0 && state == SPC_ITEM_DROP)
      break;
  }
  return head_state;
}
