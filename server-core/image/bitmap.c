/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bitmap.c – BITMAP: pixels as they are (spec: BITMAP).
 *
 * Rows are tight and top-down: spice-html5 reads no other stride. */
#include "codec.h"

#include <spice/enums.h>

/* u8 format, u8 flags, u32 x, u32 y, u32 stride, u32 palette pointer */
enum { HEADER_SIZE = 18 };

static const uint8_t bitmap_formats[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = SPICE_BITMAP_FMT_32BIT,
    [QXL_FORMAT_BGRA] = SPICE_BITMAP_FMT_RGBA,
    [QXL_FORMAT_BGR] = SPICE_BITMAP_FMT_24BIT,
    [QXL_FORMAT_RGB15] = SPICE_BITMAP_FMT_16BIT,
    [QXL_FORMAT_A8] = SPICE_BITMAP_FMT_8BIT_A,
};

size_t
spc_bitmap_payload_size (const QxlImage *image)
{
  return HEADER_SIZE + qxl_image_size (image);
}

GBytes *
spc_bitmap_encode (const QxlImage *image)
{
  size_t size = spc_bitmap_payload_size (image);
  size_t row = qxl_image_size (image) / image->height;
  uint8_t *payload = g_malloc (size);
  uint8_t *to = payload + HEADER_SIZE;

  payload[0] = bitmap_formats[image->format];
  payload[1] = SPICE_BITMAP_FLAGS_TOP_DOWN;
  spc_put_u32_le (payload + 2, image->width);
  spc_put_u32_le (payload + 6, image->height);
  spc_put_u32_le (payload + 10, (uint32_t)row);
  spc_put_u32_le (payload + 14, 0); /* no palette */
  for (uint32_t y = 0; y < image->height; y++, to += row)
    memcpy (to, qxl_image_row (image, y), row);
  return g_bytes_new_take (payload, size);
}
