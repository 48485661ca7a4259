/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/operand.h"

#include "qxl/pixels.h"

#include <glib.h>
#include <string.h>

void
qxl_operand_init_colour (QxlOperand *self, uint32_t colour)
{
  *self = (QxlOperand){.kind = QXL_OPERAND_COLOUR, .colour = colour};
}

static void
init_pixels (QxlOperand *self, QxlOperandKind kind, pixman_image_t *image,
             int64_t x, int64_t y)
{
  if (image == NULL) {
    qxl_operand_init_colour (self, 0);
    return;
  }
  *self = (QxlOperand){
      .kind = kind,
      .image = image,
      .pixels = (const uint8_t *)pixman_image_get_data (image),
      .stride = (size_t)pixman_image_get_stride (image),
      .width = pixman_image_get_width (image),
      .height = pixman_image_get_height (image),
      .bits = PIXMAN_FORMAT_BPP (pixman_image_get_format (image)),
      .x = x,
      .y = y,
  };
}

void
qxl_operand_init_image (QxlOperand *self, pixman_image_t *image, int64_t x,
                        int64_t y)
{
  init_pixels (self, QXL_OPERAND_IMAGE, image, x, y);
}

void
qxl_operand_init_tile (QxlOperand *self, pixman_image_t *image, int64_t x,
                       int64_t y)
{
  init_pixels (self, QXL_OPERAND_TILE, image, x, y);
}

void
qxl_operand_clear (QxlOperand *self)
{
  g_clear_pointer (&self->image, pixman_image_unref);
}

static int32_t
clamp32 (int64_t value)
{
  return (int32_t)CLAMP (value, G_MININT32, G_MAXINT32);
}

void
qxl_operand_limit (const QxlOperand *self, QxlRegion *region)
{
  pixman_box32_t box = {
      .x1 = clamp32 (self->x),
      .y1 = clamp32 (self->y),
      .x2 = clamp32 (self->x + self->width),
      .y2 = clamp32 (self->y + self->height),
  };
  QxlRegion all;

  if (self->kind != QXL_OPERAND_IMAGE)
    return;
  if (box.x1 >= box.x2 || box.y1 >= box.y2) {
    pixman_region32_clear (region);
    return;
  }
  pixman_region32_init_with_extents (&all, &box);
  pixman_region32_intersect (region, region, &all);
  pixman_region32_fini (&all);
}

static void
read_image (const QxlOperand *self, uint32_t *to, int32_t x, int32_t y,
            size_t n)
{
  int64_t left = x - self->x, row = y - self->y;
  size_t before = (size_t)CLAMP (-left, 0, (int64_t)n);
  size_t end = (size_t)CLAMP (self->width - left, 0, (int64_t)n);

  if (row < 0 || row >= self->height || before >= end) {
    memset (to, 0, n * 4);
    return;
  }
  memset (to, 0, before * 4);
  qxl_pixels_load (self->bits, to + before,
                   self->pixels + (size_t)row * self->stride,
                   (size_t)(left + (int64_t)before), end - before);
  memset (to + end, 0, (n - end) * 4);
}

static size_t
remainder_of (int64_t value, int32_t divisor)
{
  int64_t rest = value % divisor;

  return (size_t)(rest < 0 ? rest + divisor : rest);
}

static void
read_tile (const QxlOperand *self, uint32_t *to, int32_t x, int32_t y, size_t n)
{
  size_t width = (size_t)self->width;
  size_t column = remainder_of (x - self->x, self->width);
  const uint8_t *row =
      self->pixels + remainder_of (y - self->y, self->height) * self->stride;
  size_t n_once = MIN (width, n);

  /* one period is read, the rest repeats it */
  for (size_t i = 0, part; i < n_once; i += part, column = 0) {
    part = MIN (width - column, n_once - i);
    qxl_pixels_load (self->bits, to + i, row, column, part);
  }
  for (size_t i = n_once, part; i < n; i += part) {
    part = MIN (i, n - i);
    part = part > width ? part - part % width : part;
    memcpy (to + i, to, part * 4);
  }
}

void
qxl_operand_read (const QxlOperand *self, uint32_t *to, int32_t x, int32_t y,
                  size_t n)
{
  switch (self->kind) {
  case QXL_OPERAND_COLOUR:
    for (size_t i = 0; i < n; i++)
      to[i] = self->colour;
    break;
  case QXL_OPERAND_IMAGE:
    read_image (self, to, x, y, n);
    break;
  case QXL_OPERAND_TILE:
    read_tile (self, to, x, y, n);
    break;
  }
}
