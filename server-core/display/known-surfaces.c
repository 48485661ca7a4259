/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "known-surfaces.h"

struct _SpcKnownSurfaces {
  GHashTable *ids;   /* of all */
  GHashTable *dirty; /* id → QxlRegion, not empty */
};

static void
free_region (gpointer region)
{
  pixman_region32_fini (region);
  g_free (region);
}

SpcKnownSurfaces *
spc_known_surfaces_new (void)
{
  SpcKnownSurfaces *self = g_new (SpcKnownSurfaces, 1);

  self->ids = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->dirty =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, free_region);
  return self;
}

void
spc_known_surfaces_free (SpcKnownSurfaces *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->ids);
  g_hash_table_unref (self->dirty);
  g_free (self);
}

void
spc_known_surfaces_add (SpcKnownSurfaces *self, uint32_t id)
{
  g_hash_table_add (self->ids, GUINT_TO_POINTER (id));
}

void
spc_known_surfaces_remove (SpcKnownSurfaces *self, uint32_t id)
{
  g_hash_table_remove (self->ids, GUINT_TO_POINTER (id));
  g_hash_table_remove (self->dirty, GUINT_TO_POINTER (id));
}

bool
spc_known_surfaces_has (const SpcKnownSurfaces *self, uint32_t id)
{
  return g_hash_table_contains (self->ids, GUINT_TO_POINTER (id));
}

static QxlRegion *
dirty_region (SpcKnownSurfaces *self, uint32_t id)
{
  QxlRegion *region = g_hash_table_lookup (self->dirty, GUINT_TO_POINTER (id));

  if (region == NULL) {
    region = g_new (QxlRegion, 1);
    pixman_region32_init (region);
    g_hash_table_insert (self->dirty, GUINT_TO_POINTER (id), region);
  }
  return region;
}

void
spc_known_surfaces_soil (SpcKnownSurfaces *self, uint32_t id,
                         const QxlRect *rects, guint n_rects)
{
  if (!spc_known_surfaces_has (self, id))
    return;
  for (guint i = 0; i < n_rects; i++)
    if (!qxl_rect_is_empty (&rects[i]))
      qxl_region_add (dirty_region (self, id), &rects[i]);
}

bool
spc_known_surfaces_are_dirty (const SpcKnownSurfaces *self)
{
  return g_hash_table_size (self->dirty) > 0;
}

bool
spc_known_surfaces_clean_one (SpcKnownSurfaces *self, uint32_t *id,
                              QxlRegion *region)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->dirty);
  if (!g_hash_table_iter_next (&iter, &key, &value))
    return false;
  *id = GPOINTER_TO_UINT (key);
  pixman_region32_copy (region, value);
  g_hash_table_iter_remove (&iter);
  return true;
}
