/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/path.h"

#include <string.h>

/* Halving a curve of 2^28 pixels that often leaves less than a pixel. */
#define MAX_HALVINGS 18

/* Above that many 1/16 pixels products may not fit into 64 bits. */
#define EXACT_LENGTH (1 << 16)

/* 28.4 fixed point; wider than what comes, so that sums fit */
typedef struct {
  int64_t x, y;
} Fixed;

typedef struct {
  const QxlPathSink *sink;
  gpointer user_data;
  const QxlRect *visible;
  bool has_figure;
  QxlPoint first, current;
  guint curve_lines_left;
  bool is_cut_short; /* a curve was not followed as clients would */
} Walk;

static QxlPoint
rounded (Fixed point)
{
  return (QxlPoint){
      .x = (int32_t)((point.x >> 4) + ((point.x & 15) > 8)),
      .y = (int32_t)((point.y >> 4) + ((point.y & 15) > 8)),
  };
}

static Fixed
fixed_of (QxlPoint point)
{
  return (Fixed){.x = point.x, .y = point.y};
}

static void
line_to (Walk *walk, Fixed point)
{
  walk->current = rounded (point);
  walk->sink->line_to (walk->user_data, walk->current);
}

static void
begin_figure (Walk *walk, Fixed point)
{
  walk->has_figure = true;
  walk->first = walk->current = rounded (point);
  walk->sink->begin (walk->user_data, walk->first);
}

static void
end_figure (Walk *walk)
{
  if (walk->has_figure)
    walk->sink->end (walk->user_data);
  walk->has_figure = false;
}

/* curves */

static Fixed
difference (Fixed a, Fixed b)
{
  return (Fixed){.x = a.x - b.x, .y = a.y - b.y};
}

static Fixed
middle (Fixed a, Fixed b)
{
  return (Fixed){.x = (a.x + b.x) / 2, .y = (a.y + b.y) / 2};
}

static bool
is_long (Fixed v)
{
  return ABS (v.x) > EXACT_LENGTH || ABS (v.y) > EXACT_LENGTH;
}

static int64_t
dot (Fixed a, Fixed b)
{
  return (a.x * b.x + a.y * b.y) >> 4;
}

/* the square of @control's distance from the line along @base is below half a
 * pixel; as clients compute it, while that fits */
static bool
is_near (Fixed control, Fixed base)
{
  int64_t square, along;

  if (is_long (control) || is_long (base)) {
    double cross =
        (double)control.x * (double)base.y - (double)control.y * (double)base.x;
    double length2 =
        (double)base.x * (double)base.x + (double)base.y * (double)base.y;

    return cross * cross / 16 / 8 < length2;
  }
  square = dot (base, base);
  along = dot (control, base);
  return (dot (control, control) * square - along * along) >> 3 < square;
}

static bool
is_flat (const Fixed p[4])
{
  Fixed base = difference (p[3], p[0]);

  return is_near (difference (p[1], p[0]), base) &&
         is_near (difference (p[3], p[2]), base);
}

/* all of it is one point, which is near no line */
static bool
is_point (const Fixed p[4])
{
  for (int i = 1; i < 4; i++)
    if (p[i].x != p[0].x || p[i].y != p[0].y)
      return false;
  return true;
}

static bool
is_visible (const Walk *walk, const Fixed p[4])
{
  Fixed low = p[0], high = p[0];

  if (!walk->visible)
    return true;
  for (int i = 1; i < 4; i++) {
    low = (Fixed){MIN (low.x, p[i].x), MIN (low.y, p[i].y)};
    high = (Fixed){MAX (high.x, p[i].x), MAX (high.y, p[i].y)};
  }
  return (low.x >> 4) - 1 < walk->visible->right &&
         (low.y >> 4) - 1 < walk->visible->bottom &&
         (high.x >> 4) + 2 > walk->visible->left &&
         (high.y >> 4) + 2 > walk->visible->top;
}

static void
curve_to (Walk *walk, const Fixed p[4], unsigned halvings)
{
  Fixed half[4], center;

  bool is_line = is_flat (p) || !is_visible (walk, p);

  if (is_line || halvings == MAX_HALVINGS || walk->curve_lines_left == 0 ||
      is_point (p)) {
    walk->is_cut_short |= !is_line;
    walk->curve_lines_left -= walk->curve_lines_left > 0;
    line_to (walk, p[3]);
    return;
  }
  center = middle (p[1], p[2]);
  half[0] = p[0];
  half[1] = middle (p[0], p[1]);
  half[2] = middle (half[1], center);
  Fixed right2 = middle (p[2], p[3]);
  Fixed right1 = middle (center, right2);
  half[3] = middle (half[2], right1);
  curve_to (walk, half, halvings + 1);
  curve_to (walk, (const Fixed[4]){half[3], right1, right2, p[3]},
            halvings + 1);
}

static void
curves_through (Walk *walk, const QxlPoint *points, guint n_points)
{
  for (guint i = 0; i + 3 <= n_points; i += 3) {
    Fixed p[4] = {
        {(int64_t)walk->current.x * 16, (int64_t)walk->current.y * 16},
        fixed_of (points[i]),
        fixed_of (points[i + 1]),
        fixed_of (points[i + 2]),
    };

    /* clients' products may not fit */
    for (int k = 1; k < 4; k++)
      walk->is_cut_short |= is_long (difference (p[k], p[0]));
    curve_to (walk, p, 0);
  }
}

static void
add_segment (Walk *walk, const QxlPathSegment *segment)
{
  const QxlPoint *points = segment->points;
  guint n = segment->n_points;
  bool is_curve = segment->flags & QXL_PATH_BEZIER;

  if (segment->flags & QXL_PATH_BEGIN)
    end_figure (walk);
  if (!walk->has_figure && n > 0 &&
      ((segment->flags & QXL_PATH_BEGIN) || !is_curve)) {
    begin_figure (walk, fixed_of (*points++));
    n--;
  }
  if (is_curve && walk->has_figure)
    curves_through (walk, points, n);
  for (guint i = 0; !is_curve && i < n; i++)
    line_to (walk, fixed_of (points[i]));
  if (!(segment->flags & QXL_PATH_END))
    return;
  if (walk->has_figure && (segment->flags & QXL_PATH_CLOSE))
    walk->sink->line_to (walk->user_data, walk->first);
  end_figure (walk);
}

static void
walk_path (Walk *walk, const QxlPath *path)
{
  for (guint i = 0; i < path->n_segments; i++)
    add_segment (walk, &path->segments[i]);
  end_figure (walk);
}

void
qxl_path_flatten (const QxlPath *path, const QxlRect *visible,
                  const QxlPathSink *sink, gpointer user_data)
{
  Walk walk = {
      .sink = sink,
      .user_data = user_data,
      .visible = visible,
      .curve_lines_left = QXL_PATH_MAX_CURVE_LINES,
  };

  walk_path (&walk, path);
}

static void
ignore_point (gpointer user_data, QxlPoint point)
{
}

static void
ignore_end (gpointer user_data)
{
}

bool
qxl_path_has_ends (const QxlPath *path)
{
  static const QxlPathSink nobody = {ignore_point, ignore_point, ignore_end};
  Walk walk = {
      .sink = &nobody,
      .curve_lines_left = QXL_PATH_MAX_TOLD_LINES,
  };

  walk_path (&walk, path);
  return !walk.is_cut_short;
}

QxlRect
qxl_path_box (const QxlPath *path)
{
  QxlRect box = {0};

  for (guint i = 0; i < path->n_segments; i++)
    for (guint k = 0; k < path->segments[i].n_points; k++) {
      int32_t x = path->segments[i].points[k].x >> 4;
      int32_t y = path->segments[i].points[k].y >> 4;
      QxlRect around = QXL_RECT (x - QXL_PATH_REACH, y - QXL_PATH_REACH,
                                 x + QXL_PATH_REACH, y + QXL_PATH_REACH);

      box = qxl_rect_union (&box, &around);
    }
  return box;
}
