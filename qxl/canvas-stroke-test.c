/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-fixture.h"
#include "qxl/stroke-fixture.h"

#include <string.h>

#define SIDE STROKE_SIDE

static const QxlRect whole = QXL_RECT (0, 0, SIDE, SIDE);

static const uint16_t rops[] = {
    QXL_ROP_PUT,
    QXL_ROP_OR,
    QXL_ROP_AND,
    QXL_ROP_XOR,
    QXL_ROP_BLACKNESS,
    QXL_ROP_WHITENESS,
    QXL_ROP_INVERS,
    QXL_ROP_PUT | QXL_ROP_INVERS_BRUSH,
    QXL_ROP_OR | QXL_ROP_INVERS_DEST,
    QXL_ROP_AND | QXL_ROP_INVERS_DEST,
    QXL_ROP_AND | QXL_ROP_INVERS_BRUSH | QXL_ROP_INVERS_RES,
    QXL_ROP_XOR | QXL_ROP_INVERS_RES,
};

/* as the table of display.md 3.3 says */
static uint32_t
combine (uint16_t rop, uint32_t s, uint32_t d)
{
  uint32_t turn = rop & QXL_ROP_INVERS_RES ? ~0u : 0;

  s = rop & QXL_ROP_INVERS_BRUSH ? ~s : s;
  if (rop & QXL_ROP_PUT)
    return s ^ turn;
  if (rop & QXL_ROP_INVERS)
    return ~d;
  d = rop & QXL_ROP_INVERS_DEST ? ~d : d;
  if (rop & QXL_ROP_OR)
    return (s | d) ^ turn;
  if (rop & QXL_ROP_AND)
    return (s & d) ^ turn;
  if (rop & QXL_ROP_XOR)
    return (s ^ d) ^ turn;
  return rop & QXL_ROP_BLACKNESS ? 0 : ~0u;
}

static uint32_t
brush_pixel (const QxlBrush *brush, int32_t x, int32_t y)
{
  const QxlImage *image = brush->pattern.image;
  int32_t w, h;

  if (brush->kind == QXL_BRUSH_SOLID)
    return brush->color;
  w = (int32_t)image->width;
  h = (int32_t)image->height;
  return canvas_fixture_image_pixel (image, ((x - brush->pos.x) % w + w) % w,
                                     ((y - brush->pos.y) % h + h) % h);
}

/* how lines are to be drawn, one pixel after the other */
typedef struct {
  uint32_t *pixels;
  const QxlBrush *brush;
  uint16_t rop;
  QxlRect clip;
} Model;

static void
model_pixel (const Model *model, int32_t x, int32_t y)
{
  uint32_t *d = &model->pixels[y * SIDE + x];
  QxlRect pixel = QXL_RECT (x, y, x + 1, y + 1);

  if (qxl_rect_contains (&model->clip, &pixel))
    *d = combine (model->rop, brush_pixel (model->brush, x, y), *d);
}

static void
model_line (const Model *model, QxlPoint from, QxlPoint to)
{
  int32_t x = from.x, y = from.y;
  int32_t a = ABS (to.x - x), b = ABS (to.y - y);
  int sx = to.x < x ? -1 : 1, sy = to.y < y ? -1 : 1;
  int32_t major = MAX (a, b), minor = MIN (a, b);
  int32_t e = 2 * minor - major - ((a > b ? sx : sy) < 0);

  for (int32_t i = 0; i < major; i++) {
    bool aside = e >= 0;

    model_pixel (model, x, y);
    e += aside ? 2 * minor - 2 * major : 2 * minor;
    x += a > b || aside ? sx : 0;
    y += a <= b || aside ? sy : 0;
  }
}

/* moves @path's parts into the operation's */
static QxlOperation *
stroke_new (QxlPath *path, const QxlBrush *brush, uint16_t rop)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_STROKE);
  QxlStroke *stroke = &op->u.stroke;
  guint n = 0;

  for (guint i = 0; i < path->n_segments; i++)
    n += path->segments[i].n_points;
  stroke->path.n_segments = path->n_segments;
  stroke->path.segments = g_new (QxlPathSegment, path->n_segments);
  stroke->path.points = g_new (QxlPoint, n);
  n = 0;
  for (guint i = 0; i < path->n_segments; i++) {
    QxlPathSegment *to = &stroke->path.segments[i];

    *to = path->segments[i];
    to->points = stroke->path.points + n;
    memcpy (to->points, path->segments[i].points,
            to->n_points * sizeof (QxlPoint));
    n += to->n_points;
  }
  stroke->brush = *brush;
  if (brush->kind == QXL_BRUSH_PATTERN && brush->pattern.image)
    qxl_image_ref (brush->pattern.image);
  stroke->fore_mode = rop;
  return op;
}

static void
assert_pixels (QxlSurface *surface, const uint32_t *expected, unsigned what)
{
  g_autofree uint32_t *got = canvas_fixture_pixels (surface);

  for (int i = 0; i < SIDE * SIDE; i++)
    if (got[i] != expected[i])
      g_error ("%#x: at %d,%d: expected %08x, got %08x", what, i % SIDE,
               i / SIDE, expected[i], got[i]);
}

static void
check_lines (const QxlBrush *brush, uint16_t rop)
{
  g_autoptr (QxlSurface) surface =
      canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autofree uint32_t *expected = canvas_fixture_pixels (surface);
  g_autoptr (QxlPath) path = NULL;
  Model model = {expected, brush, rop, QXL_RECT (3, 5, 50, 60)};
  QxlOperation *op;
  QxlPoint points[6];

  for (int i = 0; i < 6; i++)
    points[i] = (QxlPoint){g_test_rand_int_range (-9, SIDE + 9),
                           g_test_rand_int_range (-9, SIDE + 9)};
  path = stroke_path_lines (points, 6, true);
  op = stroke_new (path, brush, rop);
  qxl_operation_clip (op, &model.clip, 1);
  for (int i = 0; i < 6; i++)
    model_line (&model, points[i], points[(i + 1) % 6]);
  canvas_fixture_draw (surface, &whole, op, NULL, NULL);
  assert_pixels (surface, expected, rop);
}

static void
draws_solid_brushes_with_every_operation (void)
{
  for (int round = 0; round < 400; round++) {
    QxlBrush brush = {.kind = QXL_BRUSH_SOLID,
                      .color = (uint32_t)g_test_rand_int ()};

    check_lines (&brush, rops[round % G_N_ELEMENTS (rops)]);
  }
}

static void
draws_patterns_with_every_operation (void)
{
  for (int round = 0; round < 400; round++) {
    g_autoptr (QxlImage) image = canvas_fixture_image (QXL_FORMAT_BGRA, 7, 5);
    QxlBrush brush = {
        .kind = QXL_BRUSH_PATTERN,
        .pattern = {.kind = QXL_SOURCE_IMAGE, .image = image},
        .pos = {g_test_rand_int_range (-20, 20),
                g_test_rand_int_range (-20, 20)},
    };

    check_lines (&brush, rops[round % G_N_ELEMENTS (rops)]);
  }
}

/* a cross is turned over twice where its lines meet */
static void
draws_each_line_of_a_figure (void)
{
  static const QxlPoint cross[] = {{10, 20}, {30, 20}, {20, 10}, {20, 30}};
  const QxlBrush brush = {.kind = QXL_BRUSH_SOLID};
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autoptr (QxlPath) path = stroke_path_lines (cross, 4, false);

  canvas_fixture_draw (surface, &whole,
                       stroke_new (path, &brush, QXL_ROP_INVERS), NULL, NULL);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 20, 20), ==, 0);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 19, 20), ==, ~0u);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 20, 19), ==, ~0u);
}

/* what the pattern was when the stroke began, also where it meets itself */
static void
takes_the_surface_itself_for_a_pattern (void)
{
  static const QxlPoint cross[] = {{0, 20}, {60, 20}, {20, 0}, {20, 60}};
  const QxlBrush brush = {
      .kind = QXL_BRUSH_PATTERN,
      .pattern = {.kind = QXL_SOURCE_SURFACE, .surface_id = 0},
      .pos = {5, 7},
  };
  g_autoptr (QxlSurface) surface =
      canvas_fixture_surface (QXL_FORMAT_BGRA, SIDE, SIDE);
  g_autofree uint32_t *before = canvas_fixture_pixels (surface);
  g_autoptr (QxlPath) path = stroke_path_lines (cross, 4, false);

  canvas_fixture_draw (surface, &whole, stroke_new (path, &brush, QXL_ROP_XOR),
                       NULL, NULL);
  for (int32_t x = 30; x < 50; x++)
    g_assert_cmphex (canvas_fixture_surface_pixel (surface, x, 20), ==,
                     before[20 * SIDE + x] ^ before[13 * SIDE + x - 5]);
}

/* the whole plane, again and again, and dashes of nothing */
static void
bounds_the_work_for_hostile_paths (void)
{
  const QxlBrush brush = {.kind = QXL_BRUSH_SOLID, .color = 0x123456};
  g_autoptr (QxlSurface) surface =
      qxl_surface_new (QXL_FORMAT_BGRX, SIDE, SIDE);
  g_autoptr (QxlPath) path = stroke_path_new ();
  QxlPoint points[901];
  QxlOperation *op;

  for (guint i = 0; i < 901; i++)
    points[i] = (QxlPoint){i % 2 ? G_MAXINT32 : G_MININT32,
                           i % 3 ? G_MAXINT32 : G_MININT32};
  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, points, 901);
  stroke_path_add (path, QXL_PATH_BEGIN, points, 901);
  canvas_fixture_draw (surface, &whole, stroke_new (path, &brush, QXL_ROP_XOR),
                       NULL, NULL);
  op = stroke_new (path, &brush, QXL_ROP_PUT);
  op->u.stroke.attr.flags = QXL_LINE_STYLED;
  op->u.stroke.attr.n_style = 2;
  op->u.stroke.attr.style = g_new0 (int32_t, 2);
  canvas_fixture_draw (surface, &whole, op, NULL, NULL);
  g_assert_cmphex (canvas_fixture_surface_pixel (surface, 40, 41), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas-stroke/draws-solid-brushes-with-every-operation",
                   draws_solid_brushes_with_every_operation);
  g_test_add_func ("/canvas-stroke/draws-patterns-with-every-operation",
                   draws_patterns_with_every_operation);
  g_test_add_func ("/canvas-stroke/draws-each-line-of-a-figure",
                   draws_each_line_of_a_figure);
  g_test_add_func ("/canvas-stroke/takes-the-surface-itself-for-a-pattern",
                   takes_the_surface_itself_for_a_pattern);
  g_test_add_func ("/canvas-stroke/bounds-the-work-for-hostile-paths",
                   bounds_the_work_for_hostile_paths);
  return g_test_run ();
}
