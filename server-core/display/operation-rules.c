/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation-rules.h"

#include "qxl/path.h"

#include <string.h>

/* Pixels of four bytes are all that web clients decode. They blend what is
 * drawn on surfaces with alpha, or copied from any other. */
static bool
is_known_to_web (QxlFormat format)
{
  return format == QXL_FORMAT_BGRX || format == QXL_FORMAT_BGRA;
}

static QxlFormat
told_to_web (uint32_t surface_id, QxlFormat format)
{
  return surface_id == QXL_PRIMARY_SURFACE && is_known_to_web (format)
             ? QXL_FORMAT_BGRX
             : QXL_FORMAT_INVALID;
}

QxlFormat
spc_surface_told_as (uint32_t surface_id, QxlFormat format,
                     const SpcDrawTraits *traits)
{
  if (!traits->is_native)
    return told_to_web (surface_id, format);
  switch (format) {
  case QXL_FORMAT_BGRX:
  case QXL_FORMAT_BGRA:
  case QXL_FORMAT_RGB15:
    return format;
  case QXL_FORMAT_A8:
    return traits->takes_a8_surfaces ? format : QXL_FORMAT_INVALID;
  default:
    return QXL_FORMAT_INVALID;
  }
}

/* Codes of at most two operands have commands of their own, and clients know
 * them there only. */
static bool
is_known_rop3 (uint8_t code)
{
  bool needs_brush = (code >> 4) != (code & 0x0f);
  bool needs_src = ((code >> 2) & 0x33) != (code & 0x33);
  bool needs_dest = ((code >> 1) & 0x55) != (code & 0x55);

  return needs_brush && needs_src && needs_dest;
}

/* left of a pattern's origin, and above, they read beside its pixels */
static bool
is_told_rop3 (const QxlRop3 *rop3, const QxlRect *box)
{
  const QxlBrush *brush = &rop3->brush;

  if (!is_known_rop3 (rop3->code) || brush->kind == QXL_BRUSH_NONE)
    return false;
  return brush->kind != QXL_BRUSH_PATTERN ||
         (brush->pos.x <= box->left && brush->pos.y <= box->top);
}

/* Where dashes have no length, or no gap between them, a client's joints differ
 * from ours by a pixel. */
static bool
has_odd_style (const QxlLineAttr *attr)
{
  bool is_odd = false;

  for (guint i = 0; attr->flags & QXL_LINE_STYLED && i < attr->n_style; i++)
    is_odd |= (uint8_t)qxl_fixed_round (attr->style[i]) == 0;
  return is_odd;
}

/* lines */

/* Are there rectangles side by side? Where a row of a line is cut in two,
 * clients write behind what they have allocated, or lose the rows after it. */
static bool
has_gaps (const QxlRegion *region)
{
  bool has_gaps = false;
  const QxlRect *rects;
  int n_rects;

  rects = qxl_region_rects (region, &n_rects);
  for (int i = 1; i < n_rects; i++)
    has_gaps |= rects[i].top == rects[i - 1].top;
  return has_gaps;
}

/* *@extents: what a stroke's lines are cut to. false: there are gaps in it */
static bool
find_extents (const QxlDrawable *draw, QxlRect *extents)
{
  const QxlOperation *op = draw->u.operation;
  const QxlRect *box = &draw->box;
  QxlRegion region;
  bool is_whole;

  *extents = *box;
  if (!op->is_clipped)
    return true;
  if (!pixman_region32_init_rects (&region,
                                   (const pixman_box32_t *)op->clip_rects,
                                   (int)op->n_clip_rects))
    return false;
  pixman_region32_intersect_rect (&region, &region, box->left, box->top,
                                  (unsigned)qxl_rect_width (box),
                                  (unsigned)qxl_rect_height (box));
  *extents = *(const QxlRect *)pixman_region32_extents (&region);
  is_whole = !has_gaps (&region);
  pixman_region32_fini (&region);
  return is_whole;
}

/* from 28.4 fixed point; just half rounds down */
static QxlPoint
pixel_at (QxlPoint point)
{
  return (QxlPoint){(point.x + 7) >> 4, (point.y + 7) >> 4};
}

static bool
is_inside (const QxlRect *rect, QxlPoint at)
{
  return at.x >= rect->left && at.x < rect->right && at.y >= rect->top &&
         at.y < rect->bottom;
}

/* Where a slanted line is cut, clients may put its pixels elsewhere. */
static bool
is_told_line (const QxlRect *extents, QxlPoint from, QxlPoint to, bool is_curve)
{
  QxlPoint a = pixel_at (from), b = pixel_at (to);

  return (!is_curve && (a.x == b.x || a.y == b.y)) ||
         (is_inside (extents, a) && is_inside (extents, b));
}

static bool
is_told_path (const QxlPath *path, const QxlRect *extents)
{
  QxlPoint first = {0, 0}, last = {0, 0};
  bool is_begun = false;

  for (guint i = 0; i < path->n_segments; i++) {
    const QxlPathSegment *segment = &path->segments[i];
    bool is_curve = (segment->flags & QXL_PATH_BEZIER) != 0;

    is_begun = is_begun && (segment->flags & QXL_PATH_BEGIN) == 0;
    for (guint j = 0; j < segment->n_points; j++) {
      if (is_begun &&
          !is_told_line (extents, last, segment->points[j], is_curve))
        return false;
      last = segment->points[j];
      first = is_begun ? first : last;
      is_begun = true;
    }
    if ((segment->flags & QXL_PATH_CLOSE) != 0 &&
        !is_told_line (extents, last, first, false))
      return false;
    is_begun = is_begun && (segment->flags & QXL_PATH_END) == 0;
  }
  return true;
}

static bool
is_told_stroke (const QxlDrawable *draw)
{
  const QxlStroke *stroke = &draw->u.operation->u.stroke;
  const bool is_styled = (stroke->attr.flags & QXL_LINE_STYLED) != 0;
  QxlRect extents;

  /* patterns of surfaces fail; those of dashes are not relied on */
  if (stroke->brush.kind == QXL_BRUSH_PATTERN &&
      (is_styled || stroke->brush.pattern.kind != QXL_SOURCE_IMAGE))
    return false;
  if (!find_extents (draw, &extents) || !qxl_path_has_ends (&stroke->path))
    return false;
  return is_styled ? !has_odd_style (&stroke->attr)
                   : is_told_path (&stroke->path, &extents);
}

static bool
is_told_on_a8 (QxlOpKind kind)
{
  return kind == QXL_OP_FILL || kind == QXL_OP_COPY ||
         kind == QXL_OP_COPY_BITS || kind == QXL_OP_COMPOSITE;
}

static QxlFormat
format_of (const SpcSurfaceList *surfaces, uint32_t surface_id)
{
  const SpcSurfaceInfo *info = spc_surface_list_find (surfaces, surface_id);

  return info != NULL ? info->format : QXL_FORMAT_INVALID;
}

/* pixels of what is drawn with */
static QxlFormat
source_format (const SpcSurfaceList *surfaces, const QxlSource *source)
{
  return source->kind == QXL_SOURCE_SURFACE
             ? format_of (surfaces, source->surface_id)
             : source->image->format;
}

static bool
is_as_wide (QxlFormat one, QxlFormat other)
{
  return qxl_format_bits_per_pixel (one) == qxl_format_bits_per_pixel (other);
}

/* Fourth bytes of what has no alpha differ at clients, so nothing that is seen
 * may be made of them. */
static bool
reads_fourth_bytes (QxlFormat from, QxlFormat to)
{
  return to == QXL_FORMAT_BGRA && from != QXL_FORMAT_BGRA;
}

static bool
is_scaled (const QxlDrawable *draw)
{
  const QxlOperation *op = draw->u.operation;
  const QxlRect *area = qxl_operation_src_area (op);

  return area != NULL &&
         (qxl_rect_width (area) != qxl_rect_width (&draw->box) ||
          qxl_rect_height (area) != qxl_rect_height (&draw->box));
}

/* Clients convert images, but not surfaces: they abort. What they convert and
 * scale they round in another way. */
static bool
is_odd_source (const QxlDrawable *draw, QxlSourceRole role,
               const QxlSource *source, const SpcSurfaceList *surfaces)
{
  QxlFormat from = source_format (surfaces, source);
  QxlFormat to = format_of (surfaces, draw->surface_id);

  if (role == QXL_ROLE_MASK)
    return source->kind == QXL_SOURCE_SURFACE;
  /* alpha out of nothing: they may have other than we */
  if (reads_fourth_bytes (from, to))
    return true;
  return !is_as_wide (from, to) &&
         (source->kind == QXL_SOURCE_SURFACE || is_scaled (draw));
}

/* what clients get wrong about where pixels come from; for composites they let
 * pixman see to it */
static bool
has_odd_source (const QxlDrawable *draw, const SpcSurfaceList *surfaces)
{
  const QxlOperation *op = draw->u.operation;

  if (qxl_operation_reads (op, draw->surface_id))
    return true;
  for (int i = 0; op->kind != QXL_OP_COMPOSITE && i < QXL_N_ROLES; i++) {
    const QxlSource *source = qxl_operation_source (op, (QxlSourceRole)i);
    if (source != NULL &&
        is_odd_source (draw, (QxlSourceRole)i, source, surfaces))
      return true;
  }
  return false;
}

/* is a fourth byte taken for alpha? */
static bool
is_odd_blend (const QxlAlphaBlend *blend, const SpcSurfaceList *surfaces)
{
  return (blend->alpha_flags & QXL_ALPHA_SRC_SURFACE_HAS_ALPHA) != 0 &&
         blend->src.kind == QXL_SOURCE_SURFACE &&
         source_format (surfaces, &blend->src) == QXL_FORMAT_BGRX;
}

/* Clients keep a transform with a surface, for whatever is made of it next. */
static bool
leaves_transform (const QxlSource *source, bool has_transform,
                  const QxlTransform *transform)
{
  static const QxlTransform none = {
      {pixman_fixed_1, 0, 0, 0, pixman_fixed_1, 0}};

  return has_transform && source->kind == QXL_SOURCE_SURFACE &&
         memcmp (transform, &none, sizeof none) != 0;
}

/* Clients read alpha as if it were colours, and look at a surface that is
 * source and mask in one way only. */
static bool
is_odd_composite (const QxlComposite *composite, const SpcSurfaceList *surfaces)
{
  uint32_t flags = composite->flags;

  if (composite->src.kind == QXL_SOURCE_SURFACE &&
      composite->mask.kind == QXL_SOURCE_SURFACE &&
      composite->src.surface_id == composite->mask.surface_id)
    return true;
  if (leaves_transform (&composite->src,
                        (flags & QXL_COMPOSITE_HAS_SRC_TRANSFORM) != 0,
                        &composite->src_transform) ||
      leaves_transform (&composite->mask,
                        (flags & QXL_COMPOSITE_HAS_MASK_TRANSFORM) != 0,
                        &composite->mask_transform))
    return true;
  return (flags & QXL_COMPOSITE_SOURCE_OPAQUE) != 0 &&
         composite->src.kind == QXL_SOURCE_SURFACE &&
         source_format (surfaces, &composite->src) == QXL_FORMAT_A8;
}

static bool
is_told_plain (const QxlDrawable *draw, const SpcSurfaceList *surfaces)
{
  QxlFormat to = format_of (surfaces, draw->surface_id);
  QxlFormat from;

  if (draw->kind == QXL_DRAW_COPY)
    return !reads_fourth_bytes (draw->u.copy.image->format, to);
  if (draw->kind != QXL_DRAW_COPY_SURFACE)
    return true;
  from = format_of (surfaces, draw->u.copy_surface.source_id);
  return is_as_wide (from, to) && !reads_fourth_bytes (from, to);
}

static bool
is_told_operation (const QxlDrawable *draw, const SpcSurfaceList *surfaces,
                   const SpcDrawTraits *traits)
{
  const QxlOperation *op = draw->u.operation;

  switch (op->kind) {
  case QXL_OP_ROP3:
    return is_told_rop3 (&op->u.rop3, &draw->box);
  case QXL_OP_STROKE:
    return is_told_stroke (draw);
  case QXL_OP_TEXT:
    /* of a surface as a pattern they take all for opaque */
    return op->u.text.string.format != QXL_GLYPH_A8 &&
           (op->u.text.fore_brush.kind != QXL_BRUSH_PATTERN ||
            op->u.text.fore_brush.pattern.kind == QXL_SOURCE_IMAGE);
  case QXL_OP_ALPHA_BLEND:
    return !is_odd_blend (&op->u.alpha_blend, surfaces);
  case QXL_OP_COMPOSITE:
    return traits->takes_composite &&
           !is_odd_composite (&op->u.composite, surfaces);
  default:
    return true;
  }
}

/* on the one surface they have */
static bool
is_told_to_web (const QxlDrawable *draw)
{
  switch (draw->kind) {
  case QXL_DRAW_FILL:
  case QXL_DRAW_COPY_BITS:
    return true;
  case QXL_DRAW_COPY:
    return is_known_to_web (draw->u.copy.image->format);
  default:
    return false;
  }
}

bool
spc_draw_is_told (const QxlDrawable *draw, const SpcSurfaceList *surfaces,
                  const SpcDrawTraits *traits)
{
  if (!traits->is_native)
    return is_told_to_web (draw);
  if (draw->kind != QXL_DRAW_OPERATION)
    return is_told_plain (draw, surfaces);
  if (has_odd_source (draw, surfaces))
    return false;
  return (format_of (surfaces, draw->surface_id) != QXL_FORMAT_A8 ||
          is_told_on_a8 (draw->u.operation->kind)) &&
         is_told_operation (draw, surfaces, traits);
}
