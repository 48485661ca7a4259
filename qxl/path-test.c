/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/path.h"

#include "qxl/stroke-fixture.h"

/* a path's figures as text, "1,2 3,4;" a figure */
static void
text_begin (gpointer user_data, QxlPoint point)
{
  g_string_append_printf (user_data, "%d,%d", point.x, point.y);
}

static void
text_line_to (gpointer user_data, QxlPoint point)
{
  g_string_append_printf (user_data, " %d,%d", point.x, point.y);
}

static void
text_end (gpointer user_data)
{
  g_string_append_c (user_data, ';');
}

static char *
flattened (const QxlPath *path, const QxlRect *visible)
{
  static const QxlPathSink sink = {text_begin, text_line_to, text_end};
  GString *text = g_string_new (NULL);

  qxl_path_flatten (path, visible, &sink, text);
  return g_string_free (text, FALSE);
}

static void
assert_flattened (const QxlPath *path, const char *expected)
{
  g_autofree char *got = flattened (path, NULL);

  g_assert_cmpstr (got, ==, expected);
}

#define P(x, y)                                                                \
  {                                                                            \
    (x) * 16, (y)*16                                                           \
  }

static void
rounds_halves_down (void)
{
  static const QxlPoint points[] = {{8, 9},   {-8, -7},  {16, 25},
                                    {24, 31}, {-16, -9}, {-1, 7}};
  g_autoptr (QxlPath) path = stroke_path_new ();

  stroke_path_add (path, QXL_PATH_BEGIN, points, G_N_ELEMENTS (points));
  assert_flattened (path, "0,1 -1,0 1,2 1,2 -1,-1 0,0;");
  g_assert_cmpint (qxl_fixed_round (G_MAXINT32), ==, 1 << 27);
  g_assert_cmpint (qxl_fixed_round (G_MININT32), ==, -(1 << 27));
}

static void
begins_closes_and_ends_figures (void)
{
  static const QxlPoint a[] = {P (1, 1), P (5, 1)}, b[] = {P (5, 5)},
                        c[] = {P (9, 9), P (8, 8)};
  g_autoptr (QxlPath) path = stroke_path_new ();

  stroke_path_add (path, QXL_PATH_BEGIN, a, 2);
  stroke_path_add (path, QXL_PATH_END | QXL_PATH_CLOSE, b, 1);
  stroke_path_add (path, QXL_PATH_BEGIN, c, 2);
  stroke_path_add (path, QXL_PATH_BEGIN, a, 2);
  stroke_path_add (path, QXL_PATH_CLOSE, b, 1);
  assert_flattened (path, "1,1 5,1 5,5 1,1;9,9 8,8;1,1 5,1 5,5;");
}

static void
takes_what_has_no_beginning (void)
{
  static const QxlPoint a[] = {P (1, 1), P (5, 1)},
                        curve[] = {P (1, 2), P (3, 4), P (5, 6)};
  g_autoptr (QxlPath) path = stroke_path_new ();

  stroke_path_add (path, QXL_PATH_BEZIER, curve, 3);
  stroke_path_add (path, QXL_PATH_END | QXL_PATH_CLOSE, NULL, 0);
  stroke_path_add (path, QXL_PATH_END, a, 2);
  stroke_path_add (path, QXL_PATH_BEGIN, NULL, 0);
  stroke_path_add (path, 0, a, 1);
  assert_flattened (path, "1,1 5,1;1,1;");
}

/* worked out by hand from the rule */
static void
halves_curves_until_they_are_flat (void)
{
  static const QxlPoint straight[] = {P (0, 0), P (10, 0), P (20, 0),
                                      P (30, 0)};
  static const QxlPoint bow[] = {P (0, 0), P (0, 8), P (8, 8), P (8, 0)};
  g_autoptr (QxlPath) path = stroke_path_new ();

  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, straight, 4);
  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, bow, 4);
  assert_flattened (path, "0,0 30,0;0,0 1,4 4,6 7,4 8,0;");
}

static void
leaves_out_points_over_in_a_curve (void)
{
  static const QxlPoint points[] = {P (0, 0), P (1, 0),  P (2, 0),
                                    P (3, 0), P (9, 90), P (9, 80)};
  g_autoptr (QxlPath) path = stroke_path_new ();

  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, points, 6);
  assert_flattened (path, "0,0 3,0;");
}

static void
keeps_curves_out_of_sight_straight (void)
{
  static const QxlPoint bow[] = {P (0, 0), P (0, 80), P (80, 80), P (80, 0)};
  const QxlRect beside = QXL_RECT (82, 0, 90, 90);
  const QxlRect over = QXL_RECT (40, 59, 41, 60);
  g_autoptr (QxlPath) path = stroke_path_new ();
  g_autofree char *hidden = NULL, *seen = NULL;

  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, bow, 4);
  hidden = flattened (path, &beside);
  seen = flattened (path, &over);
  g_assert_cmpstr (hidden, ==, "0,0 80,0;");
  g_assert_nonnull (strstr (seen, " 40,60 "));
}

static void
count_line_to (gpointer user_data, QxlPoint point)
{
  guint *n = user_data;

  ++*n;
}

static void
ignore_begin (gpointer user_data, QxlPoint point)
{
}

static void
ignore_end (gpointer user_data)
{
}

/* the largest curves there are, many of them, and loops without a length */
static void
bounds_the_lines_of_curves (void)
{
  static const QxlPathSink sink = {ignore_begin, count_line_to, ignore_end};
  static const QxlPoint start = {G_MININT32, G_MININT32};
  g_autofree QxlPoint *points = g_new (QxlPoint, 3 * 200);
  g_autoptr (QxlPath) path = stroke_path_new ();
  guint n_lines = 0;

  for (guint i = 0; i < 3 * 200; i++)
    points[i] = (QxlPoint){i % 2 ? G_MININT32 : G_MAXINT32,
                           i % 3 ? G_MAXINT32 : G_MININT32};
  stroke_path_add (path, QXL_PATH_BEGIN, &start, 1);
  stroke_path_add (path, QXL_PATH_BEZIER, points, 3 * 200);
  qxl_path_flatten (path, NULL, &sink, &n_lines);
  g_assert_cmpuint (n_lines, <=, QXL_PATH_MAX_CURVE_LINES + 200);
}

static void
ends_loops_without_a_length (void)
{
  static const QxlPoint loop[] = {P (3, 3), P (3, 3), P (3, 3), P (3, 3),
                                  P (4, 3), P (2, 3), P (3, 3)};
  g_autoptr (QxlPath) path = stroke_path_new ();
  g_autofree char *text = NULL;

  stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, loop, 7);
  text = flattened (path, NULL);
  g_assert_true (g_str_has_prefix (text, "3,3 3,3"));
  g_assert_true (g_str_has_suffix (text, " 3,3;"));
}

static void
tells_curves_that_have_ends (void)
{
  static const struct {
    QxlPoint points[4];
    bool has_ends;
  } curves[] = {
      {{P (0, 0), P (0, 8), P (8, 8), P (8, 0)}, true},
      {{P (0, 0), P (10, 0), P (20, 0), P (30, 0)}, true},
      {{P (0, 0), P (0, 80), P (80, 80), P (0, 0)}, true}, /* a loop */
      {{P (3, 3), P (3, 3), P (3, 3), P (3, 3)}, false},
      /* there and back: halves are points, or are not */
      {{P (3, 3), {49, 48}, {49, 48}, P (3, 3)}, false},
      {{P (3, 3), P (4, 3), P (2, 3), P (3, 3)}, true},
      {{P (0, 0), P (9, 9), P (1, 1), P (4097, 0)}, false},
  };

  for (guint i = 0; i < G_N_ELEMENTS (curves); i++) {
    g_autoptr (QxlPath) path = stroke_path_new ();

    g_test_message ("curve %u", i);
    stroke_path_add (path, QXL_PATH_BEGIN, curves[i].points, 4);
    g_assert_true (qxl_path_has_ends (path));
    stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, curves[i].points,
                     4);
    g_assert_cmpint (qxl_path_has_ends (path), ==, curves[i].has_ends);
  }
}

static void
tells_of_few_lines (void)
{
  static const QxlPoint bow[] = {P (0, 0), P (0, 80), P (80, 80), P (80, 0)};
  g_autoptr (QxlPath) path = stroke_path_new ();

  for (guint i = 0; i < 10; i++)
    stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, bow, 4);
  g_assert_true (qxl_path_has_ends (path));
  for (guint i = 0; i < QXL_PATH_MAX_TOLD_LINES; i++)
    stroke_path_add (path, QXL_PATH_BEGIN | QXL_PATH_BEZIER, bow, 4);
  g_assert_false (qxl_path_has_ends (path));
}

static void
has_a_box_around_all_it_meets (void)
{
  static const QxlPoint points[] = {
      P (10, 20), P (-3, 7), {G_MAXINT32, G_MININT32}};
  g_autoptr (QxlPath) path = stroke_path_new ();
  QxlRect box = qxl_path_box (path);
  QxlRect seen = QXL_RECT (-9, 1, 18, 28);

  g_assert_true (qxl_rect_is_empty (&box));
  stroke_path_add (path, QXL_PATH_BEGIN, points, 2);
  box = qxl_path_box (path);
  g_assert_true (qxl_rect_contains (&box, &seen));
  stroke_path_add (path, 0, points, 3);
  box = qxl_path_box (path);
  g_assert_cmpint (box.right, >, 1 << 27);
  g_assert_cmpint (box.top, <, -(1 << 27));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/rounds-halves-down", rounds_halves_down);
  g_test_add_func ("/path/begins-closes-and-ends-figures",
                   begins_closes_and_ends_figures);
  g_test_add_func ("/path/takes-what-has-no-beginning",
                   takes_what_has_no_beginning);
  g_test_add_func ("/path/halves-curves-until-they-are-flat",
                   halves_curves_until_they_are_flat);
  g_test_add_func ("/path/leaves-out-points-over-in-a-curve",
                   leaves_out_points_over_in_a_curve);
  g_test_add_func ("/path/keeps-curves-out-of-sight-straight",
                   keeps_curves_out_of_sight_straight);
  g_test_add_func ("/path/bounds-the-lines-of-curves",
                   bounds_the_lines_of_curves);
  g_test_add_func ("/path/ends-loops-without-a-length",
                   ends_loops_without_a_length);
  g_test_add_func ("/path/tells-curves-that-have-ends",
                   tells_curves_that_have_ends);
  g_test_add_func ("/path/tells-of-few-lines", tells_of_few_lines);
  g_test_add_func ("/path/has-a-box-around-all-it-meets",
                   has_a_box_around_all_it_meets);
  return g_test_run ();
}
