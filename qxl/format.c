/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/format.h"

#include <glib.h>
#include <string.h>

typedef void (*RowFunc) (uint8_t *to, const uint8_t *from, size_t n_pixels);

/* Conversions see a pixel as a little-endian word, whatever the machine; a
 * result is 0x00RRGGBB, which lies in memory as B G R 0. */

static inline uint32_t
load32 (const uint8_t *from)
{
  uint32_t value;

  memcpy (&value, from, 4);
  return GUINT32_FROM_LE (value);
}

static inline uint32_t
load16 (const uint8_t *from)
{
  uint16_t value;

  memcpy (&value, from, 2);
  return GUINT16_FROM_LE (value);
}

static inline void
store32 (uint8_t *to, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, 4);
}

static inline uint32_t
rgb (uint32_t r, uint32_t g, uint32_t b)
{
  return r << 16 | g << 8 | b;
}

static inline uint32_t
widen5 (uint32_t v)
{
  return v << 3 | v >> 2;
}

static inline uint32_t
widen6 (uint32_t v)
{
  return v << 2 | v >> 4;
}

static inline uint32_t
from_565 (uint32_t v, unsigned red, unsigned blue)
{
  return rgb (widen5 (v >> red & 31), widen6 (v >> 5 & 63),
              widen5 (v >> blue & 31));
}

static inline uint32_t
from_555 (uint32_t v, unsigned red, unsigned blue)
{
  return rgb (widen5 (v >> red & 31), widen5 (v >> 5 & 31),
              widen5 (v >> blue & 31));
}

#define ROW_FUNC(name, bytes_per_pixel, value)                                 \
  static void name (uint8_t *to, const uint8_t *from, size_t n_pixels)         \
  {                                                                            \
    for (size_t i = 0; i < n_pixels; i++) {                                    \
      const uint8_t *p = from + i * (bytes_per_pixel);                         \
      store32 (to + i * 4, (value));                                           \
    }                                                                          \
  }

/* clang-format off */
ROW_FUNC (row_bgrx,  4, load32 (p) & 0xffffff)
ROW_FUNC (row_xbgr,  4, load32 (p) >> 8)
ROW_FUNC (row_xrgb,  4, GUINT32_SWAP_LE_BE (load32 (p)) & 0xffffff)
ROW_FUNC (row_rgbx,  4, GUINT32_SWAP_LE_BE (load32 (p)) >> 8)
ROW_FUNC (row_bgr,   3, rgb (p[2], p[1], p[0]))
ROW_FUNC (row_rgb,   3, rgb (p[0], p[1], p[2]))
ROW_FUNC (row_rgb16, 2, from_565 (load16 (p), 11, 0))
ROW_FUNC (row_bgr16, 2, from_565 (load16 (p), 0, 11))
ROW_FUNC (row_rgb15, 2, from_555 (load16 (p), 10, 0))
ROW_FUNC (row_bgr15, 2, from_555 (load16 (p), 0, 10))

typedef struct {
  const char *name;
  unsigned bits_per_pixel;
  bool has_alpha;
  uint32_t visible; /* of the little-endian word */
  RowFunc to_bgrx;
} FormatInfo;

static const FormatInfo infos[QXL_N_FORMATS] = {
  [QXL_FORMAT_INVALID] = { "?",    0, false, 0,          NULL },
  [QXL_FORMAT_BGRX]  = { "BGRx",  32, false, 0x00ffffff, row_bgrx },
  [QXL_FORMAT_BGRA]  = { "BGRA",  32, true,  0x00ffffff, row_bgrx },
  [QXL_FORMAT_BGR]   = { "BGR",   24, false, 0xffffffff, row_bgr },
  [QXL_FORMAT_RGB15] = { "RGB15", 16, false, 0x7fff7fff, row_rgb15 },
  [QXL_FORMAT_A8]    = { "A8",     8, false, 0xffffffff, NULL },
  [QXL_FORMAT_A1]    = { "A1",     1, false, 0xffffffff, NULL },
  [QXL_FORMAT_RGBX]  = { "RGBx",  32, false, 0x00ffffff, row_rgbx },
  [QXL_FORMAT_RGBA]  = { "RGBA",  32, true,  0x00ffffff, row_rgbx },
  [QXL_FORMAT_XRGB]  = { "xRGB",  32, false, 0xffffff00, row_xrgb },
  [QXL_FORMAT_ARGB]  = { "ARGB",  32, true,  0xffffff00, row_xrgb },
  [QXL_FORMAT_XBGR]  = { "xBGR",  32, false, 0xffffff00, row_xbgr },
  [QXL_FORMAT_ABGR]  = { "ABGR",  32, true,  0xffffff00, row_xbgr },
  [QXL_FORMAT_RGB]   = { "RGB",   24, false, 0xffffffff, row_rgb },
  [QXL_FORMAT_RGB16] = { "RGB16", 16, false, 0xffffffff, row_rgb16 },
  [QXL_FORMAT_BGR16] = { "BGR16", 16, false, 0xffffffff, row_bgr16 },
  [QXL_FORMAT_BGR15] = { "BGR15", 16, false, 0x7fff7fff, row_bgr15 },
  [QXL_FORMAT_PLT1_LE] = { "PLT1_LE", 1, false, 0xffffffff, NULL },
  [QXL_FORMAT_PLT1_BE] = { "PLT1_BE", 1, false, 0xffffffff, NULL },
  [QXL_FORMAT_PLT4_LE] = { "PLT4_LE", 4, false, 0xffffffff, NULL },
  [QXL_FORMAT_PLT4_BE] = { "PLT4_BE", 4, false, 0xffffffff, NULL },
  [QXL_FORMAT_PLT8]    = { "PLT8",    8, false, 0xffffffff, NULL },
};
/* clang-format on */

static const FormatInfo *
look_up (QxlFormat format)
{
  if ((unsigned)format >= QXL_N_FORMATS)
    return &infos[QXL_FORMAT_INVALID];
  return &infos[format];
}

unsigned
qxl_format_bytes_per_pixel (QxlFormat format)
{
  return look_up (format)->bits_per_pixel / 8;
}

unsigned
qxl_format_bits_per_pixel (QxlFormat format)
{
  return look_up (format)->bits_per_pixel;
}

const char *
qxl_format_name (QxlFormat format)
{
  return look_up (format)->name;
}

bool
qxl_format_has_alpha (QxlFormat format)
{
  return look_up (format)->has_alpha;
}

bool
qxl_format_is_colour (QxlFormat format)
{
  return look_up (format)->to_bgrx != NULL;
}

bool
qxl_format_is_palette (QxlFormat format)
{
  return format >= QXL_FORMAT_PLT1_LE && format <= QXL_FORMAT_PLT8;
}

bool
qxl_format_row_bytes (QxlFormat format, uint32_t width, size_t *row_bytes)
{
  uint64_t bits = (uint64_t)width * look_up (format)->bits_per_pixel;
  uint64_t bytes = (bits + 7) / 8;

  *row_bytes = 0;
  if (look_up (format)->bits_per_pixel == 0 || bytes > G_MAXINT32)
    return false;
  *row_bytes = (size_t)bytes;
  return true;
}

uint32_t
qxl_format_visible_mask (QxlFormat format)
{
  /* the table's word is little endian, a caller's is the machine's */
  return GUINT32_TO_LE (look_up (format)->visible);
}

void
qxl_format_row_to_bgrx (QxlFormat format, uint8_t *to, const uint8_t *from,
                        size_t n_pixels)
{
  RowFunc row_func = look_up (format)->to_bgrx;

  g_return_if_fail (row_func != NULL);
  row_func (to, from, n_pixels);
}
