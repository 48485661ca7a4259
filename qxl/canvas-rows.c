/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* raw pixel values, row by row through a region */
#include "qxl/canvas-private.h"

#include "qxl/pixels.h"
#include "qxl/rop.h"

static unsigned
bits_of (const QxlCanvasCall *call)
{
  return qxl_format_bits_per_pixel (call->format);
}

static void
one_row (const QxlCanvasCall *call, uint8_t *row, const QxlRect *rect,
         int32_t y, QxlCanvasRowFunc func, gpointer data)
{
  uint32_t buffer[QXL_CANVAS_ROW_MAX];
  unsigned bits = bits_of (call);
  size_t n;

  for (int32_t x = rect->left; x < rect->right; x += (int32_t)n) {
    n = MIN ((size_t)(rect->right - x), QXL_CANVAS_ROW_MAX);
    if (bits == 32) {
      func (data, (uint32_t *)row + x, x, y, n);
      continue;
    }
    qxl_pixels_load (bits, buffer, row, (size_t)x, n);
    func (data, buffer, x, y, n);
    qxl_pixels_store (bits, row, (size_t)x, buffer, n);
  }
}

void
qxl_canvas_each_row (const QxlCanvasCall *call, const QxlRegion *region,
                     QxlCanvasRowFunc func, gpointer data)
{
  uint8_t *pixels = qxl_surface_pixels (call->dest);
  size_t stride = qxl_surface_stride (call->dest);
  int n_rects;
  const QxlRect *rects = qxl_region_rects (region, &n_rects);

  for (int i = 0; i < n_rects; i++)
    for (int32_t y = rects[i].top; y < rects[i].bottom; y++)
      one_row (call, pixels + (size_t)y * stride, &rects[i], y, func, data);
}

typedef struct {
  uint8_t code;
  const QxlOperand *operand;
} Combine;

static void
combine_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const Combine *combine = data;
  uint32_t s[QXL_CANVAS_ROW_MAX];

  qxl_operand_read (combine->operand, s, x, y, n);
  qxl_rop2_row (combine->code, d, s, n);
}

static void
put_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const Combine *combine = data;

  qxl_operand_read (combine->operand, d, x, y, n);
}

static void
fill (const QxlCanvasCall *call, uint32_t value, const QxlRegion *region)
{
  uint32_t *pixels = (uint32_t *)qxl_surface_pixels (call->dest);
  int stride = (int)(qxl_surface_stride (call->dest) / 4);
  int n_rects;
  const QxlRect *rects = qxl_region_rects (region, &n_rects);

  for (int i = 0; i < n_rects; i++)
    pixman_fill (pixels, stride, (int)bits_of (call), rects[i].left,
                 rects[i].top, qxl_rect_width (&rects[i]),
                 qxl_rect_height (&rects[i]), value);
}

void
qxl_canvas_combine (const QxlCanvasCall *call, uint8_t code,
                    const QxlOperand *operand, const QxlRegion *region)
{
  Combine combine = {.code = code, .operand = operand};

  if (code == QXL_ROP2_NO_OP)
    return;
  if (!qxl_rop2_uses_d (code) &&
      (operand->kind == QXL_OPERAND_COLOUR || !qxl_rop2_uses_s (code)))
    fill (call, qxl_rop2_of_colour (code, operand->colour), region);
  else if (code == QXL_ROP2_COPY)
    qxl_canvas_each_row (call, region, put_row, &combine);
  else
    qxl_canvas_each_row (call, region, combine_row, &combine);
}
