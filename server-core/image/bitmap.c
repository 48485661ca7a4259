/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bitmap.c – BITMAP: pixels as they are (spec: BITMAP).
 *
 * Rows are tight and top-down: spice-html5 reads no other stride. */
#include "codec.h"

#include <spice/enums.h>

/* u8 format, u8 flags, u32 x, u32 y, u32 stride, and unless there is a palette
 * a u32 that would point to it */
enum { HEADER_SIZE = 14, POINTER_SIZE = 4 };

static const uint8_t bitmap_formats[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = SPICE_BITMAP_FMT_32BIT,
    [QXL_FORMAT_BGRA] = SPICE_BITMAP_FMT_RGBA,
    [QXL_FORMAT_BGR] = SPICE_BITMAP_FMT_24BIT,
    [QXL_FORMAT_RGB15] = SPICE_BITMAP_FMT_16BIT,
    [QXL_FORMAT_A8] = SPICE_BITMAP_FMT_8BIT_A,
    [QXL_FORMAT_A1] = SPICE_BITMAP_FMT_1BIT_LE, /* masks, which are read so */
    /* spice-gtk aborts on 1BIT_LE and 4BIT_LE */
    [QXL_FORMAT_PLT1_LE] = SPICE_BITMAP_FMT_1BIT_BE,
    [QXL_FORMAT_PLT1_BE] = SPICE_BITMAP_FMT_1BIT_BE,
    [QXL_FORMAT_PLT4_LE] = SPICE_BITMAP_FMT_4BIT_BE,
    [QXL_FORMAT_PLT4_BE] = SPICE_BITMAP_FMT_4BIT_BE,
    [QXL_FORMAT_PLT8] = SPICE_BITMAP_FMT_8BIT,
};

static size_t
header_size (const QxlImage *image)
{
  bool is_palette = qxl_format_is_palette (image->format);

  return HEADER_SIZE + (is_palette ? 0 : POINTER_SIZE);
}

size_t
spc_bitmap_payload_size (const QxlImage *image)
{
  return header_size (image) + qxl_image_size (image);
}

/* the other order of pixels in each byte: halves, then pairs, then bits */
static void
turn_bytes (uint8_t *bytes, size_t n, unsigned bits_per_pixel)
{
  for (size_t i = 0; i < n; i++) {
    uint8_t b = (uint8_t)(bytes[i] << 4 | bytes[i] >> 4);

    if (bits_per_pixel == 1) {
      b = (uint8_t)((b & 0x33) << 2 | (b >> 2 & 0x33));
      b = (uint8_t)((b & 0x55) << 1 | (b >> 1 & 0x55));
    }
    bytes[i] = b;
  }
}

GBytes *
spc_bitmap_encode (const QxlImage *image, SpcScratch *scratch)
{
  size_t size = spc_bitmap_payload_size (image);
  size_t row = qxl_image_row_bytes (image);
  uint8_t *payload, *to;
  GBytes *bytes =
      spc_payload_new (spc_scratch_blocks (scratch), size, &payload);

  payload[0] = bitmap_formats[image->format];
  payload[1] = SPICE_BITMAP_FLAGS_TOP_DOWN;
  spc_put_u32_le (payload + 2, image->width);
  spc_put_u32_le (payload + 6, image->height);
  spc_put_u32_le (payload + 10, (uint32_t)row);
  if (!qxl_format_is_palette (image->format))
    spc_put_u32_le (payload + HEADER_SIZE, 0);
  to = payload + header_size (image);
  for (uint32_t y = 0; y < image->height; y++, to += row)
    memcpy (to, qxl_image_row (image, y), row);
  if (image->format == QXL_FORMAT_PLT1_LE ||
      image->format == QXL_FORMAT_PLT4_LE)
    turn_bytes (payload + HEADER_SIZE, size - HEADER_SIZE,
                qxl_format_bits_per_pixel (image->format));
  return bytes;
}
