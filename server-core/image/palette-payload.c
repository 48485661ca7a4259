/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "palette-payload.h"

#include <spice/enums.h>

/* bytes before the palette's reference, and where the flags are among them */
enum {
  BITMAP_HEAD = 14, /* u8 format, u8 flags, u32 x, u32 y, u32 stride */
  BITMAP_FLAGS = 1,
  LZ_PLT_HEAD = 5, /* u8 flags, u32 size */
  LZ_PLT_FLAGS = 0,
};

enum { MAX_HEAD = BITMAP_HEAD, POINTER_SIZE = 4 };

static const uint8_t flags_of_uses[] = {
    [SPC_PALETTE_PLAIN] = 0,
    [SPC_PALETTE_ADDED] = SPICE_BITMAP_FLAGS_PAL_CACHE_ME,
    [SPC_PALETTE_IS_THERE] = SPICE_BITMAP_FLAGS_PAL_FROM_CACHE,
};

/* writing */

static void
write_palette (const QxlPalette *palette, uint64_t id, QxlWriter *writer)
{
  qxl_writer_u64 (writer, id);
  qxl_writer_u16 (writer, (uint16_t)palette->n_entries);
  for (guint i = 0; i < palette->n_entries; i++)
    qxl_writer_u32 (writer, palette->entries[i]);
}

static void
write_with_palette (const SpcEncodedImage *self, size_t offset,
                    SpcPaletteUse use, uint64_t palette_id, QxlWriter *writer)
{
  bool is_lz = self->type == SPICE_IMAGE_TYPE_LZ_PLT;
  size_t head_size = is_lz ? LZ_PLT_HEAD : BITMAP_HEAD;
  size_t size;
  const uint8_t *payload = g_bytes_get_data (self->payload, &size);
  g_autoptr (GBytes) data = NULL;
  uint8_t head[MAX_HEAD];

  g_assert (size > head_size);
  memcpy (head, payload, head_size);
  head[is_lz ? LZ_PLT_FLAGS : BITMAP_FLAGS] |= flags_of_uses[use];
  data = g_bytes_new_from_bytes (self->payload, head_size, size - head_size);
  qxl_writer_bytes (writer, head, head_size);
  if (use == SPC_PALETTE_IS_THERE)
    qxl_writer_u64 (writer, palette_id);
  else
    qxl_writer_u32 (writer, (uint32_t)(offset + size + POINTER_SIZE));
  qxl_writer_ref (writer, data);
  if (use != SPC_PALETTE_IS_THERE)
    write_palette (self->palette, use == SPC_PALETTE_ADDED ? palette_id : 0,
                   writer);
}

static void
write_with_body (const SpcEncodedImage *self, QxlWriter *writer)
{
  size_t size;
  const uint8_t *payload = g_bytes_get_data (self->payload, &size);

  qxl_writer_bytes (writer, payload, self->body_at);
  qxl_writer_ref (writer, self->body);
  qxl_writer_bytes (writer, payload + self->body_at, size - self->body_at);
}

void
spc_encoded_image_write (const SpcEncodedImage *self, size_t offset,
                         SpcPaletteUse use, uint64_t palette_id,
                         QxlWriter *writer)
{
  if (self->palette != NULL)
    write_with_palette (self, offset, use, palette_id, writer);
  else if (self->body != NULL)
    write_with_body (self, writer);
  else
    qxl_writer_ref (writer, self->payload);
}

/* checking */

static uint8_t
highest_byte (const uint8_t *bytes, size_t n)
{
  uint8_t highest = 0;

  for (size_t i = 0; i < n; i++)
    highest = MAX (highest, bytes[i]);
  return highest;
}

/* of 4-bit pixels; the last byte of a row may hold only one */
static uint8_t
highest_half (const uint8_t *row, uint32_t width, bool is_little_endian)
{
  uint8_t highest = 0;

  for (size_t i = 0; i < width / 2; i++)
    highest = MAX (highest, MAX (row[i] >> 4, row[i] & 15));
  if (width % 2 == 0)
    return highest;
  row += width / 2;
  return MAX (highest, is_little_endian ? *row & 15 : *row >> 4);
}

static uint8_t
highest_index (const QxlImage *image, uint32_t y)
{
  const uint8_t *row = qxl_image_row (image, y);

  switch (image->format) {
  case QXL_FORMAT_PLT8:
    return highest_byte (row, image->width);
  case QXL_FORMAT_PLT4_LE:
  case QXL_FORMAT_PLT4_BE:
    return highest_half (row, image->width,
                         image->format == QXL_FORMAT_PLT4_LE);
  default:
    return 1; /* clients look up both colours of 1-bit pixels */
  }
}

bool
spc_palette_is_sound (const QxlImage *image, GError **error)
{
  guint n_entries = image->palette ? image->palette->n_entries : 0;
  uint8_t highest = 0;

  if (n_entries >= 1u << qxl_format_bits_per_pixel (image->format))
    return true;
  for (uint32_t y = 0; y < image->height && n_entries > highest; y++)
    highest = highest_index (image, y);
  if (n_entries > highest)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "index %u in a palette of %u colours", highest, n_entries);
  return false;
}
