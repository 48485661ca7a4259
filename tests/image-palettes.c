/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-palettes.h"

#include "qxl/bytes.h"
#include <spice/enums.h>
#include <string.h>

static bool
fail (GError **error, const char *what, uint64_t got, uint64_t expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s: %" G_GUINT64_FORMAT ", expected %" G_GUINT64_FORMAT, what,
               got, expected);
  return false;
}

/* finding */

/* the flags, and the reader behind the head; false: no palette in this type */
static bool
read_head (uint8_t type, QxlReader *reader, uint8_t *flags)
{
  if (type == SPICE_IMAGE_TYPE_BITMAP) {
    uint8_t format = qxl_reader_u8 (reader);

    *flags = qxl_reader_u8 (reader);
    qxl_reader_bytes (reader, 12); /* x, y, stride */
    return format >= SPICE_BITMAP_FMT_1BIT_LE &&
           format <= SPICE_BITMAP_FMT_8BIT;
  }
  if (type != SPICE_IMAGE_TYPE_LZ_PLT)
    return false;
  *flags = qxl_reader_u8 (reader);
  qxl_reader_u32 (reader); /* size */
  return true;
}

static bool
read_palette (QxlReader *reader, ImagePalette *palette, GError **error)
{
  palette->id = qxl_reader_u64 (reader);
  palette->n_entries = qxl_reader_u16 (reader);
  if (palette->n_entries == 0 || palette->n_entries > 256)
    return fail (error, "colours of a palette", palette->n_entries, 256);
  for (uint32_t i = 0; i < palette->n_entries; i++) {
    palette->entries[i] = qxl_reader_u32 (reader);
    if (palette->entries[i] > 0xffffff)
      return fail (error, "a colour", palette->entries[i], 0xffffff);
  }
  if (reader->failed || qxl_reader_left (reader) > 0)
    return fail (error, "bytes behind a palette", qxl_reader_left (reader), 0);
  return true;
}

bool
image_palette_find (uint8_t type, const uint8_t *body, size_t size,
                    size_t offset, size_t *payload_size, ImagePalette *palette,
                    GError **error)
{
  const uint8_t both =
      SPICE_BITMAP_FLAGS_PAL_CACHE_ME | SPICE_BITMAP_FLAGS_PAL_FROM_CACHE;
  QxlReader reader;
  uint32_t pointer;

  memset (palette, 0, sizeof *palette);
  *payload_size = size - offset;
  qxl_reader_init (&reader, body, size);
  qxl_reader_bytes (&reader, offset);
  if (!read_head (type, &reader, &palette->flags))
    return reader.failed ? fail (error, "bytes of a head", size, offset) : true;
  if ((palette->flags & both) == both)
    return fail (error, "palette flags", palette->flags, 0);
  if (palette->flags & SPICE_BITMAP_FLAGS_PAL_FROM_CACHE) {
    palette->id = qxl_reader_u64 (&reader);
    return reader.failed ? fail (error, "bytes of a head", size, offset) : true;
  }
  pointer = qxl_reader_u32 (&reader);
  if (reader.failed || pointer < reader.pos || pointer > size)
    return fail (error, "where a palette is", pointer, size);
  *payload_size = pointer - offset;
  reader.pos = pointer;
  return read_palette (&reader, palette, error);
}

/* colours */

static unsigned
bits_of (uint8_t format)
{
  if (format == SPICE_BITMAP_FMT_8BIT)
    return 8;
  return format <= SPICE_BITMAP_FMT_1BIT_BE ? 1 : 4;
}

static uint8_t
index_at (uint8_t format, const uint8_t *row, uint32_t x)
{
  unsigned bits = bits_of (format), per_byte = 8 / bits, at = x % per_byte;

  if (format == SPICE_BITMAP_FMT_1BIT_BE || format == SPICE_BITMAP_FMT_4BIT_BE)
    at = per_byte - 1 - at;
  return (uint8_t)(row[x / per_byte] >> at * bits & ((1u << bits) - 1));
}

static bool
apply_row (const ImagePalette *palette, const ImagePixels *from, uint32_t y,
           uint8_t *to, GError **error)
{
  for (uint32_t x = 0; x < from->width; x++) {
    uint8_t index = index_at (from->format, from->pixels + y * from->stride, x);
    uint32_t colour;

    if (index >= palette->n_entries)
      return fail (error, "index into a palette", index, palette->n_entries);
    colour = GUINT32_TO_LE (palette->entries[index]);
    memcpy (to + 4 * (size_t)x, &colour, 4);
  }
  return true;
}

bool
image_palette_apply (const ImagePalette *palette, ImagePixels *pixels,
                     GError **error)
{
  g_autofree uint8_t *colours = NULL;
  size_t stride = 4 * (size_t)pixels->width;

  if (pixels->format < SPICE_BITMAP_FMT_1BIT_LE ||
      pixels->format > SPICE_BITMAP_FMT_8BIT)
    return true;
  if (bits_of (pixels->format) == 1 && palette->n_entries < 2)
    return fail (error, "colours of 1-bit pixels", palette->n_entries, 2);
  colours = g_malloc (stride * pixels->height);
  for (uint32_t y = 0; y < pixels->height; y++)
    if (!apply_row (palette, pixels, y, colours + y * stride, error))
      return false;
  g_free (pixels->pixels);
  pixels->pixels = g_steal_pointer (&colours);
  pixels->stride = stride;
  pixels->format = SPICE_BITMAP_FMT_32BIT;
  return true;
}
