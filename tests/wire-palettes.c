/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-palettes.h"

#include "server-core/wire/messages-display.h"

struct _WirePalettes {
  GHashTable *kept; /* id → ImagePalette */
};

WirePalettes *
wire_palettes_new (void)
{
  WirePalettes *self = g_new (WirePalettes, 1);

  self->kept =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
wire_palettes_free (WirePalettes *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->kept);
  g_free (self);
}

const ImagePalette *
wire_palettes_take (WirePalettes *self, const ImagePalette *palette)
{
  const ImagePalette *kept = g_hash_table_lookup (self->kept, &palette->id);

  if (palette->flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE) {
    if (kept == NULL)
      g_error ("palette %" G_GUINT64_FORMAT " is not in the cache",
               palette->id);
    return kept;
  }
  if ((palette->flags & SPICE_BITMAP_FLAGS_PAL_CACHE_ME) == 0)
    return palette;
  g_assert_cmpuint (palette->id, !=, 0);
  /* web clients fold the halves of ids into one */
  g_assert_cmpuint (palette->id, <=, G_MAXUINT32);
  if (kept != NULL)
    g_error ("palette %" G_GUINT64_FORMAT " is kept twice", palette->id);
  g_hash_table_insert (self->kept, g_memdup2 (&palette->id, sizeof palette->id),
                       g_memdup2 (palette, sizeof *palette));
  g_assert_cmpuint (wire_palettes_count (self), <=, WIRE_PALETTES_MOST);
  return palette;
}

void
wire_palettes_inval (WirePalettes *self, QxlReader *reader)
{
  SpcInvalPalette inval;

  qxl_fields_read (spc_inval_palette_fields, &inval, reader);
  if (!g_hash_table_remove (self->kept, &inval.id))
    g_error ("palette %" G_GUINT64_FORMAT " is dropped, but not there",
             inval.id);
}

void
wire_palettes_inval_all (WirePalettes *self)
{
  g_hash_table_remove_all (self->kept);
}

guint
wire_palettes_count (const WirePalettes *self)
{
  return g_hash_table_size (self->kept);
}
