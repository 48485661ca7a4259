/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pending-links.h"

void
spc_pending_links_init (SpcPendingLinks *self)
{
  g_queue_init (&self->entrances);
  g_queue_init (&self->links);
}

guint
spc_pending_links_length (const SpcPendingLinks *self)
{
  return self->entrances.length + self->links.length;
}

/* those that have said nothing yet come first */
static GArray *
list_all (const SpcPendingLinks *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (SpcPendingLink));

  for (GList *l = self->entrances.head; l != NULL; l = l->next) {
    SpcPendingLink pending = {.peer = spc_entrance_peer (l->data),
                              .network = spc_entrance_network (l->data),
                              .entrance = l->data};
    g_array_append_val (list, pending);
  }
  for (GList *l = self->links.head; l != NULL; l = l->next) {
    SpcPendingLink pending = {.peer = spc_link_peer (l->data),
                              .network = spc_link_network (l->data),
                              .link = l->data};
    g_array_append_val (list, pending);
  }
  return list;
}

guint
spc_pending_links_count (const SpcPendingLinks *self, const char *network)
{
  g_autoptr (GArray) list = list_all (self);
  guint n = 0;

  for (guint i = 0; i < list->len; i++)
    n += g_str_equal (g_array_index (list, SpcPendingLink, i).network, network);
  return n;
}

static guint
in_hash (GHashTable *counts, const char *network)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, network));
}

SpcPendingLink
spc_pending_links_choose (const SpcPendingLinks *self)
{
  g_autoptr (GArray) list = list_all (self);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  const SpcPendingLink *chosen = &g_array_index (list, SpcPendingLink, 0);

  for (guint i = 0; i < list->len; i++) {
    const char *network = g_array_index (list, SpcPendingLink, i).network;

    g_hash_table_insert (counts, (gpointer)network,
                         GUINT_TO_POINTER (in_hash (counts, network) + 1));
  }
  for (guint i = 1; i < list->len; i++) {
    const SpcPendingLink *other = &g_array_index (list, SpcPendingLink, i);

    if (in_hash (counts, other->network) > in_hash (counts, chosen->network))
      chosen = other;
  }
  return *chosen;
}
