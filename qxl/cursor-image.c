/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/cursor-image.h"

#include "qxl/bytes.h"

#include <string.h>

#define WHITE 0xffffffu
#define OPAQUE 0xff000000u

/* where the parts of a shape with a mask lie */
typedef struct {
  QxlCursorType type;
  uint32_t width, height;
  const uint8_t *mask, *pixels, *colours;
  size_t mask_stride, stride;
} Parts;

static uint32_t
read_u32 (const uint8_t *from)
{
  return (uint32_t)from[3] << 24 | (uint32_t)from[2] << 16 |
         (uint32_t)from[1] << 8 | from[0];
}

static void
write_u32 (uint8_t *to, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    to[i] = (uint8_t)(value >> 8 * i);
}

/* shapes with a mask */

static Parts
find_parts (const QxlCursorShape *shape)
{
  const uint8_t *data = g_bytes_get_data (shape->data, NULL);
  size_t mask_bytes = (size_t)((shape->width + 7) / 8) * shape->height;
  size_t size = qxl_cursor_data_size (shape->type, shape->width, shape->height);
  size_t n_colours = shape->type == QXL_CURSOR_COLOR4   ? 16
                     : shape->type == QXL_CURSOR_COLOR8 ? 256
                                                        : 0;
  size_t pixel_bytes = size - mask_bytes - n_colours * 4;

  return (Parts){
      .type = shape->type,
      .width = shape->width,
      .height = shape->height,
      .mask = shape->type == QXL_CURSOR_MONO ? data : data + size - mask_bytes,
      .pixels = shape->type == QXL_CURSOR_MONO ? data + mask_bytes : data,
      .colours = data + pixel_bytes,
      .mask_stride = (shape->width + 7) / 8,
      .stride = pixel_bytes / shape->height,
  };
}

static bool
bit_at (const uint8_t *row, uint32_t x)
{
  return row[x / 8] >> (7 - x % 8) & 1;
}

/* the high bits are repeated below, as clients do */
static uint32_t
widen (uint32_t five_bits)
{
  return five_bits << 3 | five_bits >> 2;
}

static uint32_t
colour_of_555 (const uint8_t *from)
{
  uint32_t word = (uint32_t)from[1] << 8 | from[0];

  return widen (word >> 10 & 31) << 16 | widen (word >> 5 & 31) << 8 |
         widen (word & 31);
}

/* 0x00RRGGBB */
static uint32_t
colour_at (const Parts *parts, uint32_t x, uint32_t y)
{
  const uint8_t *row = parts->pixels + y * parts->stride;

  switch (parts->type) {
  case QXL_CURSOR_MONO:
    return bit_at (row, x) ? WHITE : 0;
  case QXL_CURSOR_COLOR4:
    return read_u32 (parts->colours +
                     4 * (row[x / 2] >> (x % 2 ? 0 : 4) & 15)) &
           WHITE;
  case QXL_CURSOR_COLOR8:
    return read_u32 (parts->colours + 4 * row[x]) & WHITE;
  case QXL_CURSOR_COLOR16:
    return colour_of_555 (row + 2 * x);
  case QXL_CURSOR_COLOR24:
    row += 3 * x;
    return (uint32_t)row[2] << 16 | (uint32_t)row[1] << 8 | row[0];
  default:
    return read_u32 (row + 4 * x) & WHITE;
  }
}

static uint32_t
masked_at (const Parts *parts, uint32_t x, uint32_t y)
{
  uint32_t colour = colour_at (parts, x, y);

  if (!bit_at (parts->mask + y * parts->mask_stride, x))
    return OPAQUE | colour;
  if (colour != WHITE)
    return 0;
  return (x ^ y) & 1 ? OPAQUE : OPAQUE | WHITE;
}

static void
draw_masked (const QxlCursorShape *shape, uint8_t *to)
{
  const Parts parts = find_parts (shape);

  for (uint32_t y = 0; y < parts.height; y++)
    for (uint32_t x = 0; x < parts.width; x++, to += 4)
      write_u32 (to, masked_at (&parts, x, y));
}

/* shapes with alpha */

static bool
is_premultiplied (const uint8_t *pixels, size_t n_pixels)
{
  bool is_tinted = false;

  for (const uint8_t *p = pixels; p < pixels + n_pixels * 4; p += 4) {
    uint8_t most = MAX (MAX (p[0], p[1]), p[2]);

    if (most > p[3])
      return false;
    is_tinted |= most > 0 && p[3] < 255;
  }
  return is_tinted;
}

static void
straighten (uint8_t *pixels, size_t n_pixels)
{
  for (uint8_t *p = pixels; p < pixels + n_pixels * 4; p += 4)
    for (int i = 0; i < 3 && p[3] > 0; i++)
      p[i] = (uint8_t)((p[i] * 255u + p[3] / 2u) / p[3]);
}

QxlImage *
qxl_cursor_image_new (const QxlCursorShape *shape)
{
  size_t n_pixels = (size_t)shape->width * shape->height;
  uint8_t *to;
  QxlImage *self =
      qxl_image_new (QXL_FORMAT_BGRA, shape->width, shape->height, &to);

  if (shape->type != QXL_CURSOR_ALPHA) {
    draw_masked (shape, to);
    return self;
  }
  memcpy (to, g_bytes_get_data (shape->data, NULL), n_pixels * 4);
  if (is_premultiplied (to, n_pixels))
    straighten (to, n_pixels);
  return self;
}

/* fitting */

/* what of @from_side pixels becomes pixel @at of @to_side; not empty */
static void
find_span (uint32_t at, uint32_t from_side, uint32_t to_side, uint32_t *begin,
           uint32_t *end)
{
  *begin = at * from_side / to_side;
  *end = ((at + 1) * from_side + to_side - 1) / to_side;
}

/* the mean; colours count by their alpha */
static void
write_mean (uint8_t *to, const QxlImage *image, const QxlRect *area)
{
  uint64_t alpha = 0, colours[3] = {0};
  uint64_t n_pixels = (uint64_t)qxl_rect_width (area) * qxl_rect_height (area);

  for (int32_t y = area->top; y < area->bottom; y++)
    for (int32_t x = area->left; x < area->right; x++) {
      const uint8_t *p = qxl_image_row (image, (uint32_t)y) + 4 * x;

      alpha += p[3];
      for (int i = 0; i < 3; i++)
        colours[i] += (uint64_t)p[i] * p[3];
    }
  for (int i = 0; i < 3; i++)
    to[i] = alpha ? (uint8_t)((colours[i] + alpha / 2) / alpha) : 0;
  to[3] = (uint8_t)((alpha + n_pixels / 2) / n_pixels);
}

static QxlImage *
shrink (const QxlImage *image, uint32_t width, uint32_t height)
{
  uint8_t *to;
  QxlImage *self = qxl_image_new (QXL_FORMAT_BGRA, width, height, &to);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++, to += 4) {
      uint32_t left, top, right, bottom;

      find_span (x, image->width, width, &left, &right);
      find_span (y, image->height, height, &top, &bottom);
      write_mean (to, image,
                  &(QxlRect){.left = (int32_t)left,
                             .top = (int32_t)top,
                             .right = (int32_t)right,
                             .bottom = (int32_t)bottom});
    }
  return self;
}

QxlImage *
qxl_cursor_image_fit (QxlImage *image, uint32_t max_side, uint16_t *hot_x,
                      uint16_t *hot_y)
{
  uint32_t longest = MAX (image->width, image->height);
  uint32_t width, height;

  if (longest <= max_side)
    return qxl_image_ref (image);
  width = MAX (1, image->width * max_side / longest);
  height = MAX (1, image->height * max_side / longest);
  *hot_x = (uint16_t)(*hot_x * width / image->width);
  *hot_y = (uint16_t)(*hot_y * height / image->height);
  return shrink (image, width, height);
}
