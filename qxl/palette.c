/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/palette.h"

#include <string.h>

/* FNV-1a's start and prime, a colour at a time: spreads, resists no malice */
#define HASH_START 0xcbf29ce484222325u
#define HASH_PRIME 0x100000001b3u

static uint64_t
hash_entries (const uint32_t *entries, guint n_entries)
{
  uint64_t hash = HASH_START;

  for (guint i = 0; i < n_entries; i++)
    hash = (hash ^ (entries[i] & 0xffffff)) * HASH_PRIME;
  hash ^= hash >> 32;
  return hash ? hash : 1;
}

QxlPalette *
qxl_palette_new (uint64_t unique, const uint32_t *entries, guint n_entries)
{
  QxlPalette *self;

  if (n_entries == 0 || n_entries > QXL_PALETTE_MAX_ENTRIES)
    return NULL;
  self = g_malloc (sizeof *self + n_entries * sizeof (uint32_t));
  self->unique = unique;
  self->n_entries = n_entries;
  self->ref_count = 1;
  for (guint i = 0; i < n_entries; i++)
    self->entries[i] = entries[i] & 0xffffff;
  return self;
}

QxlPalette *
qxl_palette_new_hashed (const uint32_t *entries, guint n_entries)
{
  if (n_entries == 0 || n_entries > QXL_PALETTE_MAX_ENTRIES)
    return NULL;
  return qxl_palette_new (hash_entries (entries, n_entries), entries,
                          n_entries);
}

QxlPalette *
qxl_palette_ref (QxlPalette *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
qxl_palette_unref (QxlPalette *self)
{
  if (self && g_atomic_int_dec_and_test (&self->ref_count))
    g_free (self);
}

bool
qxl_palette_is_equal (const QxlPalette *a, const QxlPalette *b)
{
  return a->unique == b->unique && a->n_entries == b->n_entries &&
         memcmp (a->entries, b->entries, a->n_entries * sizeof (uint32_t)) == 0;
}
