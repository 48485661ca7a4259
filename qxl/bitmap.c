/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/bitmap.h"
#include "qxl/refuse.h"

#include <string.h>

/* colours by index; what is beyond the palette's end is black */
typedef struct {
  uint32_t entries[QXL_PALETTE_MAX_ENTRIES];
  guint n_entries;
} Colours;

/* converts a row; false if an index is none of the palette's */
typedef bool (*RowFunc) (const Colours *colours, uint8_t *to,
                         const uint8_t *from, uint32_t width);

typedef struct {
  uint8_t bits_per_pixel;
  QxlFormat image;
  RowFunc convert;
} Conversion;

static void
put_bgrx (uint8_t *to, uint32_t colour)
{
  to[0] = (uint8_t)colour;
  to[1] = (uint8_t)(colour >> 8);
  to[2] = (uint8_t)(colour >> 16);
  to[3] = 0;
}

static bool
put_indexed (const Colours *colours, uint8_t *to, unsigned index)
{
  put_bgrx (to, colours->entries[index]);
  return index < colours->n_entries;
}

static bool
convert_1bit_le (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  bool ok = true;

  for (uint32_t i = 0; i < width; i++)
    ok &= put_indexed (colours, to + i * 4, from[i / 8] >> (i % 8) & 1);
  return ok;
}

static bool
convert_1bit_be (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  bool ok = true;

  for (uint32_t i = 0; i < width; i++)
    ok &= put_indexed (colours, to + i * 4, from[i / 8] >> (7 - i % 8) & 1);
  return ok;
}

static bool
convert_4bit_le (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  bool ok = true;

  for (uint32_t i = 0; i < width; i++)
    ok &= put_indexed (colours, to + i * 4, from[i / 2] >> (i % 2 * 4) & 15);
  return ok;
}

static bool
convert_4bit_be (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  bool ok = true;

  for (uint32_t i = 0; i < width; i++)
    ok &=
        put_indexed (colours, to + i * 4, from[i / 2] >> (4 - i % 2 * 4) & 15);
  return ok;
}

static bool
convert_8bit (const Colours *colours, uint8_t *to, const uint8_t *from,
              uint32_t width)
{
  bool ok = true;

  for (uint32_t i = 0; i < width; i++)
    ok &= put_indexed (colours, to + i * 4, from[i]);
  return ok;
}

static bool
convert_16bit (const Colours *colours, uint8_t *to, const uint8_t *from,
               uint32_t width)
{
  memcpy (to, from, (size_t)width * 2);
  return true;
}

static bool
convert_24bit (const Colours *colours, uint8_t *to, const uint8_t *from,
               uint32_t width)
{
  qxl_format_row_to_bgrx (QXL_FORMAT_BGR, to, from, width);
  return true;
}

static bool
convert_32bit (const Colours *colours, uint8_t *to, const uint8_t *from,
               uint32_t width)
{
  qxl_format_row_to_bgrx (QXL_FORMAT_BGRX, to, from, width);
  return true;
}

static bool
convert_32bit_opaque (const Colours *colours, uint8_t *to, const uint8_t *from,
                      uint32_t width)
{
  memcpy (to, from, (size_t)width * 4);
  for (uint32_t i = 0; i < width; i++)
    to[i * 4 + 3] = 0xff;
  return true;
}

static bool
convert_rgba (const Colours *colours, uint8_t *to, const uint8_t *from,
              uint32_t width)
{
  memcpy (to, from, (size_t)width * 4);
  return true;
}

static bool
convert_8bit_a (const Colours *colours, uint8_t *to, const uint8_t *from,
                uint32_t width)
{
  memcpy (to, from, width);
  return true;
}

/* Bits beyond the width are cleared, so that equal masks are equal bytes. */
static void
clear_padding (uint8_t *row, uint32_t width)
{
  if (width % 8 != 0)
    row[width / 8] &= (uint8_t)((1u << width % 8) - 1);
}

static bool
convert_mask_le (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  memcpy (to, from, (width + 7) / 8);
  clear_padding (to, width);
  return true;
}

static uint8_t
reverse_bits (uint8_t byte)
{
  byte = (uint8_t)(byte >> 4 | byte << 4);
  byte = (uint8_t)((byte & 0xcc) >> 2 | (byte & 0x33) << 2);
  return (uint8_t)((byte & 0xaa) >> 1 | (byte & 0x55) << 1);
}

static bool
convert_mask_be (const Colours *colours, uint8_t *to, const uint8_t *from,
                 uint32_t width)
{
  for (uint32_t i = 0; i < (width + 7) / 8; i++)
    to[i] = reverse_bits (from[i]);
  clear_padding (to, width);
  return true;
}

/* clang-format off */
static const Conversion conversions[QXL_N_BITMAP_FORMATS] = {
    [QXL_BITMAP_1BIT_LE] = {1, QXL_FORMAT_BGRX, convert_1bit_le},
    [QXL_BITMAP_1BIT_BE] = {1, QXL_FORMAT_BGRX, convert_1bit_be},
    [QXL_BITMAP_4BIT_LE] = {4, QXL_FORMAT_BGRX, convert_4bit_le},
    [QXL_BITMAP_4BIT_BE] = {4, QXL_FORMAT_BGRX, convert_4bit_be},
    [QXL_BITMAP_8BIT]    = {8, QXL_FORMAT_BGRX, convert_8bit},
    [QXL_BITMAP_16BIT]   = {16, QXL_FORMAT_RGB15, convert_16bit},
    [QXL_BITMAP_24BIT]   = {24, QXL_FORMAT_BGRX, convert_24bit},
    [QXL_BITMAP_32BIT]   = {32, QXL_FORMAT_BGRX, convert_32bit},
    [QXL_BITMAP_RGBA]    = {32, QXL_FORMAT_BGRA, convert_rgba},
    [QXL_BITMAP_8BIT_A]  = {8, QXL_FORMAT_A8, convert_8bit_a},
};
/* clang-format on */

static const Conversion opaque_conversion = {32, QXL_FORMAT_BGRA,
                                             convert_32bit_opaque};

static const Conversion mask_conversions[] = {
    [QXL_BITMAP_1BIT_LE] = {1, QXL_FORMAT_A1, convert_mask_le},
    [QXL_BITMAP_1BIT_BE] = {1, QXL_FORMAT_A1, convert_mask_be},
};

unsigned
qxl_bitmap_bits_per_pixel (uint8_t format)
{
  return format < QXL_N_BITMAP_FORMATS ? conversions[format].bits_per_pixel : 0;
}

static bool
uses_palette (uint8_t format)
{
  return format >= QXL_BITMAP_1BIT_LE && format <= QXL_BITMAP_8BIT;
}

static bool
check_size (const QxlBitmap *self, GError **error)
{
  uint64_t bits = (uint64_t)self->x * qxl_bitmap_bits_per_pixel (self->format);
  uint64_t bytes = (uint64_t)self->y * self->stride;

  if (bits == 0 || self->y == 0 || self->x > QXL_BITMAP_MAX_SIDE ||
      self->y > QXL_BITMAP_MAX_SIDE)
    return qxl_refuse (error,
                       "bitmap of %u×%u pixels, format %u; 1 to %u allowed",
                       self->x, self->y, self->format, QXL_BITMAP_MAX_SIDE);
  if (self->stride < (bits + 7) / 8)
    return qxl_refuse (error, "bitmap's rows of %u bytes hold no %u pixels",
                       self->stride, self->x);
  if (bytes > QXL_IMAGE_MAX_BYTES || bytes != self->size)
    return qxl_refuse (
        error,
        "bitmap of %u rows of %u bytes comes with %" G_GSIZE_FORMAT " bytes",
        self->y, self->stride, self->size);
  return true;
}

static bool
take_palette (const QxlBitmap *self, Colours *colours, GError **error)
{
  if (self->palette == NULL || self->n_palette == 0)
    return qxl_refuse (error, "bitmap of format %u without palette",
                       self->format);
  if (self->n_palette > QXL_PALETTE_MAX_ENTRIES)
    return qxl_refuse (error, "palette of %u colours; at most %u allowed",
                       self->n_palette, QXL_PALETTE_MAX_ENTRIES);
  memset (colours, 0, sizeof *colours);
  memcpy (colours->entries, self->palette,
          self->n_palette * sizeof *self->palette);
  colours->n_entries = self->n_palette;
  return true;
}

static bool
convert_rows (const QxlBitmap *self, const Conversion *conversion,
              const Colours *colours, uint8_t *to, size_t to_stride)
{
  for (uint32_t y = 0; y < self->y; y++) {
    uint32_t from = self->flags & QXL_BITMAP_TOP_DOWN ? y : self->y - 1 - y;

    if (!conversion->convert (colours, to + y * to_stride,
                              self->data + (size_t)from * self->stride,
                              self->x))
      return false;
  }
  return true;
}

/* a checked bitmap */
static QxlImage *
convert (const QxlBitmap *self, const Conversion *conversion,
         const Colours *colours, QxlBlocks *blocks, GError **error)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image =
      qxl_image_new_in (blocks, conversion->image, self->x, self->y, &pixels);

  if (image == NULL) {
    qxl_refuse (error, "bitmap of %u×%u pixels is too large", self->x, self->y);
    return NULL;
  }
  if (!convert_rows (self, conversion, colours, pixels, image->stride)) {
    qxl_refuse (error, "pixel beyond the palette's %u colours",
                colours->n_entries);
    return NULL;
  }
  return g_steal_pointer (&image);
}

QxlImage *
qxl_bitmap_to_image_in (const QxlBitmap *self, QxlBlocks *blocks,
                        GError **error)
{
  const Conversion *conversion;
  Colours colours;

  if (!check_size (self, error))
    return NULL;
  conversion = &conversions[self->format];
  if (self->format == QXL_BITMAP_32BIT && self->high_bits_set)
    conversion = &opaque_conversion;
  if (uses_palette (self->format) && !take_palette (self, &colours, error))
    return NULL;
  return convert (self, conversion, &colours, blocks, error);
}

QxlImage *
qxl_bitmap_to_image (const QxlBitmap *self, GError **error)
{
  return qxl_bitmap_to_image_in (self, NULL, error);
}

QxlImage *
qxl_bitmap_to_mask (const QxlBitmap *self, GError **error)
{
  if (self->format != QXL_BITMAP_1BIT_LE &&
      self->format != QXL_BITMAP_1BIT_BE) {
    qxl_refuse (
        error,
        "mask of bitmap format %u; allowed are 1 and 2, of 1 bit a pixel",
        self->format);
    return NULL;
  }
  if (!check_size (self, error))
    return NULL;
  return convert (self, &mask_conversions[self->format], NULL, NULL, error);
}
