/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecommands-private.h"
#include "qxl/validate.h"

#include <string.h>

static QxlRect
area_of (gint x, gint y, gint64 width, gint64 height)
{
  return QXL_RECT (x, y, x + (gint)width, y + (gint)height);
}

/* what of a source lands in @box, if its (0, 0) lands on (x, y) */
static QxlRect
source_area (const QxlRect *box, gint x, gint y)
{
  return QXL_RECT (box->left - x, box->top - y, box->right - x,
                   box->bottom - y);
}

/* colours */

static gboolean
is_rop (GstSpiceRop rop)
{
  switch (rop) {
  case GST_SPICE_ROP_PUT:
  case GST_SPICE_ROP_OR:
  case GST_SPICE_ROP_AND:
  case GST_SPICE_ROP_XOR:
  case GST_SPICE_ROP_BLACKNESS:
  case GST_SPICE_ROP_WHITENESS:
  case GST_SPICE_ROP_INVERS:
    return TRUE;
  default:
    return FALSE;
  }
}

static void
add_fill (GstSpiceCommands *self, const QxlRect *box, QxlBrush brush,
          GstSpiceRop rop)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_FILL);

  op->u.fill.brush = brush;
  op->u.fill.rop = (uint16_t)rop;
  gst_spice_commands_add (self, box, op);
}

/**
 * gst_spice_commands_fill:
 * @self: commands
 * @x: left side
 * @y: upper side
 * @width: pixels
 * @height: pixels
 * @color: a pixel of the target
 * @rop: how it meets what is there
 *
 * Fills a rectangle with a colour.
 */
void
gst_spice_commands_fill (GstSpiceCommands *self, gint x, gint y, gint width,
                         gint height, guint32 color, GstSpiceRop rop)
{
  QxlRect area, box;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (is_rop (rop));
  area = area_of (x, y, width, height);
  if (gst_spice_commands_find_box (self, &area, &box))
    add_fill (self, &box, gst_spice_commands_solid (color), rop);
}

/**
 * gst_spice_commands_fill_pattern:
 * @self: commands
 * @x: left side
 * @y: upper side
 * @width: pixels
 * @height: pixels
 * @pixels: the pattern: pixels of bytes B, G, R, x, rows without padding
 * @pattern_width: 1 to 32767 pixels
 * @pattern_height: 1 to 32767 pixels
 * @origin_x: where a pattern's left side lies on the target
 * @origin_y: where a pattern's upper side lies on the target
 * @rop: how it meets what is there
 *
 * Fills a rectangle with a picture that repeats. @pixels is kept until the
 * buffer is made.
 */
void
gst_spice_commands_fill_pattern (GstSpiceCommands *self, gint x, gint y,
                                 gint width, gint height, GBytes *pixels,
                                 guint pattern_width, guint pattern_height,
                                 gint origin_x, gint origin_y, GstSpiceRop rop)
{
  QxlBrush brush = {.kind = QXL_BRUSH_PATTERN, .pos = {origin_x, origin_y}};
  QxlRect area, box;
  g_autoptr (QxlImage) pattern = NULL;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (
      gst_spice_commands_can_draw (self, origin_x, origin_y, 0, 0));
  g_return_if_fail (is_rop (rop) && pixels != NULL);
  pattern = gst_spice_commands_wrap (pixels, QXL_FORMAT_BGRX, pattern_width,
                                     pattern_height, pattern_width * 4);
  g_return_if_fail (pattern != NULL);
  area = area_of (x, y, width, height);
  if (!gst_spice_commands_find_box (self, &area, &box))
    return;
  brush.pattern = qxl_source_image (g_steal_pointer (&pattern));
  add_fill (self, &box, brush, rop);
}

/* lines */

static gboolean
are_coordinates (const gint *values, guint n_values)
{
  for (guint i = 0; i < n_values; i++)
    if (ABS ((gint64)values[i]) > GST_SPICE_MAX_COORDINATE)
      return FALSE;
  return TRUE;
}

static gboolean
are_dashes (const gint *dashes, guint n_dashes)
{
  for (guint i = 0; i < n_dashes; i++)
    if (dashes[i] < 1 || dashes[i] > GST_SPICE_MAX_COORDINATE)
      return FALSE;
  return n_dashes <= QXL_MAX_STYLE;
}

/* of all points */
static QxlRect
area_around (const gint *points, guint n_values)
{
  QxlRect area = QXL_RECT (G_MAXINT, G_MAXINT, G_MININT, G_MININT);

  for (guint i = 0; i < n_values; i += 2) {
    area.left = MIN (area.left, points[i]);
    area.top = MIN (area.top, points[i + 1]);
    area.right = MAX (area.right, points[i] + 1);
    area.bottom = MAX (area.bottom, points[i + 1] + 1);
  }
  return area;
}

static QxlPath
make_path (const gint *points, guint n_values, gboolean is_closed)
{
  QxlPath path = {.n_segments = 1};
  guint n_points = n_values / 2;

  path.points = g_new (QxlPoint, n_points);
  for (guint i = 0; i < n_points; i++)
    path.points[i] = (QxlPoint){points[i * 2] * 16, points[i * 2 + 1] * 16};
  path.segments = g_new0 (QxlPathSegment, 1);
  path.segments[0] = (QxlPathSegment){
      .flags = (guint8)(QXL_PATH_BEGIN | QXL_PATH_END |
                        (is_closed ? QXL_PATH_CLOSE : 0)),
      .n_points = n_points,
      .points = path.points,
  };
  return path;
}

static QxlLineAttr
make_attr (const gint *dashes, guint n_dashes)
{
  QxlLineAttr attr = {.n_style = n_dashes};

  if (n_dashes == 0)
    return attr;
  attr.flags = QXL_LINE_STYLED;
  attr.style = g_new (int32_t, n_dashes);
  for (guint i = 0; i < n_dashes; i++)
    attr.style[i] = dashes[i] * 16;
  return attr;
}

/**
 * gst_spice_commands_stroke:
 * @self: commands
 * @points: (array length=n_values): x, y of each point
 * @n_values: 2 for each of at least 2 points
 * @is_closed: whether a line goes back to the first point
 * @color: a pixel of the target
 * @dashes: (array length=n_dashes) (nullable): pixels that are drawn, pixels
 *   that are left out, and so on, each at least 1
 * @n_dashes: at most 255; 0: the line is whole
 *
 * Draws lines from point to point, one pixel thick. The last pixel of lines
 * that are not closed is not drawn.
 */
void
gst_spice_commands_stroke (GstSpiceCommands *self, const gint *points,
                           guint n_values, gboolean is_closed, guint32 color,
                           const gint *dashes, guint n_dashes)
{
  QxlRect area, box;
  QxlOperation *op;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, 0, 0, 0, 0));
  g_return_if_fail (n_values >= 4 && n_values % 2 == 0);
  g_return_if_fail (are_coordinates (points, n_values));
  g_return_if_fail (are_dashes (dashes, n_dashes));
  area = area_around (points, n_values);
  if (!gst_spice_commands_find_box (self, &area, &box))
    return;
  op = qxl_operation_new (QXL_OP_STROKE);
  op->u.stroke.path = make_path (points, n_values, is_closed);
  op->u.stroke.attr = make_attr (dashes, n_dashes);
  op->u.stroke.brush = gst_spice_commands_solid (color);
  op->u.stroke.fore_mode = QXL_ROP_PUT;
  op->u.stroke.back_mode = QXL_ROP_PUT;
  gst_spice_commands_add (self, &box, op);
}

/* pixels */

/* Unless nothing is left, copies what of the source lies under the box. Takes
 * the source. */
static void
add_copy (GstSpiceCommands *self, const QxlRect *area, QxlSource source,
          gint src_x, gint src_y)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COPY);
  QxlRect box;

  op->u.copy.src = source;
  op->u.copy.rop = QXL_ROP_PUT;
  op->u.copy.scale_mode = QXL_SCALE_NEAREST;
  if (!gst_spice_commands_find_box (self, area, &box)) {
    qxl_operation_free (op);
    return;
  }
  op->u.copy.src_area =
      source_area (&box, area->left - src_x, area->top - src_y);
  gst_spice_commands_add (self, &box, op);
}

/**
 * gst_spice_commands_copy_bits:
 * @self: commands
 * @x: left side
 * @y: upper side
 * @width: pixels
 * @height: pixels
 * @src_x: left side of what is copied
 * @src_y: upper side of what is copied
 *
 * Copies a rectangle of the target to another place on it; the two may overlap.
 * So is scrolled.
 */
void
gst_spice_commands_copy_bits (GstSpiceCommands *self, gint x, gint y,
                              gint width, gint height, gint src_x, gint src_y)
{
  QxlRect area, box, source;
  QxlOperation *op;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (
      gst_spice_commands_can_draw (self, src_x, src_y, width, height));
  source = area_of (src_x, src_y, width, height);
  if (!gst_spice_commands_find_box (self, &source, &source))
    return;
  area = QXL_RECT (source.left - src_x + x, source.top - src_y + y,
                   source.right - src_x + x, source.bottom - src_y + y);
  if (!gst_spice_commands_find_box (self, &area, &box))
    return;
  op = qxl_operation_new (QXL_OP_COPY_BITS);
  op->u.copy_bits.src_pos =
      (QxlPoint){box.left - x + src_x, box.top - y + src_y};
  gst_spice_commands_add (self, &box, op);
}

/**
 * gst_spice_commands_copy_pixels:
 * @self: commands
 * @x: where the left side comes to lie
 * @y: where the upper side comes to lie
 * @width: 1 to 32767 pixels
 * @height: 1 to 32767 pixels
 * @pixels: bytes B, G, R, x, rows from the top
 * @stride: bytes from row to row, at least 4 × @width
 *
 * Copies pixels to the target. @pixels is kept until the buffer is made.
 */
void
gst_spice_commands_copy_pixels (GstSpiceCommands *self, gint x, gint y,
                                guint width, guint height, GBytes *pixels,
                                guint stride)
{
  QxlImage *image;
  QxlRect area;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (pixels != NULL);
  image =
      gst_spice_commands_wrap (pixels, QXL_FORMAT_BGRX, width, height, stride);
  g_return_if_fail (image != NULL);
  area = area_of (x, y, width, height);
  add_copy (self, &area, qxl_source_image (image), 0, 0);
}

/* what of @area gets pixels of the source */
static gboolean
cut_to_source (GstSpiceCommands *self, guint source_id, gint src_x, gint src_y,
               QxlRect *area)
{
  const GstSpiceTarget *source = gst_spice_commands_surface (self, source_id);
  const QxlRect all = area_of (area->left - src_x, area->top - src_y,
                               source->width, source->height);

  *area = qxl_rect_intersect (area, &all);
  return !qxl_rect_is_empty (area);
}

/**
 * gst_spice_commands_copy_surface:
 * @self: commands
 * @x: left side
 * @y: upper side
 * @width: pixels
 * @height: pixels
 * @source_id: a surface that was created
 * @src_x: left side of what is copied
 * @src_y: upper side of what is copied
 *
 * Copies a rectangle of a surface, as it is then, to the target. Viewers keep
 * surfaces, so that what is drawn often is best drawn once on one of its own
 * and then copied from there.
 */
void
gst_spice_commands_copy_surface (GstSpiceCommands *self, gint x, gint y,
                                 gint width, gint height, guint source_id,
                                 gint src_x, gint src_y)
{
  QxlRect area;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (
      gst_spice_commands_can_draw (self, src_x, src_y, width, height));
  g_return_if_fail (gst_spice_commands_surface (self, source_id) != NULL);
  area = area_of (x, y, width, height);
  if (cut_to_source (self, source_id, src_x, src_y, &area))
    add_copy (self, &area, qxl_source_surface (source_id),
              src_x + area.left - x, src_y + area.top - y);
}

/* as add_copy */
static void
add_blend (GstSpiceCommands *self, const QxlRect *area, QxlSource source,
           gint src_x, gint src_y, guint alpha, guint flags)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_ALPHA_BLEND);
  QxlRect box;

  op->u.alpha_blend.src = source;
  op->u.alpha_blend.alpha = (guint8)alpha;
  op->u.alpha_blend.alpha_flags = (guint16)flags;
  if (!gst_spice_commands_find_box (self, area, &box)) {
    qxl_operation_free (op);
    return;
  }
  op->u.alpha_blend.src_area =
      source_area (&box, area->left - src_x, area->top - src_y);
  gst_spice_commands_add (self, &box, op);
}

/**
 * gst_spice_commands_blend_pixels:
 * @self: commands
 * @x: where the left side comes to lie
 * @y: where the upper side comes to lie
 * @width: 1 to 32767 pixels
 * @height: 1 to 32767 pixels
 * @pixels: bytes B, G, R, A, colours premultiplied, rows from the top
 * @stride: bytes from row to row, at least 4 × @width
 * @alpha: 0 to 255: how much of it all is seen
 *
 * Lays translucent pixels over the target, which has no alpha itself. @pixels
 * is kept until the buffer is made.
 */
void
gst_spice_commands_blend_pixels (GstSpiceCommands *self, gint x, gint y,
                                 guint width, guint height, GBytes *pixels,
                                 guint stride, guint alpha)
{
  QxlImage *image;
  QxlRect area;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (pixels != NULL && alpha <= 255);
  image =
      gst_spice_commands_wrap (pixels, QXL_FORMAT_BGRA, width, height, stride);
  g_return_if_fail (image != NULL);
  area = area_of (x, y, width, height);
  add_blend (self, &area, qxl_source_image (image), 0, 0, alpha, 0);
}

/**
 * gst_spice_commands_blend_surface:
 * @self: commands
 * @x: left side
 * @y: upper side
 * @width: pixels
 * @height: pixels
 * @source_id: a surface that was created
 * @src_x: left side of what is blended
 * @src_y: upper side of what is blended
 * @alpha: 0 to 255: how much of it all is seen
 *
 * Lays a rectangle of a surface over the target; the surface's own alpha
 * counts, if its format has one.
 */
void
gst_spice_commands_blend_surface (GstSpiceCommands *self, gint x, gint y,
                                  gint width, gint height, guint source_id,
                                  gint src_x, gint src_y, guint alpha)
{
  const GstSpiceTarget *source;
  QxlRect area;
  guint flags;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail (
      gst_spice_commands_can_draw (self, src_x, src_y, width, height));
  source = gst_spice_commands_surface (self, source_id);
  g_return_if_fail (source != NULL && alpha <= 255);
  flags =
      source->format == QXL_FORMAT_BGRA ? QXL_ALPHA_SRC_SURFACE_HAS_ALPHA : 0;
  area = area_of (x, y, width, height);
  if (cut_to_source (self, source_id, src_x, src_y, &area))
    add_blend (self, &area, qxl_source_surface (source_id),
               src_x + area.left - x, src_y + area.top - y, alpha, flags);
}

/* A mask as viewers know one: images of alpha alone are opaque to them, so it
 * becomes one of four channels. */
static QxlImage *
make_mask (GBytes *bytes, guint width, guint height, guint stride)
{
  g_autoptr (QxlImage) cover =
      gst_spice_commands_wrap (bytes, QXL_FORMAT_A8, width, height, stride);
  QxlImage *mask = NULL;
  uint8_t *to;

  if (cover != NULL)
    mask = qxl_image_new (QXL_FORMAT_BGRA, width, height, &to);
  if (mask == NULL)
    return NULL;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, to += 4)
      memset (to, qxl_image_row (cover, y)[x], 4);
  return mask;
}

/* takes both images */
static QxlOperation *
make_composite (GstSpiceOperator operation, QxlImage *image, QxlImage *mask,
                QxlPoint origin)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COMPOSITE);
  QxlComposite *composite = &op->u.composite;

  composite->flags = (guint32)operation;
  composite->src = qxl_source_image (image);
  composite->src_origin.x = composite->mask_origin.x = (gint16)origin.x;
  composite->src_origin.y = composite->mask_origin.y = (gint16)origin.y;
  if (mask != NULL) {
    composite->flags |= QXL_COMPOSITE_HAS_MASK;
    composite->mask = qxl_source_image (mask);
  }
  return op;
}

/**
 * gst_spice_commands_composite:
 * @self: commands
 * @operation: how the pixels meet those that are there
 * @x: where the left side comes to lie
 * @y: where the upper side comes to lie
 * @width: 1 to 32767 pixels
 * @height: 1 to 32767 pixels
 * @pixels: bytes B, G, R, A, colours premultiplied, rows from the top
 * @stride: bytes from row to row, at least 4 × @width
 * @mask: (nullable): how much of each pixel counts: a byte each, rows from the
 *   top
 * @mask_stride: bytes from row to row of @mask, at least @width
 *
 * Combines pixels with the target's, through a mask. Both are kept until the
 * buffer is made. Viewers that cannot are sent a picture instead.
 */
void
gst_spice_commands_composite (GstSpiceCommands *self,
                              GstSpiceOperator operation, gint x, gint y,
                              guint width, guint height, GBytes *pixels,
                              guint stride, GBytes *mask, guint mask_stride)
{
  g_autoptr (QxlImage) image = NULL;
  g_autoptr (QxlImage) cover = NULL;
  QxlRect area, box;

  g_return_if_fail (GST_IS_SPICE_COMMANDS (self));
  g_return_if_fail (gst_spice_commands_can_draw (self, x, y, width, height));
  g_return_if_fail ((guint)operation <= GST_SPICE_OPERATOR_SATURATE);
  g_return_if_fail (pixels != NULL);
  image =
      gst_spice_commands_wrap (pixels, QXL_FORMAT_BGRA, width, height, stride);
  if (mask != NULL)
    cover = make_mask (mask, width, height, mask_stride);
  g_return_if_fail (image != NULL && (mask == NULL) == (cover == NULL));
  area = area_of (x, y, width, height);
  if (!gst_spice_commands_find_box (self, &area, &box))
    return;
  gst_spice_commands_add (
      self, &box,
      make_composite (operation, g_steal_pointer (&image),
                      g_steal_pointer (&cover),
                      (QxlPoint){box.left - x, box.top - y}));
}
