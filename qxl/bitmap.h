/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bitmap.h – turns a guest's bitmaps into canonical images.
 *
 * A guest has ten formats of pixels, rows in either order and palettes of its
 * own; images are top-down and of few formats (operation.h names them). Pixels
 * are copied, so the guest's may change afterwards. What disagrees with itself
 * is refused. Any thread. */
#pragma once

#include "image.h"

/* the numbers of QXL */
typedef enum {
  QXL_BITMAP_1BIT_LE = 1, /* leftmost pixel in the lowest bit */
  QXL_BITMAP_1BIT_BE = 2,
  QXL_BITMAP_4BIT_LE = 3, /* left pixel in the low 4 bits */
  QXL_BITMAP_4BIT_BE = 4,
  QXL_BITMAP_8BIT = 5,
  QXL_BITMAP_16BIT = 6, /* x1 R5 G5 B5 */
  QXL_BITMAP_24BIT = 7, /* B G R */
  QXL_BITMAP_32BIT = 8, /* B G R x */
  QXL_BITMAP_RGBA = 9,  /* B G R A */
  QXL_BITMAP_8BIT_A = 10,
  QXL_N_BITMAP_FORMATS
} QxlBitmapFormat;

/* the bits of QXL's bitmap flags; others say nothing about pixels */
#define QXL_BITMAP_DIRECT 1u /* one block, not chunks */
#define QXL_BITMAP_UNSTABLE 2u
#define QXL_BITMAP_TOP_DOWN 4u

/* Most pixels of a side: pixman's limit. */
#define QXL_BITMAP_MAX_SIDE 32767u

typedef struct {
  uint8_t format;          /* QxlBitmapFormat */
  uint8_t flags;           /* QXL_BITMAP_… */
  bool high_bits_set;      /* 32BIT: the fourth byte counts as 255 */
  uint32_t x, y;           /* pixels */
  uint32_t stride;         /* bytes */
  const uint32_t *palette; /* 0x00RRGGBB; NULL: none */
  guint n_palette;
  const uint8_t *data; /* y * stride bytes, any alignment */
  size_t size;
} QxlBitmap;

/* bits of a pixel, 0 for an unknown format */
unsigned qxl_bitmap_bits_per_pixel (uint8_t format);
/* Palettes and 32BIT become BGRX, with high bits set BGRA; RGBA becomes BGRA,
 * 24BIT BGRX, 16BIT RGB15, 8BIT_A A8. NULL and @error
 * (G_IO_ERROR_INVALID_DATA) if the bitmap is none. */
QxlImage *qxl_bitmap_to_image (const QxlBitmap *self, GError **error);
/* the same, the pixels in a block of @blocks; NULL: of no pool */
QxlImage *qxl_bitmap_to_image_in (const QxlBitmap *self, QxlBlocks *blocks,
                                  GError **error);
/* A1; of 1BIT_LE and 1BIT_BE only, whose palette is not looked at */
QxlImage *qxl_bitmap_to_mask (const QxlBitmap *self, GError **error);
