/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "palette-cache.h"

typedef struct {
  QxlPalette *palette; /* referenced */
  uint32_t id;
  GList link; /* in lru */
} Place;

struct _SpcPaletteCache {
  Place places[SPC_PALETTE_CACHE_SIZE];
  guint n_places;         /* taken ones come first */
  GHashTable *by_content; /* QxlPalette → Place, owned by neither */
  GQueue lru;             /* of Place.link; head: used last */
};

static guint
hash_palette (gconstpointer key)
{
  const QxlPalette *palette = key;

  return (guint)(palette->unique ^ palette->unique >> 32);
}

static gboolean
equal_palettes (gconstpointer a, gconstpointer b)
{
  return qxl_palette_is_equal (a, b);
}

SpcPaletteCache *
spc_palette_cache_new (void)
{
  SpcPaletteCache *self = g_new0 (SpcPaletteCache, 1);

  self->by_content = g_hash_table_new (hash_palette, equal_palettes);
  g_queue_init (&self->lru);
  return self;
}

void
spc_palette_cache_free (SpcPaletteCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_content);
  for (guint i = 0; i < self->n_places; i++)
    qxl_palette_unref (self->places[i].palette);
  g_free (self);
}

/* a free place, or that of the palette unused for longest */
static Place *
make_room (SpcPaletteCache *self, uint32_t *dropped)
{
  Place *place;

  if (self->n_places < SPC_PALETTE_CACHE_SIZE) {
    place = &self->places[self->n_places++];
    place->id = self->n_places;
    place->link.data = place;
    return place;
  }
  place = g_queue_pop_tail_link (&self->lru)->data;
  g_hash_table_remove (self->by_content, place->palette);
  g_clear_pointer (&place->palette, qxl_palette_unref);
  *dropped = place->id;
  return place;
}

SpcPaletteUse
spc_palette_cache_use (SpcPaletteCache *self, QxlPalette *palette, uint32_t *id,
                       uint32_t *dropped)
{
  Place *place;

  *id = *dropped = 0;
  if (palette->unique == 0)
    return SPC_PALETTE_PLAIN;
  place = g_hash_table_lookup (self->by_content, palette);
  if (place != NULL) {
    g_queue_unlink (&self->lru, &place->link);
    g_queue_push_head_link (&self->lru, &place->link);
    *id = place->id;
    return SPC_PALETTE_IS_THERE;
  }
  place = make_room (self, dropped);
  place->palette = qxl_palette_ref (palette);
  g_hash_table_insert (self->by_content, place->palette, place);
  g_queue_push_head_link (&self->lru, &place->link);
  *id = place->id;
  return SPC_PALETTE_ADDED;
}

guint
spc_palette_cache_n_palettes (const SpcPaletteCache *self)
{
  return g_hash_table_size (self->by_content);
}
