/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mask is no region: one of single dots would make a region many times as
 * large as the surface. Instead what lies below is put aside, drawn over, and
 * put back where the mask says so. */
#include "qxl/canvas-private.h"
#include "qxl/pixels.h"

static const QxlCanvasFunc funcs[QXL_N_OPS] = {
    [QXL_OP_FILL] = qxl_canvas_fill,
    [QXL_OP_OPAQUE] = qxl_canvas_opaque,
    [QXL_OP_COPY] = qxl_canvas_copy,
    [QXL_OP_COPY_BITS] = qxl_canvas_copy_bits,
    [QXL_OP_BLEND] = qxl_canvas_copy,
    [QXL_OP_BLACKNESS] = qxl_canvas_blackness,
    [QXL_OP_WHITENESS] = qxl_canvas_whiteness,
    [QXL_OP_INVERS] = qxl_canvas_invers,
    [QXL_OP_ROP3] = qxl_canvas_rop3,
    [QXL_OP_TRANSPARENT] = qxl_canvas_transparent,
    [QXL_OP_ALPHA_BLEND] = qxl_canvas_alpha_blend,
    [QXL_OP_STROKE] = qxl_canvas_stroke,
    [QXL_OP_TEXT] = qxl_canvas_text,
    [QXL_OP_COMPOSITE] = qxl_canvas_composite,
};

static void
init_region (QxlRegion *region, const QxlSurface *dest, const QxlRect *box)
{
  const QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (dest),
                                (int32_t)qxl_surface_height (dest));
  const QxlRect seen = qxl_rect_intersect (box, &all);

  pixman_region32_init (region);
  qxl_region_add (region, &seen);
}

/* masks */

typedef struct {
  QxlOperand bits;  /* the mask */
  QxlOperand saved; /* what was below */
  uint32_t drawn;   /* the value of a bit where drawing stays */
} Masking;

static const QxlMask *
mask_of (const QxlOperation *op)
{
  switch (op->kind) {
  case QXL_OP_FILL:
    return &op->u.fill.mask;
  case QXL_OP_COPY:
  case QXL_OP_BLEND:
    return &op->u.copy.mask;
  case QXL_OP_OPAQUE:
    return &op->u.opaque.copy.mask;
  case QXL_OP_ROP3:
    return &op->u.rop3.copy.mask;
  case QXL_OP_BLACKNESS:
  case QXL_OP_WHITENESS:
  case QXL_OP_INVERS:
    return &op->u.mask;
  default:
    return NULL;
  }
}

static void
save_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const QxlOperand *saved = data;
  uint8_t *row = (uint8_t *)pixman_image_get_data (saved->image) +
                 (size_t)(y - saved->y) * saved->stride;

  qxl_pixels_store (saved->bits, row, (size_t)(x - saved->x), d, n);
}

static bool
save_below (const QxlCanvasCall *call, QxlOperand *saved)
{
  const pixman_box32_t *box =
      pixman_region32_extents ((QxlRegion *)&call->region);
  pixman_image_t *image = pixman_image_create_bits_no_clear (
      pixman_image_get_format (call->image), box->x2 - box->x1,
      box->y2 - box->y1, NULL, 0);

  if (image == NULL)
    return false;
  qxl_operand_init_image (saved, image, box->x1, box->y1);
  qxl_canvas_each_row (call, &call->region, save_row, saved);
  return true;
}

/* what draws through bits, and with what */
typedef void (*DrawFunc) (QxlCanvasCall *call, QxlCanvasFunc func);

static void
restore_row (gpointer data, uint32_t *d, int32_t x, int32_t y, size_t n)
{
  const Masking *self = data;
  uint32_t bits[QXL_CANVAS_ROW_MAX], saved[QXL_CANVAS_ROW_MAX];

  qxl_operand_read (&self->bits, bits, x, y, n);
  qxl_operand_read (&self->saved, saved, x, y, n);
  for (size_t i = 0; i < n; i++)
    d[i] = bits[i] == self->drawn ? d[i] : saved[i];
}

/* takes @bits, which are no colour */
static void
draw_through (QxlCanvasCall *call, QxlCanvasFunc func, QxlOperand *bits,
              uint32_t drawn, DrawFunc draw)
{
  Masking masking = {.bits = *bits, .drawn = drawn};
  QxlRegion region;

  qxl_operand_limit (bits, &call->region);
  if (!qxl_region_is_empty (&call->region) &&
      save_below (call, &masking.saved)) {
    /* a function may make its call's region smaller */
    pixman_region32_init (&region);
    pixman_region32_copy (&region, &call->region);
    draw (call, func);
    qxl_canvas_each_row (call, &region, restore_row, &masking);
    pixman_region32_fini (&region);
    qxl_operand_clear (&masking.saved);
  }
  qxl_operand_clear (bits);
}

/* drawing */

static void
draw_plain (QxlCanvasCall *call, QxlCanvasFunc func)
{
  func (call);
}

static void
draw_masked (QxlCanvasCall *call, QxlCanvasFunc func)
{
  const QxlMask *mask = mask_of (call->op);
  pixman_image_t *image;
  QxlOperand bits;

  if (mask == NULL || mask->bitmap.kind == QXL_SOURCE_NONE) {
    func (call);
    return;
  }
  image = qxl_canvas_source (call, &mask->bitmap);
  if (image == NULL)
    return;
  qxl_operand_init_image (&bits, image,
                          (int64_t)call->draw->box.left - mask->pos.x,
                          (int64_t)call->draw->box.top - mask->pos.y);
  if (pixman_image_get_format (image) == PIXMAN_a1)
    draw_through (call, func, &bits, mask->is_inverted ? 0 : 1, draw_plain);
  else
    qxl_operand_clear (&bits);
}

static void
draw_clipped (QxlCanvasCall *call)
{
  QxlCanvasFunc func =
      (guint)call->op->kind < QXL_N_OPS ? funcs[call->op->kind] : NULL;
  QxlOperand bits;

  if (func == NULL || !qxl_canvas_clip (&call->region, call->op, &bits))
    return;
  if (bits.kind != QXL_OPERAND_COLOUR)
    draw_through (call, func, &bits, 1, draw_masked);
  else if (!qxl_region_is_empty (&call->region))
    draw_masked (call, func);
}

static void
draw_operation (QxlSurface *dest, const QxlDrawable *draw, QxlSurfaceFunc find,
                gpointer user_data)
{
  QxlCanvasCall call = {
      .dest = dest,
      .format = qxl_surface_format (dest),
      .draw = draw,
      .op = draw->u.operation,
      .image = qxl_canvas_wrap (dest),
      .find = find,
      .user_data = user_data,
  };

  init_region (&call.region, dest, &draw->box);
  if (call.image != NULL)
    draw_clipped (&call);
  pixman_region32_fini (&call.region);
  g_clear_pointer (&call.image, pixman_image_unref);
}

static void
draw_copy_surface (QxlSurface *dest, const QxlDrawable *draw,
                   QxlSurfaceFunc find, gpointer user_data)
{
  QxlSurface *source = find (draw->u.copy_surface.source_id, user_data);

  if (source != NULL && source != dest)
    qxl_surface_draw_from (dest, draw, source);
}

void
qxl_canvas_draw (QxlSurface *dest, const QxlDrawable *draw, QxlSurfaceFunc find,
                 gpointer user_data)
{
  switch (draw->kind) {
  case QXL_DRAW_OPERATION:
    draw_operation (dest, draw, find, user_data);
    break;
  case QXL_DRAW_COPY_SURFACE:
    draw_copy_surface (dest, draw, find, user_data);
    break;
  default:
    qxl_surface_draw (dest, draw);
  }
}
