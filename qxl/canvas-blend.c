/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draws that leave something of what was below: colour keys, and alpha */
#include "qxl/canvas-private.h"

/* colour keys */

typedef struct {
  QxlOperand source;
  uint32_t key, bits; /* a pixel that is @key in @bits is left out */
} Keyed;

static void
keyed_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const Keyed *keyed = data;
  uint32_t s[QXL_CANVAS_ROW_MAX];

  qxl_operand_read (&keyed->source, s, x, y, n);
  for (size_t i = 0; i < n; i++)
    d[i] = (s[i] & keyed->bits) == keyed->key ? d[i] : s[i];
}

/* the key and what counts of a pixel, in the surface's format */
static void
set_key (Keyed *self, QxlFormat format, uint32_t colour)
{
  const uint32_t r = colour >> 16 & 0xff, g = colour >> 8 & 0xff;
  const uint32_t b = colour & 0xff;

  switch (format) {
  case QXL_FORMAT_RGB15:
    self->key = r >> 3 << 10 | g >> 3 << 5 | b >> 3;
    self->bits = 0x7fff;
    break;
  case QXL_FORMAT_RGB16:
    self->key = r >> 3 << 11 | g >> 2 << 5 | b >> 3;
    self->bits = 0xffff;
    break;
  default:
    self->key = colour & 0xffffff;
    self->bits = 0xffffff;
  }
}

void
qxl_canvas_transparent (QxlCanvasCall *call)
{
  const QxlTransparent *op = &call->op->u.transparent;
  Keyed keyed;

  if (!qxl_canvas_operand (call, &op->src, &op->src_area, QXL_SCALE_NEAREST,
                           QXL_CANVAS_SCALE_COPY, &keyed.source))
    return;
  set_key (&keyed, call->format, op->true_color);
  qxl_operand_limit (&keyed.source, &call->region);
  qxl_canvas_each_row (call, &call->region, keyed_row, &keyed);
  qxl_operand_clear (&keyed.source);
}

/* alpha */

/* the same pixels, whose fourth bytes count as alpha; @image must outlive it */
static pixman_image_t *
with_alpha (pixman_image_t *image)
{
  if (pixman_image_get_format (image) != PIXMAN_x8r8g8b8)
    return pixman_image_ref (image);
  return pixman_image_create_bits_no_clear (
      PIXMAN_a8r8g8b8, pixman_image_get_width (image),
      pixman_image_get_height (image), pixman_image_get_data (image),
      pixman_image_get_stride (image));
}

/* NULL: none is needed */
static pixman_image_t *
alpha_mask (uint8_t alpha)
{
  const pixman_color_t colour = {.alpha = (uint16_t)(alpha * 0x101)};

  return alpha == 255 ? NULL : pixman_image_create_solid_fill (&colour);
}

/* Clients clear what blending left in the fourth bytes of the whole box, and
 * only if it begins with 255; it would show in pictures of the surface. */
static void
clear_top_bytes (QxlCanvasCall *call)
{
  const QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (call->dest),
                                (int32_t)qxl_surface_height (call->dest));
  const QxlRect box = qxl_rect_intersect (&call->draw->box, &all);
  uint8_t *pixels = qxl_surface_pixels (call->dest);
  size_t stride = qxl_surface_stride (call->dest);

  for (int32_t y = box.top; y < box.bottom; y++) {
    uint32_t *row = (uint32_t *)(pixels + (size_t)y * stride);

    if (y == box.top && row[box.left] >> 24 != 0xff)
      return;
    for (int32_t x = box.left; x < box.right; x++)
      row[x] &= 0xffffff;
  }
}

static void
blend (QxlCanvasCall *call, const QxlAlphaBlend *op, pixman_image_t *src)
{
  const bool has_alpha = (op->alpha_flags & QXL_ALPHA_DEST_HAS_ALPHA) != 0;
  pixman_image_t *dest =
      has_alpha ? with_alpha (call->image) : pixman_image_ref (call->image);
  pixman_image_t *mask = alpha_mask (op->alpha);

  if (dest != NULL && (mask != NULL || op->alpha == 255))
    qxl_canvas_compose (call, PIXMAN_OP_OVER, src, mask, dest, &op->src_area,
                        QXL_SCALE_NEAREST);
  g_clear_pointer (&mask, pixman_image_unref);
  g_clear_pointer (&dest, pixman_image_unref);
  if (call->format == QXL_FORMAT_BGRX && !has_alpha)
    clear_top_bytes (call);
}

void
qxl_canvas_alpha_blend (QxlCanvasCall *call)
{
  const QxlAlphaBlend *op = &call->op->u.alpha_blend;
  const bool has_alpha =
      op->src.kind == QXL_SOURCE_SURFACE &&
      (op->alpha_flags & QXL_ALPHA_SRC_SURFACE_HAS_ALPHA) != 0;
  pixman_image_t *pixels, *src;

  if (op->alpha == 0)
    return;
  pixels = qxl_canvas_source (call, &op->src);
  if (pixels == NULL)
    return;
  src = has_alpha ? with_alpha (pixels) : pixman_image_ref (pixels);
  if (src != NULL)
    blend (call, op, src);
  g_clear_pointer (&src, pixman_image_unref);
  pixman_image_unref (pixels);
}
