/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dashes begin and end at whole distances from the start of their line, for
 * lengths are whole and what a line leaves of a dash is cut to a whole number
 * for the next. So a line is a row of cells of length one, each on or off; a
 * pixel belongs to one cell, and it is known without a walk along the line
 * which. */
#include "qxl/dash.h"

#include "qxl/dash-pattern.h"
#include "qxl/path.h"
#include <math.h>
#include <string.h>

/* The sharpest corner with a miter, 11 degrees: 1 / sin² (5.5°). */
#define MITER_LIMIT 108.856472512142

/* Longest line of which dashes' edges are followed one by one; they matter for
 * single pixels. */
#define MAX_STRAY_CELLS 8192

/* a line of the figure */
typedef struct {
  QxlPoint from, to;
  int64_t dx, dy;
  int64_t length2;
  double length;
} Line;

static Line
line_between (QxlPoint from, QxlPoint to)
{
  Line line = {
      .from = from,
      .to = to,
      .dx = (int64_t)to.x - from.x,
      .dy = (int64_t)to.y - from.y,
  };

  line.length2 = line.dx * line.dx + line.dy * line.dy;
  line.length = sqrt ((double)line.length2);
  return line;
}

static int64_t
length_in_cells (const Line *line)
{
  int64_t cells = (int64_t)line->length;

  while (cells * cells < line->length2)
    cells++;
  return cells;
}

/* Pixels on an edge are in if it is a left or a top one. True if a line
 * begins, and so each of its dashes, with such an edge. */
static bool
owns_start (const Line *line)
{
  return line->dx > 0 || (line->dx == 0 && line->dy > 0);
}

/* how far a pixel lies along the line and beside it, times its length */
static int64_t
along (const Line *line, int64_t x, int64_t y)
{
  return x * line->dx + y * line->dy;
}

static int64_t
beside (const Line *line, int64_t x, int64_t y)
{
  return x * line->dy - y * line->dx;
}

static bool
is_within_width (const Line *line, int64_t off)
{
  /* the first, so that the square fits */
  return fabs ((double)off) <= line->length && 4 * off * off < line->length2;
}

typedef struct {
  const QxlDashPattern *pattern;
  bool has_all_miters;
  QxlTally *tally;
  int64_t phase; /* cells, at the next line's start */
  guint dash;    /* the length it begins in, be that 0 */
  QxlPoint first_point, at;
  bool has_line; /* of the figure */
  Line first, last;
  bool starts_on, ends_on;
  uint8_t *strays; /* of MAX_STRAY_CELLS + 1 cells, owned; see find_strays */
  bool has_strays; /* of the line that is drawn */
} Pen;

/* Where pixels lie just on the edge between two dashes, which they do if the
 * line's length is whole, a client's floating point may put them on the wrong
 * side. It adds up a corner of the dashes and multiplies that with the line's
 * direction; true of the cells that lose their first pixel, or gain the last
 * of the one before. */
static void
find_strays (Pen *pen, const Line *line)
{
  double dx = (double)line->dx, dy = (double)line->dy;
  double half = 0.5 / line->length;
  double x = half * dy, y = -(half * dx);
  int64_t at = pen->phase, cells = length_in_cells (line);

  pen->has_strays = line->dx != 0 && line->dy != 0 &&
                    cells <= MAX_STRAY_CELLS && cells * cells == line->length2;
  if (!pen->has_strays)
    return;
  memset (pen->strays, 0, (size_t)cells + 1);
  while (true) {
    int64_t next = qxl_dash_pattern_next (pen->pattern, at);
    double step = (double)(next - at), edge, ideal;

    at = next;
    if (at - pen->phase >= cells)
      return;
    x += step * dx / line->length;
    y += step * dy / line->length;
    edge = x * dx + y * dy;
    ideal = (double)((at - pen->phase) * cells);
    pen->strays[at - pen->phase] =
        owns_start (line) ? edge > ideal : edge < ideal;
  }
}

/* of a pixel as far along the line, times its length; -1: of none */
static int64_t
cell_along (const Pen *pen, const Line *line, int64_t at)
{
  bool is_on_edge;
  int64_t cell;

  if (owns_start (line) ? at < 0 || at >= line->length2
                        : at <= 0 || at > line->length2)
    return -1;
  cell = (int64_t)floor ((double)at / line->length);
  if (pen->has_strays) {
    is_on_edge = cell * length_in_cells (line) == at;
    if (is_on_edge && pen->strays[cell])
      return owns_start (line) ? cell - 1 : cell;
  }
  return owns_start (line) ? cell
                           : (int64_t)ceil ((double)at / line->length) - 1;
}

/* of the pixel at (@x, @y) from the line's start; -1: of none */
static int64_t
cell_of (const Pen *pen, const Line *line, int64_t x, int64_t y)
{
  if (!is_within_width (line, beside (line, x, y)))
    return -1;
  return cell_along (pen, line, along (line, x, y));
}

/* columns that may belong to the line in row @y, from its start */
static void
columns_of_row (const Line *line, int64_t y, int64_t *first, int64_t *last)
{
  int64_t low = MIN (line->dx, 0), high = MAX (line->dx, 0);
  double center, reach;

  *first = low - 1;
  *last = high + 1;
  if (line->dy == 0)
    return;
  center = (double)y * (double)line->dx / (double)line->dy;
  reach = line->length / 2 / fabs ((double)line->dy);
  *first = MAX (*first, (int64_t)floor (center - reach) - 1);
  *last = MIN (*last, (int64_t)ceil (center + reach) + 1);
}

static void
draw_row (Pen *pen, const Line *line, int64_t y)
{
  const QxlRect *box = qxl_tally_box (pen->tally);
  int64_t first, last, run = 0;
  bool in_run = false;

  columns_of_row (line, y, &first, &last);
  first = MAX (first, (int64_t)box->left - line->from.x);
  last = MIN (last, (int64_t)box->right - 1 - line->from.x);
  for (int64_t x = first; x <= last + 1; x++) {
    int64_t cell = x <= last ? cell_of (pen, line, x, y) : -1;
    bool on =
        cell >= 0 && qxl_dash_pattern_is_on (pen->pattern, pen->phase + cell);

    if (on && !in_run)
      run = x;
    if (!on && in_run)
      qxl_tally_add (pen->tally, (int32_t)(line->from.y + y),
                     line->from.x + run, line->from.x + x);
    in_run = on;
  }
}

static void
draw_line (Pen *pen, const Line *line)
{
  const QxlRect *box = qxl_tally_box (pen->tally);
  int64_t first = MIN (line->dy, 0) - 1;
  int64_t last = MAX (line->dy, 0) + 1;

  first = MAX (first, (int64_t)box->top - line->from.y);
  last = MIN (last, (int64_t)box->bottom - 1 - line->from.y);
  if (first <= last)
    find_strays (pen, line);
  for (int64_t y = first; y <= last; y++)
    draw_row (pen, line, y);
}

/* How many pixels a corner's miter reaches at most. A sharper corner is cut
 * straight, and reaches none. */
static int
miter_reach (const Line *in, const Line *out)
{
  double cosine =
      (double)along (in, out->dx, out->dy) / (in->length * out->length);
  double tip2 = 2 / (1 + cosine); /* distance, squared, times 4 */

  return tip2 <= MITER_LIMIT ? (int)(sqrt (tip2) / 2) : 0;
}

/* The miter lies beyond the end of the line @in, before the start of @out, and
 * within half a pixel of each on the outer side. */
static bool
is_in_miter (const Line *in, const Line *out, int side, int x, int y)
{
  int64_t beyond = along (in, x, y), before = -along (out, x, y);
  int64_t off_in = side * beside (in, x, y);
  int64_t off_out = side * beside (out, x, y);

  if (beyond < 0 || (beyond == 0 && !owns_start (in)))
    return false;
  if (before < 0 || (before == 0 && owns_start (out)))
    return false;
  return (off_in <= 0 || is_within_width (in, off_in)) &&
         (off_out <= 0 || is_within_width (out, off_out));
}

static void
draw_corner (Pen *pen, const Line *in, const Line *out)
{
  const QxlRect *box = qxl_tally_box (pen->tally);
  int64_t turn = in->dx * out->dy - in->dy * out->dx;
  bool has_own_pixel = owns_start (in) && !owns_start (out);
  QxlPoint at = in->to;
  int reach;

  if (turn == 0 || !(pen->has_all_miters || has_own_pixel) ||
      at.x < box->left - QXL_PATH_REACH || at.y < box->top - QXL_PATH_REACH ||
      at.x >= box->right + QXL_PATH_REACH ||
      at.y >= box->bottom + QXL_PATH_REACH)
    return;
  reach = miter_reach (in, out);
  for (int y = -reach; y <= reach; y++)
    for (int x = -reach; x <= reach; x++)
      if (is_in_miter (in, out, turn > 0 ? 1 : -1, x, y))
        qxl_tally_add (pen->tally, at.y + y, (int64_t)at.x + x,
                       (int64_t)at.x + x + 1);
}

static void
pen_begin (gpointer user_data, QxlPoint point)
{
  Pen *pen = user_data;

  pen->phase = pen->pattern->phase;
  pen->dash = qxl_dash_pattern_find (pen->pattern, pen->phase);
  pen->first_point = pen->at = point;
  pen->has_line = false;
  qxl_tally_begin_layer (pen->tally);
}

/* Moves the pattern on by a line; true if that ends with a dash. Clients take
 * for a dash what ends just before an odd length, which with an odd number of
 * lengths, or some of 0, is not the same. */
static bool
step_dashes (Pen *pen, int64_t cells)
{
  const QxlDashPattern *pattern = pen->pattern;
  int64_t end =
      (pen->phase + cells - 1) % qxl_dash_pattern_period (pattern) + 1;
  guint dash = qxl_dash_pattern_find (pattern, end - 1);

  pen->phase = end % qxl_dash_pattern_period (pattern);
  pen->dash = dash;
  if (pattern->ends[dash] != end)
    return dash % 2 == 0;
  pen->dash = (dash + 1) % pattern->n;
  return pen->dash % 2 == 1;
}

static void
pen_line_to (gpointer user_data, QxlPoint point)
{
  Pen *pen = user_data;
  Line line = line_between (pen->at, point);
  bool starts_on = pen->dash % 2 == 0;
  bool ends_on;

  if (line.length2 == 0)
    return;
  draw_line (pen, &line);
  ends_on = step_dashes (pen, length_in_cells (&line));
  if (pen->has_line && pen->ends_on && starts_on)
    draw_corner (pen, &pen->last, &line);
  if (!pen->has_line) {
    pen->first = line;
    pen->starts_on = starts_on;
    pen->has_line = true;
  }
  pen->last = line;
  pen->ends_on = ends_on;
  pen->at = point;
}

static void
pen_end (gpointer user_data)
{
  Pen *pen = user_data;
  bool is_closed =
      pen->at.x == pen->first_point.x && pen->at.y == pen->first_point.y;

  if (pen->has_line && is_closed && pen->ends_on && pen->starts_on)
    draw_corner (pen, &pen->last, &pen->first);
  qxl_tally_end_layer (pen->tally);
}

void
qxl_dash_path (const QxlPath *path, const QxlLineAttr *attr,
               bool has_all_miters, QxlTally *tally)
{
  static const QxlPathSink sink = {pen_begin, pen_line_to, pen_end};
  QxlDashPattern pattern;
  Pen pen = {
      .pattern = &pattern,
      .has_all_miters = has_all_miters,
      .tally = tally,
      .strays = g_malloc (MAX_STRAY_CELLS + 1),
  };

  qxl_dash_pattern_init (&pattern, attr);
  if (qxl_dash_pattern_period (&pattern) > 0)
    qxl_path_flatten (path, NULL, &sink, &pen);
  qxl_dash_pattern_clear (&pattern);
  g_free (pen.strays);
}
