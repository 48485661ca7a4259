/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stroke.h"

#include "qxl/path.h"
#include "qxl/stroke-fixture.h"
#include <math.h>
#include <string.h>

#define SIDE STROKE_SIDE
#define MAX_POINTS 8

/* solid lines, stepped pixel by pixel as display.md 3.7 says */

static void
meet (StrokePicture *picture, int64_t x, int64_t y)
{
  if (x < 0 || y < 0 || x >= SIDE || y >= SIDE)
    return;
  picture->at[y][x] = picture->at[y][x] == 1 ? 2 : 1;
}

static void
step_line (QxlPoint from, QxlPoint to, StrokePicture *picture)
{
  int64_t x = from.x, y = from.y;
  int64_t a = ABS ((int64_t)to.x - x), b = ABS ((int64_t)to.y - y);
  int sx = to.x < from.x ? -1 : 1, sy = to.y < from.y ? -1 : 1;
  bool x_major = a > b;
  int64_t major = x_major ? a : b, minor = x_major ? b : a;
  int64_t e = 2 * minor - major - ((x_major ? sx : sy) < 0 ? 1 : 0);

  for (int64_t i = 0; i < major; i++) {
    meet (picture, x, y);
    if (e < 0)
      e += 2 * minor;
    else {
      e += 2 * minor - 2 * major;
      x += x_major ? 0 : sx;
      y += x_major ? sy : 0;
    }
    x += x_major ? sx : 0;
    y += x_major ? 0 : sy;
  }
}

static guint
random_points (QxlPoint *points, int32_t low, int32_t high)
{
  guint n = (guint)g_test_rand_int_range (2, MAX_POINTS);

  for (guint i = 0; i < n; i++)
    points[i] = (QxlPoint){g_test_rand_int_range (low, high),
                           g_test_rand_int_range (low, high)};
  return n;
}

static void
check_solid (const QxlPoint *points, guint n, bool is_closed)
{
  g_autoptr (QxlPath) path = stroke_path_lines (points, n, is_closed);
  StrokePicture expected = {0}, got;

  for (guint i = 0; i + 1 < n; i++)
    step_line (points[i], points[i + 1], &expected);
  if (is_closed)
    step_line (points[n - 1], points[0], &expected);
  stroke_path_picture (path, NULL, 0, false, true, &got);
  assert_same_strokes (&expected, &got, "solid");
}

static void
steps_solid_lines (void)
{
  static const int32_t reach[] = {0, 3, 20, 1000, 20000};
  QxlPoint points[MAX_POINTS];

  for (int round = 0; round < 1000; round++) {
    int32_t out = reach[round % G_N_ELEMENTS (reach)];
    guint n = random_points (points, -out, SIDE + out);

    check_solid (points, n, round % 2);
  }
}

/* every direction and phase, with the seen box far along the line */
static void
keeps_the_phase_of_clipped_lines (void)
{
  for (int round = 0; round < 300; round++) {
    QxlPoint middle = {g_test_rand_int_range (0, SIDE),
                       g_test_rand_int_range (0, SIDE)};
    double angle = g_test_rand_double_range (0, 2 * G_PI);
    double before = g_test_rand_double_range (0, 200000);
    double after = g_test_rand_double_range (0, 200000);
    QxlPoint points[2] = {
        {middle.x - (int32_t)(before * cos (angle)),
         middle.y - (int32_t)(before * sin (angle))},
        {middle.x + (int32_t)(after * cos (angle)),
         middle.y + (int32_t)(after * sin (angle))},
    };

    check_solid (points, 2, false);
  }
}

/* dashes, drawn one by one as rectangles of which each pixel is asked */

typedef struct {
  double x, y;   /* a point of the edge */
  double nx, ny; /* to the inside */
} Edge;

static bool
is_inside (const Edge *edges, guint n, double x, double y)
{
  for (guint i = 0; i < n; i++) {
    double side =
        (x - edges[i].x) * edges[i].nx + (y - edges[i].y) * edges[i].ny;
    bool owned =
        edges[i].nx > 1e-9 || (fabs (edges[i].nx) < 1e-9 && edges[i].ny > 0);

    if (side < -1e-7 || (fabs (side) <= 1e-7 && !owned))
      return false;
  }
  return true;
}

static void
fill (StrokePicture *picture, const Edge *edges, guint n)
{
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      if (is_inside (edges, n, x, y))
        picture->at[y][x] = 1;
}

static void
fill_dash (StrokePicture *picture, QxlPoint from, double ux, double uy,
           double start, double end)
{
  double x = from.x, y = from.y;
  Edge edges[4] = {
      {x + ux * start, y + uy * start, ux, uy},
      {x + ux * end, y + uy * end, -ux, -uy},
      {x - uy / 2, y + ux / 2, uy, -ux},
      {x + uy / 2, y - ux / 2, -uy, ux},
  };

  fill (picture, edges, 4);
}

/* a figure of lines that are nowhere shorter than a pixel */
typedef struct {
  const int *style;
  guint n_style;
  guint index;
  int rest; /* of the dash at index */
} Dashes;

static void
next_dash (Dashes *dashes)
{
  dashes->index = (dashes->index + 1) % dashes->n_style;
  dashes->rest = dashes->style[dashes->index];
}

static void
fill_dashes (StrokePicture *picture, Dashes *dashes, QxlPoint from, QxlPoint to)
{
  double dx = to.x - from.x, dy = to.y - from.y;
  double length = sqrt (dx * dx + dy * dy), at = 0;

  while (length - at > dashes->rest) {
    if (dashes->index % 2 == 0)
      fill_dash (picture, from, dx / length, dy / length, at,
                 at + dashes->rest);
    at += dashes->rest;
    next_dash (dashes);
  }
  if (dashes->index % 2 == 0)
    fill_dash (picture, from, dx / length, dy / length, at, length);
  dashes->rest = (int)(dashes->rest - (length - at));
  if (dashes->rest == 0)
    next_dash (dashes);
}

static void
check_dashed (QxlPoint from, QxlPoint to, const int *style, guint n_style)
{
  g_autoptr (QxlPath) path =
      stroke_path_lines ((const QxlPoint[]){from, to}, 2, false);
  Dashes dashes = {style, n_style, 0, style[0]};
  StrokePicture expected = {0}, got;

  fill_dashes (&expected, &dashes, from, to);
  stroke_path_picture (path, style, n_style, false, true, &got);
  assert_same_strokes (&expected, &got, "dashed");
}

/* slanted, of whole length: where edges lie on pixels, see strays */
static bool
may_have_strays (QxlPoint from, QxlPoint to)
{
  int dx = to.x - from.x, dy = to.y - from.y;
  int length = (int)lround (sqrt (dx * dx + dy * dy));

  return dx != 0 && dy != 0 && length * length == dx * dx + dy * dy;
}

static void
draws_dashes_as_rectangles (void)
{
  static const int styles[][4] = {
      {3, 2}, {1, 1}, {7, 3, 1, 3}, {5, 0, 2, 9}, {255, 1}};

  for (int round = 0; round < 1000; round++) {
    const int *style = styles[round % G_N_ELEMENTS (styles)];
    QxlPoint points[2] = {
        {g_test_rand_int_range (-30, SIDE + 30),
         g_test_rand_int_range (-30, SIDE + 30)},
        {g_test_rand_int_range (-30, SIDE + 30),
         g_test_rand_int_range (-30, SIDE + 30)},
    };

    if (round % 3 == 0)
      points[1].x = points[0].x;
    if (round % 3 == 1)
      points[1].y = points[0].y;
    if ((points[0].x != points[1].x || points[0].y != points[1].y) &&
        !may_have_strays (points[0], points[1]))
      check_dashed (points[0], points[1], style, style[2] ? 4 : 2);
  }
}

/* pictures of figures, drawn by hand */

static void
assert_drawn (const QxlPath *path, const int *style, guint n_style,
              bool starts_with_gap, const char *const *rows, guint n_rows)
{
  StrokePicture expected = {0}, got;

  for (guint y = 0; y < n_rows; y++)
    for (guint x = 0; rows[y][x]; x++)
      expected.at[y][x] = rows[y][x] == '#' ? 1 : rows[y][x] == '2' ? 2 : 0;
  stroke_path_picture (path, style, n_style, starts_with_gap, false, &got);
  assert_same_strokes (&expected, &got, rows[0]);
}

/* a dash to the right has its first pixel, one to the left its last */
static void
owns_left_and_top_edges (void)
{
  static const QxlPoint right[] = {{1, 1}, {10, 1}}, left[] = {{10, 1}, {1, 1}},
                        down[] = {{1, 0}, {1, 4}}, up[] = {{1, 4}, {1, 0}};
  static const int three_two[] = {3, 2};
  g_autoptr (QxlPath) r = stroke_path_lines (right, 2, false);
  g_autoptr (QxlPath) l = stroke_path_lines (left, 2, false);
  g_autoptr (QxlPath) d = stroke_path_lines (down, 2, false);
  g_autoptr (QxlPath) u = stroke_path_lines (up, 2, false);

  assert_drawn (r, three_two, 2, false,
                (const char *[]){"............", ".###..###..."}, 2);
  assert_drawn (l, three_two, 2, false,
                (const char *[]){"............", "..###..###.."}, 2);
  assert_drawn (d, three_two, 2, false,
                (const char *[]){".#", ".#", ".#", "..", ".."}, 5);
  assert_drawn (u, three_two, 2, false,
                (const char *[]){"..", ".#", ".#", ".#", ".."}, 5);
}

static void
starts_with_a_gap (void)
{
  static const QxlPoint points[] = {{0, 0}, {12, 0}};
  static const int three_two[] = {3, 2}, four[] = {1, 2, 3, 4};
  g_autoptr (QxlPath) path = stroke_path_lines (points, 2, false);

  assert_drawn (path, three_two, 2, true, (const char *[]){"...##...##.."}, 1);
  /* 2 3 4 1 from behind the 2: gap 3, dash 4, gap 1, dash 2, gap 3 */
  assert_drawn (path, four, 4, true, (const char *[]){"...####.##.."}, 1);
}

/* Known from clients: of the edges at 2, 5, 7, 10, 12, 15 and 17 pixels of 20,
 * those at 5, 10 and 15 lie on pixels, where each time a dash begins; that at
 * 10 is a stray. */
static void
keeps_the_strays_of_clients (void)
{
  static const QxlPoint points[] = {{0, 0}, {12, 16}};
  static const int two_three[] = {2, 3};
  g_autoptr (QxlPath) path = stroke_path_lines (points, 2, false);
  StrokePicture picture;

  stroke_path_picture (path, two_three, 2, false, false, &picture);
  g_assert_cmpuint (picture.at[0][0], ==, 1);
  g_assert_cmpuint (picture.at[4][3], ==, 1);
  g_assert_cmpuint (picture.at[8][6], ==, 0);
  g_assert_cmpuint (picture.at[12][9], ==, 1);
}

/* the corner's pixel belongs to neither line when they go right, then up */
static void
joins_dashes_at_corners (void)
{
  static const QxlPoint right_up[] = {{0, 4}, {4, 4}, {4, 0}};
  static const int long_dash[] = {20, 20}, ends_there[] = {4, 1};
  g_autoptr (QxlPath) path = stroke_path_lines (right_up, 3, false);

  assert_drawn (path, long_dash, 2, false,
                (const char *[]){"....#", "....#", "....#", "....#", "#####"},
                5);
  assert_drawn (path, ends_there, 2, false,
                (const char *[]){"....#", "....#", "....#", ".....", "####."},
                5);
}

/* a sharp corner that points up: its own pixel belongs to no miter */
static void
draws_miters_as_clients_do (void)
{
  static const QxlPoint points[] = {{1, 9}, {3, 3}, {5, 9}};
  static const int solid[] = {100, 1};
  g_autoptr (QxlPath) path = stroke_path_lines (points, 3, false);
  StrokePicture once, counted;

  stroke_path_picture (path, solid, 2, false, false, &once);
  stroke_path_picture (path, solid, 2, false, true, &counted);
  g_assert_cmpuint (once.at[2][3], ==, 0);
  g_assert_cmpuint (counted.at[2][3], ==, 1);
  counted.at[2][3] = 0;
  assert_same_strokes (&once, &counted, "but for the miter");
}

/* with an odd number of lengths two dashes follow each other */
static void
joins_no_dash_that_ends_before_another (void)
{
  static const QxlPoint right_up[] = {{0, 4}, {4, 4}, {4, 0}};
  static const int fours[] = {4}, threes[] = {3};
  g_autoptr (QxlPath) path = stroke_path_lines (right_up, 3, false);

  assert_drawn (path, fours, 1, false,
                (const char *[]){"....#", "....#", "....#", "....#", "####."},
                5);
  assert_drawn (path, threes, 1, false,
                (const char *[]){"....#", "....#", "....#", "....#", "#####"},
                5);
}

static void
joins_the_seam_of_closed_figures (void)
{
  static const QxlPoint square[] = {{4, 4}, {4, 0}, {0, 0}, {0, 4}};
  static const int solid[] = {100, 1};
  g_autoptr (QxlPath) closed = stroke_path_lines (square, 4, true);
  g_autoptr (QxlPath) open = stroke_path_lines (square, 4, false);

  assert_drawn (closed, solid, 2, false,
                (const char *[]){"#####", "#...#", "#...#", "#...#", "#####"},
                5);
  assert_drawn (open, solid, 2, false,
                (const char *[]){"#####", "#...#", "#...#", "#...#", "....."},
                5);
}

static void
counts_a_dashed_figure_once (void)
{
  static const QxlPoint there[] = {{0, 0}, {16 * 8, 0}};
  static const QxlPoint twice[] = {{0, 0}, {8, 0}, {0, 0}, {8, 0}};
  static const int solid[] = {100, 1};
  g_autoptr (QxlPath) figure = stroke_path_lines (twice, 4, false);
  g_autoptr (QxlPath) two_figures = stroke_path_new ();

  assert_drawn (figure, solid, 2, false, (const char *[]){"########"}, 1);
  stroke_path_add (two_figures, QXL_PATH_BEGIN | QXL_PATH_END, there, 2);
  stroke_path_add (two_figures, QXL_PATH_BEGIN | QXL_PATH_END, there, 2);
  assert_drawn (two_figures, solid, 2, false, (const char *[]){"22222222"}, 1);
}

static void
keeps_a_byte_of_dash_lengths (void)
{
  static const QxlPoint points[] = {{0, 0}, {8, 0}};
  static const int wrapped[] = {256 + 2, 512 + 1}, none[] = {256, 0};
  g_autoptr (QxlPath) path = stroke_path_lines (points, 2, false);

  assert_drawn (path, wrapped, 2, false, (const char *[]){"##.##.##"}, 1);
  assert_drawn (path, none, 2, false, (const char *[]){"........"}, 1);
  assert_drawn (path, none, 0, false, (const char *[]){"........"}, 1);
}

/* every line crosses the box from one end of the plane to the other */
static void
bounds_the_work_for_huge_lines (void)
{
  static const int dots[] = {1, 1};
  QxlPoint points[2000];
  g_autoptr (QxlPath) path = stroke_path_new ();
  StrokePicture picture;

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    points[i] = (QxlPoint){i % 2 ? G_MAXINT32 - (int32_t)i : G_MININT32,
                           i % 2 ? G_MAXINT32 : G_MININT32 + (int32_t)i};
  stroke_path_add (path, QXL_PATH_BEGIN, points, G_N_ELEMENTS (points));
  stroke_path_picture (path, NULL, 0, false, true, &picture);
  g_assert_cmpuint (picture.at[20][20], !=, 0);
  stroke_path_picture (path, dots, 2, false, true, &picture);
  g_assert_cmpuint (picture.at[20][20] | picture.at[21][21], !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stroke/steps-solid-lines", steps_solid_lines);
  g_test_add_func ("/stroke/keeps-the-phase-of-clipped-lines",
                   keeps_the_phase_of_clipped_lines);
  g_test_add_func ("/dash/draws-dashes-as-rectangles",
                   draws_dashes_as_rectangles);
  g_test_add_func ("/dash/owns-left-and-top-edges", owns_left_and_top_edges);
  g_test_add_func ("/dash/starts-with-a-gap", starts_with_a_gap);
  g_test_add_func ("/dash/joins-dashes-at-corners", joins_dashes_at_corners);
  g_test_add_func ("/dash/keeps-the-strays-of-clients",
                   keeps_the_strays_of_clients);
  g_test_add_func ("/dash/draws-miters-as-clients-do",
                   draws_miters_as_clients_do);
  g_test_add_func ("/dash/joins-no-dash-that-ends-before-another",
                   joins_no_dash_that_ends_before_another);
  g_test_add_func ("/dash/joins-the-seam-of-closed-figures",
                   joins_the_seam_of_closed_figures);
  g_test_add_func ("/dash/counts-a-figure-once", counts_a_dashed_figure_once);
  g_test_add_func ("/dash/keeps-a-byte-of-lengths",
                   keeps_a_byte_of_dash_lengths);
  g_test_add_func ("/stroke/bounds-the-work-for-huge-lines",
                   bounds_the_work_for_huge_lines);
  return g_test_run ();
}
