/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-parts.h"

#include <string.h>

#define MAX_FIGURES 3
#define MAX_CURVES 2
#define MAX_POINTS 6
#define MAX_GLYPHS 7
#define MAX_GLYPH_SIDE 14

/* numbers */

int32_t
random_between (RandomParts *self, int32_t least, int32_t most)
{
  return g_rand_int_range (self->random, least, most + 1);
}

bool
random_one_in (RandomParts *self, int32_t n)
{
  return random_between (self, 1, n) == 1;
}

/* places */

QxlRect
random_surface_bounds (const RandomParts *self, uint32_t id)
{
  const QxlSurface *surface = self->surfaces[id];

  return QXL_RECT (0, 0, (int32_t)qxl_surface_width (surface),
                   (int32_t)qxl_surface_height (surface));
}

QxlRect
random_rect_in (RandomParts *self, const QxlRect *bounds, int32_t most)
{
  int32_t width = random_between (self, 1, MIN (most, qxl_rect_width (bounds)));
  int32_t height =
      random_between (self, 1, MIN (most, qxl_rect_height (bounds)));
  int32_t left = random_between (self, bounds->left, bounds->right - width);
  int32_t top = random_between (self, bounds->top, bounds->bottom - height);

  return QXL_RECT (left, top, left + width, top + height);
}

/* images */

/* some bytes are all of one value, so that pictures have areas */
static QxlImage *
noise_new (RandomParts *self, QxlFormat format, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);
  uint8_t value = 0;

  for (size_t i = 0; i < qxl_image_size (image); i++) {
    if (random_one_in (self, 5))
      value = (uint8_t)random_between (self, 0, 255);
    if (random_one_in (self, 20))
      value = random_one_in (self, 2) ? 0 : 0xff;
    pixels[i] = value;
  }
  return image;
}

static QxlImage *
colour_image (RandomParts *self, uint32_t width, uint32_t height)
{
  return random_one_in (self, 4)
             ? noise_new (self, QXL_FORMAT_RGB15, width, height)
             : random_images_next (self->images, width, height);
}

static QxlImage *
image_for (RandomParts *self, QxlFormat format, uint32_t width, uint32_t height)
{
  return format == QXL_FORMAT_A8 || format == QXL_FORMAT_A1
             ? noise_new (self, format, width, height)
             : colour_image (self, width, height);
}

/* sources */

static bool
can_become (QxlFormat from, QxlFormat to)
{
  return from == to ||
         (qxl_format_is_colour (from) && qxl_format_is_colour (to));
}

/* a surface at random that can be converted and is large enough, or G_MAXUINT
 */
static uint32_t
choose_surface (RandomParts *self, QxlFormat dest, uint32_t width,
                uint32_t height)
{
  uint32_t id = (uint32_t)random_between (self, 0, RANDOM_SURFACES - 1);
  const QxlSurface *surface = self->surfaces[id];

  return surface != NULL && can_become (qxl_surface_format (surface), dest) &&
                 qxl_surface_width (surface) >= width &&
                 qxl_surface_height (surface) >= height
             ? id
             : G_MAXUINT;
}

QxlSource
random_source_for (RandomParts *self, uint32_t dest, uint32_t *width,
                   uint32_t *height)
{
  QxlFormat format = qxl_surface_format (self->surfaces[dest]);
  uint32_t id = random_one_in (self, 2)
                    ? choose_surface (self, format, *width, *height)
                    : G_MAXUINT;
  QxlImage *image;

  if (id != G_MAXUINT) {
    *width = qxl_surface_width (self->surfaces[id]);
    *height = qxl_surface_height (self->surfaces[id]);
    return qxl_source_surface (id);
  }
  image = image_for (self, format, *width, *height);
  *width = image->width;
  *height = image->height;
  return qxl_source_image (image);
}

QxlSource
random_composite_source (RandomParts *self)
{
  uint32_t id = (uint32_t)random_between (self, 0, RANDOM_SURFACES - 1);
  uint32_t width = (uint32_t)random_between (self, 1, 60);
  uint32_t height = (uint32_t)random_between (self, 1, 60);

  if (self->surfaces[id] != NULL && random_one_in (self, 2))
    return qxl_source_surface (id);
  return qxl_source_image (random_one_in (self, 3)
                               ? noise_new (self, QXL_FORMAT_A8, width, height)
                               : colour_image (self, width, height));
}

/* parts */

QxlBrush
random_brush (RandomParts *self, uint32_t dest)
{
  QxlBrush brush = {.kind = QXL_BRUSH_SOLID};
  uint32_t width, height;

  if (random_one_in (self, 12)) {
    brush.kind = QXL_BRUSH_NONE;
  } else if (random_one_in (self, 2)) {
    brush.color = g_rand_int (self->random);
  } else {
    width = (uint32_t)random_between (self, 1, 20);
    height = (uint32_t)random_between (self, 1, 20);
    brush.kind = QXL_BRUSH_PATTERN;
    brush.pattern = random_source_for (self, dest, &width, &height);
    brush.pos = (QxlPoint){random_between (self, -50, 50),
                           random_between (self, -50, 50)};
  }
  return brush;
}

QxlMask
random_mask (RandomParts *self, const QxlRect *box)
{
  uint32_t width = (uint32_t)qxl_rect_width (box);
  uint32_t height = (uint32_t)qxl_rect_height (box);
  QxlMask mask = {.is_inverted = random_one_in (self, 2)};
  uint32_t id;

  if (!random_one_in (self, 3))
    return mask;
  mask.pos =
      (QxlPoint){random_between (self, -5, 5), random_between (self, -5, 5)};
  id = choose_surface (self, QXL_FORMAT_A1, 1, 1);
  mask.bitmap = id != G_MAXUINT
                    ? qxl_source_surface (id)
                    : qxl_source_image (noise_new (
                          self, QXL_FORMAT_A1,
                          width + (uint32_t)random_between (self, 0, 9),
                          height + (uint32_t)random_between (self, 0, 9)));
  return mask;
}

void
random_clip (RandomParts *self, QxlOperation *op, const QxlRect *box)
{
  const QxlRect around = QXL_RECT (box->left - 10, box->top - 10,
                                   box->right + 10, box->bottom + 10);
  QxlRect rects[6];
  guint n = (guint)random_between (self, 0, G_N_ELEMENTS (rects));

  if (!random_one_in (self, 3))
    return;
  for (guint i = 0; i < n; i++)
    rects[i] = random_rect_in (self, &around, 60);
  qxl_operation_clip (op, rects, n);
}

uint16_t
random_rop (RandomParts *self)
{
  static const uint16_t ways[] = {
      QXL_ROP_PUT, QXL_ROP_PUT,       QXL_ROP_OR,     QXL_ROP_AND,
      QXL_ROP_XOR, QXL_ROP_BLACKNESS, QXL_ROP_INVERS, QXL_ROP_WHITENESS,
  };
  static const uint16_t turns[] = {QXL_ROP_INVERS_SRC, QXL_ROP_INVERS_BRUSH,
                                   QXL_ROP_INVERS_DEST, QXL_ROP_INVERS_RES};
  uint16_t rop =
      ways[random_between (self, 0, (int32_t)G_N_ELEMENTS (ways) - 1)];

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    if (random_one_in (self, 4))
      rop |= turns[i];
  return random_one_in (self, 3) ? QXL_ROP_PUT : rop;
}

/* paths */

static QxlPoint
random_point (RandomParts *self, const QxlRect *box)
{
  /* whole pixels, and between them */
  int32_t mask = random_one_in (self, 2) ? ~15 : ~0;

  return (QxlPoint){
      random_between (self, (box->left - 8) * 16, (box->right + 8) * 16) & mask,
      random_between (self, (box->top - 8) * 16, (box->bottom + 8) * 16) &
          mask};
}

/* on one line with the one before for half of the time */
static void
straighten (RandomParts *self, QxlPathSegment *segment)
{
  for (guint i = 1; i < segment->n_points; i++) {
    if (random_one_in (self, 4))
      segment->points[i].x = segment->points[i - 1].x;
    else if (random_one_in (self, 3))
      segment->points[i].y = segment->points[i - 1].y;
  }
}

/* a figure of one segment of lines, or of a point and curves after it */
static guint
add_figure (RandomParts *self, QxlPath *path, guint *n_points,
            const QxlRect *box)
{
  QxlPathSegment *first = &path->segments[path->n_segments++];
  QxlPathSegment *last = first;

  *first = (QxlPathSegment){.flags = QXL_PATH_BEGIN};
  first->points = path->points + *n_points;
  first->n_points = (guint)random_between (self, 1, MAX_POINTS);
  if (random_one_in (self, 3)) {
    last = &path->segments[path->n_segments++];
    *last = (QxlPathSegment){.flags = QXL_PATH_BEZIER};
    last->points = first->points + first->n_points;
    last->n_points = 3 * (guint)random_between (self, 1, MAX_CURVES);
    *n_points += last->n_points;
  }
  *n_points += first->n_points;
  last->flags |= QXL_PATH_END;
  if (random_one_in (self, 2))
    last->flags |= QXL_PATH_CLOSE;
  for (QxlPathSegment *segment = first; segment <= last; segment++)
    for (guint i = 0; i < segment->n_points; i++)
      segment->points[i] = random_point (self, box);
  straighten (self, first);
  return path->n_segments;
}

void
random_path (RandomParts *self, QxlPath *path, const QxlRect *box)
{
  int32_t n_figures = random_between (self, 1, MAX_FIGURES);
  guint n_points = 0;

  path->segments = g_new0 (QxlPathSegment, 2 * MAX_FIGURES);
  path->points = g_new0 (QxlPoint, MAX_FIGURES * (MAX_POINTS + 3 * MAX_CURVES));
  for (int32_t i = 0; i < n_figures; i++)
    add_figure (self, path, &n_points, box);
}

void
random_line (RandomParts *self, QxlLineAttr *attr)
{
  if (!random_one_in (self, 3))
    return;
  attr->flags = QXL_LINE_STYLED;
  if (random_one_in (self, 2))
    attr->flags |= QXL_LINE_START_WITH_GAP;
  attr->n_style = (guint)random_between (self, 1, 6);
  attr->style = g_new0 (int32_t, attr->n_style);
  for (guint i = 0; i < attr->n_style; i++)
    attr->style[i] = random_between (self, i == 0 ? 16 : 0, 160);
}

/* strings */

static const struct {
  QxlGlyphFormat format;
  guint bits;
} glyph_formats[] = {{QXL_GLYPH_A1, 1}, {QXL_GLYPH_A4, 4}, {QXL_GLYPH_A8, 8}};

void
random_string (RandomParts *self, QxlString *string, const QxlRect *box)
{
  gint way = random_between (self, 0, G_N_ELEMENTS (glyph_formats) - 1);
  gsize glyph_bytes = MAX_GLYPH_SIDE * MAX_GLYPH_SIDE;
  QxlPoint pen = {random_between (self, box->left - 5, box->right),
                  random_between (self, box->top, box->bottom + 5)};

  string->format = glyph_formats[way].format;
  string->n_glyphs = (guint)random_between (self, 1, MAX_GLYPHS);
  string->glyphs = g_new0 (QxlGlyph, string->n_glyphs);
  string->rows = g_malloc (glyph_bytes * string->n_glyphs);
  for (gsize i = 0; i < glyph_bytes * string->n_glyphs; i++)
    string->rows[i] = random_one_in (self, 3)
                          ? (uint8_t)random_between (self, 0, 255)
                          : (random_one_in (self, 2) ? 0xff : 0);
  for (guint i = 0; i < string->n_glyphs; i++) {
    QxlGlyph *glyph = &string->glyphs[i];

    glyph->width = (uint16_t)random_between (self, 1, MAX_GLYPH_SIDE);
    glyph->height = (uint16_t)random_between (self, 1, MAX_GLYPH_SIDE);
    glyph->render_pos = pen;
    glyph->glyph_origin =
        (QxlPoint){random_between (self, -2, 2), random_between (self, -12, 0)};
    glyph->rows = string->rows + glyph_bytes * i;
    pen.x += random_between (self, 0, glyph->width + 2);
  }
}
