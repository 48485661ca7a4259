/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cursor-cache.h"

#include <string.h>

typedef struct {
  SpcCursorContent content;
  uint64_t unique;
  GList link; /* in lru */
} Entry;

struct _SpcCursorCache {
  GHashTable *by_content; /* SpcCursorContent → Entry, owned */
  GQueue lru;             /* of Entry.link; head: used last */
  uint64_t last_unique;
};

static guint
hash_content (gconstpointer key)
{
  guint hash;

  memcpy (&hash, ((const SpcCursorContent *)key)->bytes, sizeof hash);
  return hash;
}

static gboolean
equal_content (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SpcCursorContent)) == 0;
}

SpcCursorCache *
spc_cursor_cache_new (void)
{
  SpcCursorCache *self = g_new0 (SpcCursorCache, 1);

  self->by_content =
      g_hash_table_new_full (hash_content, equal_content, NULL, g_free);
  g_queue_init (&self->lru);
  return self;
}

void
spc_cursor_cache_free (SpcCursorCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_content);
  g_free (self);
}

void
spc_cursor_cache_forget (SpcCursorCache *self)
{
  g_queue_init (&self->lru);
  g_hash_table_remove_all (self->by_content);
}

static uint64_t
evict_oldest (SpcCursorCache *self)
{
  Entry *entry = g_queue_peek_tail (&self->lru);
  uint64_t unique = entry->unique;

  g_queue_unlink (&self->lru, &entry->link);
  g_hash_table_remove (self->by_content, &entry->content);
  return unique;
}

static SpcCursorUse
add (SpcCursorCache *self, const SpcCursorContent *content)
{
  SpcCursorUse use = {0};
  Entry *entry = g_new0 (Entry, 1);

  if (self->lru.length == SPC_MAX_CURSORS)
    use.evicted = evict_oldest (self);
  use.unique = entry->unique = ++self->last_unique;
  entry->content = *content;
  entry->link.data = entry;
  g_hash_table_insert (self->by_content, &entry->content, entry);
  g_queue_push_head_link (&self->lru, &entry->link);
  return use;
}

SpcCursorUse
spc_cursor_cache_use (SpcCursorCache *self, const SpcCursorContent *content)
{
  Entry *entry = g_hash_table_lookup (self->by_content, content);

  if (entry == NULL)
    return add (self, content);
  g_queue_unlink (&self->lru, &entry->link);
  g_queue_push_head_link (&self->lru, &entry->link);
  return (SpcCursorUse){.is_there = true, .unique = entry->unique};
}
