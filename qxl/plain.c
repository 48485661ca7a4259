/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/plain.h"

#include "qxl/surface.h"
#include "qxl/validate.h"

/* what of a box is drawn on */
typedef struct {
  guint n_rects;
  const QxlRect *rects;
} Clip;

/* the parts of @op's clip rectangles inside @box */
static GArray *
clip_to_box (const QxlOperation *op, const QxlRect *box)
{
  GArray *rects = g_array_new (FALSE, FALSE, sizeof (QxlRect));

  for (guint i = 0; i < op->n_clip_rects; i++) {
    const QxlRect rect = qxl_rect_intersect (&op->clip_rects[i], box);

    if (qxl_rect_equal (&rect, box)) {
      g_array_set_size (rects, 0);
      g_array_append_val (rects, rect);
      break;
    }
    if (!qxl_rect_is_empty (&rect))
      g_array_append_val (rects, rect);
  }
  return rects;
}

static bool
has_mask (const QxlOperation *op)
{
  return qxl_operation_source (op, QXL_ROLE_MASK) != NULL;
}

/* is it a fill with one colour, whatever was there? */
static bool
find_color (const QxlOperation *op, uint32_t *color)
{
  const QxlFill *fill = &op->u.fill;

  if (op->kind == QXL_OP_BLACKNESS || op->kind == QXL_OP_WHITENESS) {
    *color = op->kind == QXL_OP_WHITENESS ? UINT32_MAX : 0;
    return true;
  }
  if (op->kind != QXL_OP_FILL || fill->brush.kind != QXL_BRUSH_SOLID ||
      (fill->rop & ~QXL_ROP_INVERS_BRUSH) != QXL_ROP_PUT)
    return false;
  *color =
      fill->rop & QXL_ROP_INVERS_BRUSH ? ~fill->brush.color : fill->brush.color;
  return true;
}

/* Can it be a plain draw's? Those have no images of single bits. What is not
 * valid stays as it is. */
static bool
is_plain_source (const QxlSource *source, uint32_t dest_id)
{
  const QxlImage *image = source->image;

  if (source->kind == QXL_SOURCE_SURFACE)
    return source->surface_id != dest_id;
  return source->kind == QXL_SOURCE_IMAGE && image != NULL &&
         image->format != QXL_FORMAT_A1 &&
         MAX (image->width, image->height) <= QXL_MAX_IMAGE_SIDE;
}

static bool
is_plain_copy (const QxlDrawable *draw)
{
  const QxlOperation *op = draw->u.operation;
  const QxlCopy *copy = &op->u.copy;

  return (op->kind == QXL_OP_COPY || op->kind == QXL_OP_BLEND) &&
         copy->rop == QXL_ROP_PUT &&
         (guint)copy->scale_mode <= QXL_SCALE_NEAREST &&
         qxl_rect_is_sane (&copy->src_area) &&
         qxl_rect_width (&copy->src_area) == qxl_rect_width (&draw->box) &&
         qxl_rect_height (&copy->src_area) == qxl_rect_height (&draw->box) &&
         is_plain_source (&copy->src, draw->surface_id);
}

static QxlDrawable *
copy_part (const QxlDrawable *draw, const QxlRect *rect)
{
  const QxlCopy *copy = &draw->u.operation->u.copy;
  const QxlPoint src = {
      copy->src_area.left + rect->left - draw->box.left,
      copy->src_area.top + rect->top - draw->box.top,
  };

  if (copy->src.kind == QXL_SOURCE_SURFACE)
    return qxl_drawable_new_copy_surface (draw->surface_id, rect,
                                          copy->src.surface_id, src);
  return qxl_drawable_new_copy (draw->surface_id, rect,
                                qxl_image_ref (copy->src.image), src);
}

/* false: it is none of those */
static bool
draw_plainly (QxlBatch *batch, const QxlDrawable *draw, const Clip *clip)
{
  const QxlOperation *op = draw->u.operation;
  bool is_whole = clip->n_rects == 1;
  uint32_t color;

  if (has_mask (op))
    return false;
  if (is_whole && find_color (op, &color)) {
    qxl_batch_draw (batch, qxl_drawable_new_fill (draw->surface_id,
                                                  &clip->rects[0], color));
    return true;
  }
  if (clip->n_rects > QXL_PLAIN_MAX_RECTS || !is_plain_copy (draw))
    return false;
  for (guint i = 0; i < clip->n_rects; i++)
    qxl_batch_draw (batch, copy_part (draw, &clip->rects[i]));
  return true;
}

/* it is the caller's alone, so that its clip may still be changed */
static void
tighten_clip (QxlOperation *op, const QxlRect *box, const Clip *clip)
{
  if (!op->is_clipped)
    return;
  if (clip->n_rects == 1 && qxl_rect_equal (&clip->rects[0], box)) {
    g_clear_pointer (&op->clip_rects, g_free);
    op->n_clip_rects = 0;
    op->is_clipped = false;
    return;
  }
  qxl_operation_clip (op, clip->rects, clip->n_rects);
}

/* What no surface could take stays as it is, for the validator to refuse: a
 * part of it might be taken. */
static bool
is_sound (const QxlDrawable *draw)
{
  const QxlRect largest =
      QXL_RECT (0, 0, (int32_t)QXL_SURFACE_MAX_SIDE, QXL_SURFACE_MAX_SIDE);
  const QxlOperation *op = draw->u.operation;

  if (qxl_rect_is_empty (&draw->box) ||
      !qxl_rect_contains (&largest, &draw->box))
    return false;
  if (op->is_clipped && op->n_clip_rects > QXL_MAX_CLIP_RECTS)
    return false;
  for (guint i = 0; op->is_clipped && i < op->n_clip_rects; i++)
    if (!qxl_rect_is_sane (&op->clip_rects[i]))
      return false;
  return true;
}

void
qxl_plain_draw (QxlBatch *batch, QxlDrawable *draw)
{
  g_autoptr (QxlDrawable) mine = draw;
  g_autoptr (GArray) rects = NULL;
  Clip clip = {1, &draw->box};

  if (draw->kind != QXL_DRAW_OPERATION || !is_sound (draw)) {
    qxl_batch_draw (batch, g_steal_pointer (&mine));
    return;
  }
  if (draw->u.operation->is_clipped) {
    rects = clip_to_box (draw->u.operation, &draw->box);
    clip = (Clip){rects->len, (const QxlRect *)(gpointer)rects->data};
  }
  if (clip.n_rects == 0 || draw_plainly (batch, draw, &clip))
    return;
  if (g_atomic_int_get (&draw->ref_count) == 1)
    tighten_clip (draw->u.operation, &draw->box, &clip);
  qxl_batch_draw (batch, g_steal_pointer (&mine));
}
