/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strokes: what a path's lines meet is counted, then the brush is applied once
 * to what was met, and once more to what was met an even number of times. */
#include "qxl/canvas-private.h"

#include "qxl/path.h"
#include "qxl/rop.h"
#include "qxl/stroke.h"

typedef struct {
  QxlCanvasCall *call;
  const QxlBrush *brush;
  uint8_t code;
} Painter;

static void
paint (const QxlRect *rects, guint n_rects, gpointer user_data)
{
  Painter *painter = user_data;
  QxlRegion region;

  if (!pixman_region32_init_rects (&region, (const pixman_box32_t *)rects,
                                   (int)n_rects))
    return;
  pixman_region32_intersect (&region, &region, &painter->call->region);
  if (!qxl_region_is_empty (&region))
    qxl_canvas_brush_code (painter->call, painter->brush, painter->code,
                           &region);
  pixman_region32_fini (&region);
}

/* with one of the operand's two values, it turns the pixel over */
static bool
counts (uint8_t code)
{
  return (code & ~(code >> 1) & 5) != 0;
}

/* A pattern that is the surface itself, as it was before the stroke: brushes
 * are applied several times. */
static bool
freeze_pattern (const QxlCanvasCall *call, QxlBrush *brush)
{
  QxlSource *pattern = &brush->pattern;
  QxlRect all;
  QxlImage *image;

  if (brush->kind != QXL_BRUSH_PATTERN || pattern->kind != QXL_SOURCE_SURFACE ||
      pattern->surface_id != call->draw->surface_id)
    return false;
  all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (call->dest),
                  (int32_t)qxl_surface_height (call->dest));
  image = qxl_surface_snapshot (call->dest, &all);
  if (image)
    *pattern = qxl_source_image (image);
  return image != NULL;
}

void
qxl_canvas_stroke (QxlCanvasCall *call)
{
  const QxlStroke *stroke = &call->op->u.stroke;
  const QxlRect *extents =
      (const QxlRect *)pixman_region32_extents (&call->region);
  QxlRect box = qxl_path_box (&stroke->path);
  QxlBrush brush = stroke->brush;
  Painter painter = {
      .call = call,
      .brush = &brush,
      .code = qxl_rop2_code (stroke->fore_mode, QXL_ROP_INVERS_BRUSH,
                             QXL_ROP_INVERS_DEST),
  };
  g_autoptr (QxlTally) tally = NULL;
  bool frozen;

  box = qxl_rect_intersect (&box, extents);
  tally = qxl_tally_new (&box);
  if (!tally)
    return;
  qxl_stroke_path (&stroke->path, &stroke->attr, counts (painter.code), tally);
  frozen = freeze_pattern (call, &brush);
  qxl_tally_foreach (tally, QXL_TALLY_MET, paint, &painter);
  if (counts (painter.code))
    qxl_tally_foreach (tally, QXL_TALLY_EVEN, paint, &painter);
  if (frozen)
    qxl_image_unref (brush.pattern.image);
}
