/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/footprint.h"

/* pixels beyond a source's area that scaling mixes in: one, and one for what is
 * rounded on the way */
#define SCALE_MARGIN 2

typedef struct {
  QxlFootprint *self;
  const QxlDrawable *draw;
  QxlShapeFunc shape;
  gpointer user_data;
} Maker;

static bool
find_bounds (const Maker *maker, uint32_t surface_id, QxlRect *all)
{
  QxlSurfaceShape shape;

  if (!maker->shape (surface_id, &shape, maker->user_data))
    return false;
  *all = QXL_RECT (0, 0, (int32_t)shape.width, (int32_t)shape.height);
  return true;
}

static void
add_read (const Maker *maker, const QxlRead *read)
{
  QxlFootprint *self = maker->self;
  QxlRead clipped = *read;
  QxlRect all;

  if (!find_bounds (maker, read->surface_id, &all))
    return;
  clipped.area = qxl_rect_intersect (&read->area, &all);
  if (!qxl_rect_is_empty (&clipped.area))
    self->reads[self->n_reads++] = clipped;
}

/* each pixel of @area, which is at the box's top left, is one of the box */
static void
add_moved (const Maker *maker, uint32_t surface_id, const QxlRect *area)
{
  const QxlRead read = {
      .surface_id = surface_id,
      .area = *area,
      .is_moved = true,
      .dx = area->left - maker->draw->box.left,
      .dy = area->top - maker->draw->box.top,
  };

  add_read (maker, &read);
}

static void
add_whole (const Maker *maker, uint32_t surface_id)
{
  QxlRead read = {.surface_id = surface_id};

  if (find_bounds (maker, surface_id, &read.area))
    add_read (maker, &read);
}

/* as large as the box, from @src on */
static QxlRect
box_at (const QxlDrawable *draw, int32_t x, int32_t y)
{
  return QXL_RECT (x, y, x + qxl_rect_width (&draw->box),
                   y + qxl_rect_height (&draw->box));
}

/* moves */

/* What comes from outside the surface is not drawn, so all that is drawn is
 * moved there, even if the two places overlap. */
static void
make_move (const Maker *maker, QxlPoint src)
{
  QxlFootprint *self = maker->self;
  const QxlRect *box = &maker->draw->box;
  QxlRect area = box_at (maker->draw, src.x, src.y);
  QxlRect all, kept;

  if (!find_bounds (maker, maker->draw->surface_id, &all))
    return;
  kept = qxl_rect_intersect (&area, &all);
  kept = qxl_rect_is_empty (&kept) ? QXL_RECT (0, 0, 0, 0)
                                   : QXL_RECT (kept.left - src.x + box->left,
                                               kept.top - src.y + box->top,
                                               kept.right - src.x + box->left,
                                               kept.bottom - src.y + box->top);
  pixman_region32_intersect_rect (&self->region, &self->region, kept.left,
                                  kept.top, (guint)qxl_rect_width (&kept),
                                  (guint)qxl_rect_height (&kept));
  self->is_opaque = true;
  add_moved (maker, maker->draw->surface_id, &area);
}

/* operations */

static void
add_scaled (const Maker *maker, uint32_t surface_id, const QxlRect *area)
{
  const QxlRect *box = &maker->draw->box;
  QxlRead read = {.surface_id = surface_id};

  if (qxl_rect_width (area) == qxl_rect_width (box) &&
      qxl_rect_height (area) == qxl_rect_height (box)) {
    add_moved (maker, surface_id, area);
    return;
  }
  read.area =
      QXL_RECT (area->left - SCALE_MARGIN, area->top - SCALE_MARGIN,
                area->right + SCALE_MARGIN, area->bottom + SCALE_MARGIN);
  add_read (maker, &read);
}

static void
add_composite (const Maker *maker, uint32_t surface_id, bool is_plain,
               int32_t x, int32_t y)
{
  QxlRect area = box_at (maker->draw, x, y);

  if (is_plain)
    add_moved (maker, surface_id, &area);
  else
    add_whole (maker, surface_id);
}

static void
add_composite_reads (const Maker *maker, const QxlComposite *composite)
{
  uint32_t flags = composite->flags;

  if (composite->src.kind == QXL_SOURCE_SURFACE)
    add_composite (maker, composite->src.surface_id,
                   !(flags & QXL_COMPOSITE_HAS_SRC_TRANSFORM) &&
                       QXL_COMPOSITE_SRC_REPEAT (flags) == 0,
                   composite->src_origin.x, composite->src_origin.y);
  if (composite->mask.kind == QXL_SOURCE_SURFACE)
    add_composite (maker, composite->mask.surface_id,
                   !(flags & QXL_COMPOSITE_HAS_MASK_TRANSFORM) &&
                       QXL_COMPOSITE_MASK_REPEAT (flags) == 0,
                   composite->mask_origin.x, composite->mask_origin.y);
}

/* patterns may be tiled, and a mask's place is not worth the look */
static void
add_reads (const Maker *maker, const QxlOperation *op)
{
  for (guint role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source = qxl_operation_source (op, (QxlSourceRole)role);

    if (source == NULL || source->kind != QXL_SOURCE_SURFACE)
      continue;
    if (role == QXL_ROLE_SRC)
      add_scaled (maker, source->surface_id, qxl_operation_src_area (op));
    else
      add_whole (maker, source->surface_id);
  }
}

/* A copy of another surface; its area is known to lie in that. */
static bool
is_plain_copy (const QxlDrawable *draw, const QxlOperation *op)
{
  return op->kind == QXL_OP_COPY && (op->u.copy.rop & QXL_ROP_PUT) != 0 &&
         op->u.copy.mask.bitmap.kind == QXL_SOURCE_NONE &&
         op->u.copy.src.kind == QXL_SOURCE_SURFACE &&
         op->u.copy.src.surface_id != draw->surface_id;
}

static void
clip (QxlRegion *region, const QxlOperation *op)
{
  QxlRegion clip;

  if (!op->is_clipped)
    return;
  pixman_region32_init_rects (&clip, (const pixman_box32_t *)op->clip_rects,
                              (int)op->n_clip_rects);
  pixman_region32_intersect (region, region, &clip);
  pixman_region32_fini (&clip);
}

static void
make_operation (const Maker *maker, const QxlOperation *op)
{
  QxlFootprint *self = maker->self;

  clip (&self->region, op);
  if (op->kind == QXL_OP_COPY_BITS) {
    make_move (maker, op->u.copy_bits.src_pos);
    return;
  }
  self->is_opaque =
      qxl_operation_is_opaque (op) || is_plain_copy (maker->draw, op);
  if (op->kind == QXL_OP_COMPOSITE)
    add_composite_reads (maker, &op->u.composite);
  else
    add_reads (maker, op);
}

bool
qxl_footprint_init (QxlFootprint *self, const QxlDrawable *draw,
                    QxlShapeFunc shape, gpointer user_data)
{
  const Maker maker = {self, draw, shape, user_data};
  const QxlRect *box = &draw->box;
  QxlRect area;

  *self = (QxlFootprint){.is_opaque = true};
  pixman_region32_init_rect (&self->region, box->left, box->top,
                             (guint)qxl_rect_width (box),
                             (guint)qxl_rect_height (box));
  switch (draw->kind) {
  case QXL_DRAW_FILL:
  case QXL_DRAW_COPY:
    break;
  case QXL_DRAW_COPY_BITS:
    make_move (&maker, draw->u.copy_bits.src_pos);
    break;
  case QXL_DRAW_COPY_SURFACE:
    area =
        box_at (draw, draw->u.copy_surface.src.x, draw->u.copy_surface.src.y);
    add_moved (&maker, draw->u.copy_surface.source_id, &area);
    break;
  case QXL_DRAW_OPERATION:
    make_operation (&maker, draw->u.operation);
    break;
  }
  if (!qxl_region_is_empty (&self->region))
    return true;
  qxl_footprint_clear (self);
  return false;
}

void
qxl_footprint_clear (QxlFootprint *self)
{
  pixman_region32_fini (&self->region);
}
