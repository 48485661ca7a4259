/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/validate-operation.h"

#define refuse qxl_draw_check_refuse

/* formats of which each can be made of each other */
typedef enum { FAMILY_NONE, FAMILY_COLOUR, FAMILY_A8, FAMILY_A1 } Family;

static Family
family_of (QxlFormat format)
{
  switch (format) {
  case QXL_FORMAT_BGRX:
  case QXL_FORMAT_BGRA:
  case QXL_FORMAT_RGB15:
  case QXL_FORMAT_RGB16:
    return FAMILY_COLOUR;
  case QXL_FORMAT_A8:
    return FAMILY_A8;
  case QXL_FORMAT_A1:
    return FAMILY_A1;
  default:
    return FAMILY_NONE;
  }
}

/* geometry */

static bool
is_near (int64_t x, int64_t y)
{
  return ABS (x) <= QXL_MAX_COORDINATE && ABS (y) <= QXL_MAX_COORDINATE;
}

static bool
check_point (const QxlDrawCheck *check, const char *what, QxlPoint at)
{
  return is_near (at.x, at.y) ||
         refuse (check, "%s at %d,%d, allowed is %d each way", what, at.x, at.y,
                 QXL_MAX_COORDINATE);
}

static bool
check_clip (const QxlDrawCheck *check)
{
  const QxlOperation *op = check->draw->u.operation;

  if (!op->is_clipped)
    return true;
  if (op->n_clip_rects > QXL_MAX_CLIP_RECTS)
    return refuse (check, "clip of %u rectangles, at most %u are allowed",
                   op->n_clip_rects, QXL_MAX_CLIP_RECTS);
  for (guint i = 0; i < op->n_clip_rects; i++) {
    const QxlRect *rect = &op->clip_rects[i];
    if (!qxl_rect_is_sane (rect))
      return refuse (check, "clip rectangle %d,%d to %d,%d is turned around",
                     rect->left, rect->top, rect->right, rect->bottom);
  }
  return true;
}

/* sources */

/* what @source is; false if there is nothing */
static bool
find_shape (const QxlDrawCheck *check, const char *what,
            const QxlSource *source, QxlSurfaceShape *shape)
{
  const QxlImage *image = source->image;

  switch (source->kind) {
  case QXL_SOURCE_NONE:
    break;
  case QXL_SOURCE_IMAGE:
    if (image == NULL)
      break;
    *shape = (QxlSurfaceShape){image->width, image->height, image->format};
    return MAX (image->width, image->height) <= QXL_MAX_IMAGE_SIDE ||
           refuse (check, "%s of %ux%u, allowed are %ux%u", what, image->width,
                   image->height, QXL_MAX_IMAGE_SIDE, QXL_MAX_IMAGE_SIDE);
  case QXL_SOURCE_SURFACE:
    return check->shape (source->surface_id, shape, check->user_data) ||
           refuse (check, "%s surface %u, there is none", what,
                   source->surface_id);
  default:
    return refuse (check, "%s of kind %d, allowed are 0 to %d", what,
                   source->kind, QXL_SOURCE_SURFACE);
  }
  return refuse (check, "no %s", what);
}

bool
qxl_draw_check_format (const QxlDrawCheck *check, const char *what,
                       QxlFormat format)
{
  return (family_of (format) != FAMILY_NONE &&
          family_of (format) == family_of (check->dest.format)) ||
         refuse (check, "%s in %s cannot become %s", what,
                 qxl_format_name (format),
                 qxl_format_name (check->dest.format));
}

/* what is copied or blended, of the destination's family */
static bool
check_source (const QxlDrawCheck *check, const char *what,
              const QxlSource *source, QxlSurfaceShape *shape)
{
  if (!find_shape (check, what, source, shape))
    return false;
  return qxl_draw_check_format (check, what, shape->format);
}

static bool
check_src (const QxlDrawCheck *check, const QxlSource *source,
           const QxlRect *area)
{
  QxlSurfaceShape shape;
  QxlRect all;

  if (!check_source (check, "source", source, &shape))
    return false;
  if (qxl_rect_is_empty (area))
    return refuse (check, "source area %d,%d to %d,%d is empty", area->left,
                   area->top, area->right, area->bottom);
  all = QXL_RECT (0, 0, (int32_t)shape.width, (int32_t)shape.height);
  return qxl_rect_contains (&all, area) ||
         refuse (check,
                 "source area %d,%d to %d,%d, allowed is what lies in %ux%u",
                 area->left, area->top, area->right, area->bottom, shape.width,
                 shape.height);
}

static bool
check_brush (const QxlDrawCheck *check, const QxlBrush *brush)
{
  QxlSurfaceShape shape;

  switch (brush->kind) {
  case QXL_BRUSH_NONE:
  case QXL_BRUSH_SOLID:
    return true;
  case QXL_BRUSH_PATTERN:
    return check_source (check, "pattern", &brush->pattern, &shape) &&
           check_point (check, "pattern", brush->pos);
  }
  return refuse (check, "brush of kind %d, allowed are 0 to %d", brush->kind,
                 QXL_BRUSH_PATTERN);
}

static bool
check_mask (const QxlDrawCheck *check, const QxlMask *mask)
{
  QxlSurfaceShape shape;

  if (mask->bitmap.kind == QXL_SOURCE_NONE)
    return true;
  if (!find_shape (check, "mask", &mask->bitmap, &shape))
    return false;
  if (shape.format != QXL_FORMAT_A1)
    return refuse (check, "mask in %s, allowed is A1",
                   qxl_format_name (shape.format));
  return check_point (check, "mask", mask->pos);
}

/* for kinds that are about colours */
static bool
check_dest_is_colour (const QxlDrawCheck *check)
{
  return family_of (check->dest.format) == FAMILY_COLOUR ||
         refuse (check, "surface in %s, allowed are 16 and 32 bits a pixel",
                 qxl_format_name (check->dest.format));
}

/* kinds of operations, in the order of their numbers */

static bool
check_fill (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_brush (check, &op->u.fill.brush) &&
         check_mask (check, &op->u.fill.mask);
}

static bool
check_copied (const QxlDrawCheck *check, const QxlCopy *copy)
{
  if ((guint)copy->scale_mode > QXL_SCALE_NEAREST)
    return refuse (check, "scale mode %d, allowed are 0 and 1",
                   copy->scale_mode);
  return check_src (check, &copy->src, &copy->src_area) &&
         check_mask (check, &copy->mask);
}

static bool
check_opaque (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_copied (check, &op->u.opaque.copy) &&
         check_brush (check, &op->u.opaque.brush);
}

static bool
check_copy (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_copied (check, &op->u.copy);
}

/* what comes from outside the surface is left out, so nothing but sums counts
 */
static bool
check_copy_bits (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_point (check, "source", op->u.copy_bits.src_pos);
}

static bool
check_masked (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_mask (check, &op->u.mask);
}

static bool
check_rop3 (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_dest_is_colour (check) &&
         check_copied (check, &op->u.rop3.copy) &&
         check_brush (check, &op->u.rop3.brush);
}

static bool
check_transparent (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_dest_is_colour (check) &&
         check_src (check, &op->u.transparent.src, &op->u.transparent.src_area);
}

static bool
check_alpha_blend (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_src (check, &op->u.alpha_blend.src, &op->u.alpha_blend.src_area);
}

/* strokes */

/* a length of 28.4 fixed point in whole pixels, exactly half is less */
static int32_t
round_fixed (int32_t value)
{
  return (value >> 4) + ((value & 15) > 8 ? 1 : 0);
}

static bool
check_style (const QxlDrawCheck *check, const QxlLineAttr *attr)
{
  bool is_visible = false;

  if (!(attr->flags & QXL_LINE_STYLED))
    return true;
  if (attr->n_style < 1 || attr->n_style > QXL_MAX_STYLE || attr->style == NULL)
    return refuse (check, "style of %u lengths, allowed are 1 to %u",
                   attr->n_style, QXL_MAX_STYLE);
  for (guint i = 0; i < attr->n_style; i++) {
    if (attr->style[i] < 0)
      return refuse (check, "style length %d/16, allowed is what is positive",
                     attr->style[i]);
    /* clients keep a length's low 8 bits */
    is_visible |= (round_fixed (attr->style[i]) & 0xff) != 0;
  }
  return is_visible ||
         refuse (check, "style of %u lengths that are all 0", attr->n_style);
}

/* where a path has come to */
typedef struct {
  bool is_begun; /* there is a point to go on from */
  QxlPoint last, first;
  uint64_t length; /* pixels */
} Figure;

static void
go_to (Figure *figure, QxlPoint to)
{
  int64_t dx = (int64_t)to.x - figure->last.x;
  int64_t dy = (int64_t)to.y - figure->last.y;

  if (figure->is_begun)
    figure->length += (uint64_t)MAX (ABS (dx), ABS (dy)) / 16 + 1;
  else
    figure->first = to;
  figure->is_begun = true;
  figure->last = to;
}

static bool
check_counts (const QxlDrawCheck *check, const QxlPathSegment *segment,
              const Figure *figure)
{
  bool begins = (segment->flags & QXL_PATH_BEGIN) != 0;
  guint n_controls = segment->n_points - (begins ? 1 : 0);

  if (begins && segment->n_points == 0)
    return refuse (check, "figure that begins without a point");
  if (!(segment->flags & QXL_PATH_BEZIER))
    return true;
  if (!begins && !figure->is_begun)
    return refuse (check, "curve without a point to begin at");
  return n_controls % 3 == 0 ||
         refuse (check, "curves of %u points, allowed are multiples of 3",
                 n_controls);
}

static bool
check_segment (const QxlDrawCheck *check, const QxlPathSegment *segment,
               Figure *figure)
{
  if (!check_counts (check, segment, figure))
    return false;
  if (segment->flags & QXL_PATH_BEGIN)
    figure->is_begun = false;
  for (guint i = 0; i < segment->n_points; i++) {
    QxlPoint at = segment->points[i];
    if (!is_near (round_fixed (at.x), round_fixed (at.y)))
      return refuse (check, "point at %d/16,%d/16, allowed is %d each way",
                     at.x, at.y, QXL_MAX_COORDINATE);
    go_to (figure, at);
  }
  if ((segment->flags & QXL_PATH_CLOSE) && figure->is_begun)
    go_to (figure, figure->first);
  if (segment->flags & QXL_PATH_END)
    figure->is_begun = false;
  return true;
}

static bool
check_path (const QxlDrawCheck *check, const QxlPath *path)
{
  Figure figure = {.is_begun = false};

  if (path->n_segments > QXL_MAX_PATH_SEGMENTS)
    return refuse (check, "path of %u segments, at most %u are allowed",
                   path->n_segments, QXL_MAX_PATH_SEGMENTS);
  for (guint i = 0; i < path->n_segments; i++) {
    if (!check_segment (check, &path->segments[i], &figure))
      return false;
    if (figure.length > QXL_MAX_PATH_LENGTH)
      return refuse (check,
                     "path of over %" G_GUINT64_FORMAT " pixels, at most "
                     "%" G_GUINT64_FORMAT " are allowed",
                     figure.length - 1, QXL_MAX_PATH_LENGTH);
  }
  return true;
}

static bool
check_stroke (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_path (check, &op->u.stroke.path) &&
         check_style (check, &op->u.stroke.attr) &&
         check_brush (check, &op->u.stroke.brush);
}

/* text */

static bool
check_glyph (const QxlDrawCheck *check, const QxlGlyph *glyph, QxlRect *around)
{
  int64_t left = (int64_t)glyph->render_pos.x + glyph->glyph_origin.x;
  int64_t top = (int64_t)glyph->render_pos.y + glyph->glyph_origin.y;
  int64_t right = left + glyph->width;
  int64_t bottom = top + glyph->height;
  QxlRect box;

  if (!is_near (left, top) || !is_near (right, bottom))
    return refuse (check,
                   "glyph of %ux%u at %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
                   ", allowed is %d each way",
                   glyph->width, glyph->height, left, top, QXL_MAX_COORDINATE);
  if (glyph->width > 0 && glyph->height > 0 && glyph->rows == NULL)
    return refuse (check, "glyph of %ux%u without pixels", glyph->width,
                   glyph->height);
  box = QXL_RECT ((int32_t)left, (int32_t)top, (int32_t)right, (int32_t)bottom);
  *around = qxl_rect_union (around, &box);
  return true;
}

static bool
check_string (const QxlDrawCheck *check, const QxlString *string)
{
  QxlRect around = QXL_RECT (0, 0, 0, 0);
  uint64_t n_pixels;

  if (string->format != QXL_GLYPH_A1 && string->format != QXL_GLYPH_A4 &&
      string->format != QXL_GLYPH_A8)
    return refuse (check, "glyphs of format %d, allowed are 1, 2 and 4",
                   string->format);
  if (string->n_glyphs < 1 || string->n_glyphs > QXL_MAX_GLYPHS)
    return refuse (check, "%u glyphs, allowed are 1 to %u", string->n_glyphs,
                   QXL_MAX_GLYPHS);
  for (guint i = 0; i < string->n_glyphs; i++)
    if (!check_glyph (check, &string->glyphs[i], &around))
      return false;
  n_pixels =
      (uint64_t)qxl_rect_width (&around) * (uint64_t)qxl_rect_height (&around);
  return n_pixels <= QXL_MAX_TEXT_PIXELS ||
         refuse (check,
                 "glyphs spread over %dx%d, allowed are %" G_GUINT64_FORMAT
                 " pixels",
                 qxl_rect_width (&around), qxl_rect_height (&around),
                 QXL_MAX_TEXT_PIXELS);
}

static bool
check_back (const QxlDrawCheck *check, const QxlText *text)
{
  const QxlRect *area = &text->back_area;

  if (!qxl_rect_is_sane (area))
    return refuse (check, "back area %d,%d to %d,%d is turned around",
                   area->left, area->top, area->right, area->bottom);
  if (qxl_rect_is_empty (area))
    return true;
  if (text->fore_mode != QXL_ROP_PUT)
    return refuse (check, "fore mode 0x%x with a back area, allowed is 0x%x",
                   text->fore_mode, QXL_ROP_PUT);
  return check_brush (check, &text->back_brush);
}

static bool
check_text (const QxlDrawCheck *check, const QxlOperation *op)
{
  return check_dest_is_colour (check) &&
         check_string (check, &op->u.text.string) &&
         check_brush (check, &op->u.text.fore_brush) &&
         check_back (check, &op->u.text);
}

/* composites */

static bool
is_operator (guint number)
{
  return number <= 0x0d || (number >= 0x10 && number <= 0x1b) ||
         (number >= 0x20 && number <= 0x2b) ||
         (number >= 0x30 && number <= 0x3e);
}

static bool
check_composite_source (const QxlDrawCheck *check, const char *what,
                        const QxlSource *source)
{
  QxlSurfaceShape shape;

  if (!find_shape (check, what, source, &shape))
    return false;
  return (family_of (shape.format) != FAMILY_NONE &&
          (shape.format != QXL_FORMAT_A1 ||
           source->kind == QXL_SOURCE_SURFACE)) ||
         refuse (check, "%s in %s, allowed are BGRx, BGRA, RGB15 and A8", what,
                 qxl_format_name (shape.format));
}

static bool
check_transform (const QxlDrawCheck *check, const char *what,
                 const QxlTransform *transform)
{
  const int32_t *t = transform->t;
  /* no sum of two products of 31 bits overflows */
  int64_t one = (int64_t)t[0] * t[4], other = (int64_t)t[1] * t[3];

  return one != other ||
         refuse (check, "transform of %s (%d %d %d, %d %d %d) has no inverse",
                 what, t[0], t[1], t[2], t[3], t[4], t[5]);
}

static bool
check_flags (const QxlDrawCheck *check, const QxlComposite *composite)
{
  guint src_filter = QXL_COMPOSITE_SRC_FILTER (composite->flags);
  guint mask_filter = QXL_COMPOSITE_MASK_FILTER (composite->flags);
  bool has_mask = (composite->flags & QXL_COMPOSITE_HAS_MASK) != 0;

  if (!is_operator (QXL_COMPOSITE_OPERATOR (composite->flags)))
    return refuse (check,
                   "operator 0x%x, allowed are 0 to 0xd, 0x10 to 0x1b, 0x20 to "
                   "0x2b and 0x30 to 0x3e",
                   QXL_COMPOSITE_OPERATOR (composite->flags));
  if (src_filter > 4 || mask_filter > 4)
    return refuse (check, "filters %u and %u, allowed are 0 to 4", src_filter,
                   mask_filter);
  return has_mask == (composite->mask.kind != QXL_SOURCE_NONE) ||
         refuse (check, "flags 0x%x do not agree with what mask there is",
                 composite->flags);
}

static bool
check_composite (const QxlDrawCheck *check, const QxlOperation *op)
{
  const QxlComposite *composite = &op->u.composite;

  if (!check_flags (check, composite) ||
      !check_composite_source (check, "source", &composite->src))
    return false;
  if ((composite->flags & QXL_COMPOSITE_HAS_MASK) &&
      !check_composite_source (check, "mask", &composite->mask))
    return false;
  if ((composite->flags & QXL_COMPOSITE_HAS_SRC_TRANSFORM) &&
      !check_transform (check, "source", &composite->src_transform))
    return false;
  return !(composite->flags & QXL_COMPOSITE_HAS_MASK_TRANSFORM) ||
         check_transform (check, "mask", &composite->mask_transform);
}

typedef bool (*KindCheck) (const QxlDrawCheck *check, const QxlOperation *op);

static const KindCheck kind_checks[QXL_N_OPS] = {
    [QXL_OP_FILL] = check_fill,
    [QXL_OP_OPAQUE] = check_opaque,
    [QXL_OP_COPY] = check_copy,
    [QXL_OP_COPY_BITS] = check_copy_bits,
    [QXL_OP_BLEND] = check_copy,
    [QXL_OP_BLACKNESS] = check_masked,
    [QXL_OP_WHITENESS] = check_masked,
    [QXL_OP_INVERS] = check_masked,
    [QXL_OP_ROP3] = check_rop3,
    [QXL_OP_STROKE] = check_stroke,
    [QXL_OP_TEXT] = check_text,
    [QXL_OP_TRANSPARENT] = check_transparent,
    [QXL_OP_ALPHA_BLEND] = check_alpha_blend,
    [QXL_OP_COMPOSITE] = check_composite,
};

bool
qxl_validate_operation (const QxlDrawCheck *check)
{
  const QxlOperation *op = check->draw->u.operation;

  if (op == NULL || (guint)op->kind >= QXL_N_OPS ||
      kind_checks[op->kind] == NULL)
    return refuse (check, "operation of kind %d, allowed are 1 to %d",
                   op != NULL ? (int)op->kind : -1, QXL_N_OPS - 1);
  return check_clip (check) && kind_checks[op->kind](check, op);
}
