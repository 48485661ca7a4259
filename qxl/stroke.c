/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stroke.h"

#include "qxl/dash.h"
#include "qxl/path.h"

static int64_t
floor_div (int64_t a, int64_t b)
{
  return a / b - (a % b < 0);
}

static int64_t
ceil_div (int64_t a, int64_t b)
{
  return -floor_div (-a, b);
}

/* A line as steps along its longer side: after k of them it has taken
 * floor ((2·minor·k + major - bias) / (2·major)) steps to the side. */
typedef struct {
  QxlPoint from;
  int64_t major, minor; /* lengths; major is not 0 */
  int64_t bias;         /* 1 if the longer side runs to lower coordinates */
  int step_x, step_y;   /* -1 or 1 */
} Line;

static int64_t
side_steps (const Line *line, int64_t k)
{
  return floor_div (2 * line->minor * k + line->major - line->bias,
                    2 * line->major);
}

/* the first k with so many steps to the side; minor is not 0 */
static int64_t
first_with_side_steps (const Line *line, int64_t steps)
{
  return MAX (0, ceil_div (2 * line->major * steps - line->major + line->bias,
                           2 * line->minor));
}

typedef struct {
  int64_t first, end;
} Range;

/* steps k of 0 to before @n for which from + k·step lies from low to before
 * high */
static Range
steps_within (int64_t from, int step, int64_t n, int64_t low, int64_t high)
{
  Range range = step > 0 ? (Range){low - from, high - from}
                         : (Range){from - high + 1, from - low + 1};

  return (Range){MAX (range.first, 0), MIN (range.end, n)};
}

static void
add_steps (const Line *line, int64_t y, Range k, QxlTally *tally)
{
  int64_t left =
      line->step_x > 0 ? line->from.x + k.first : line->from.x - k.end + 1;

  qxl_tally_add (tally, (int32_t)y, left, left + k.end - k.first);
}

/* rows of several pixels */
static void
draw_flat (const Line *line, QxlTally *tally)
{
  const QxlRect *box = qxl_tally_box (tally);
  Range k = steps_within (line->from.x, line->step_x, line->major, box->left,
                          box->right);
  Range rows;

  if (k.first >= k.end)
    return;
  if (line->minor == 0) {
    add_steps (line, line->from.y, k, tally);
    return;
  }
  rows = steps_within (line->from.y, line->step_y, line->minor + 1, box->top,
                       box->bottom);
  rows.first = MAX (rows.first, side_steps (line, k.first));
  rows.end = MIN (rows.end, side_steps (line, k.end - 1) + 1);
  for (int64_t row = rows.first; row < rows.end; row++) {
    Range part = {
        MAX (k.first, first_with_side_steps (line, row)),
        MIN (k.end, first_with_side_steps (line, row + 1)),
    };

    add_steps (line, line->from.y + row * line->step_y, part, tally);
  }
}

/* rows of one pixel */
static void
draw_steep (const Line *line, QxlTally *tally)
{
  const QxlRect *box = qxl_tally_box (tally);
  Range k = steps_within (line->from.y, line->step_y, line->major, box->top,
                          box->bottom);
  Range side = steps_within (line->from.x, line->step_x, line->minor + 1,
                             box->left, box->right);

  if (side.first >= side.end)
    return;
  if (line->minor != 0) {
    k.first = MAX (k.first, first_with_side_steps (line, side.first));
    k.end = MIN (k.end, first_with_side_steps (line, side.end));
  }
  for (int64_t row = k.first; row < k.end; row++) {
    int64_t x = line->from.x + side_steps (line, row) * line->step_x;

    qxl_tally_add (tally, (int32_t)(line->from.y + row * line->step_y), x,
                   x + 1);
  }
}

static void
draw_line (QxlPoint from, QxlPoint to, QxlTally *tally)
{
  int64_t dx = (int64_t)to.x - from.x;
  int64_t dy = (int64_t)to.y - from.y;
  bool is_flat = ABS (dx) > ABS (dy);
  Line line = {
      .from = from,
      .major = is_flat ? ABS (dx) : ABS (dy),
      .minor = is_flat ? ABS (dy) : ABS (dx),
      .bias = is_flat ? dx < 0 : dy < 0,
      .step_x = dx < 0 ? -1 : 1,
      .step_y = dy < 0 ? -1 : 1,
  };

  if (line.major == 0)
    return;
  if (is_flat)
    draw_flat (&line, tally);
  else
    draw_steep (&line, tally);
}

typedef struct {
  QxlPoint at;
  QxlTally *tally;
} Pen;

static void
pen_begin (gpointer user_data, QxlPoint point)
{
  Pen *pen = user_data;

  pen->at = point;
}

static void
pen_line_to (gpointer user_data, QxlPoint point)
{
  Pen *pen = user_data;

  draw_line (pen->at, point, pen->tally);
  pen->at = point;
}

static void
pen_end (gpointer user_data)
{
}

void
qxl_stroke_path (const QxlPath *path, const QxlLineAttr *attr, bool counts,
                 QxlTally *tally)
{
  static const QxlPathSink sink = {pen_begin, pen_line_to, pen_end};
  Pen pen = {.tally = tally};

  if (attr->flags & QXL_LINE_STYLED)
    qxl_dash_path (path, attr, counts, tally);
  else
    qxl_path_flatten (path, qxl_tally_box (tally), &sink, &pen);
}
