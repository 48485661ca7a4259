/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stroke-fixture.h"

#include "qxl/stroke.h"
#include <string.h>

QxlPath *
stroke_path_new (void)
{
  return g_new0 (QxlPath, 1);
}

void
stroke_path_free (QxlPath *path)
{
  for (guint i = 0; i < path->n_segments; i++)
    g_free (path->segments[i].points);
  g_free (path->segments);
  g_free (path);
}

void
stroke_path_add (QxlPath *path, uint8_t flags, const QxlPoint *points,
                 guint n_points)
{
  path->segments =
      g_renew (QxlPathSegment, path->segments, path->n_segments + 1);
  path->segments[path->n_segments++] = (QxlPathSegment){
      .flags = flags,
      .n_points = n_points,
      .points = g_memdup2 (points, n_points * sizeof *points),
  };
}

QxlPath *
stroke_path_lines (const QxlPoint *points, guint n_points, bool is_closed)
{
  QxlPath *path = stroke_path_new ();
  g_autofree QxlPoint *fixed = g_new (QxlPoint, n_points);

  for (guint i = 0; i < n_points; i++)
    fixed[i] = (QxlPoint){points[i].x * 16, points[i].y * 16};
  stroke_path_add (
      path, QXL_PATH_BEGIN | QXL_PATH_END | (is_closed ? QXL_PATH_CLOSE : 0),
      fixed, n_points);
  return path;
}

typedef struct {
  StrokePicture *picture;
  uint8_t value;
} Marker;

static void
mark (const QxlRect *rects, guint n_rects, gpointer user_data)
{
  Marker *marker = user_data;

  for (guint i = 0; i < n_rects; i++)
    for (int32_t x = rects[i].left; x < rects[i].right; x++)
      marker->picture->at[rects[i].top][x] = marker->value;
}

void
stroke_path_picture (const QxlPath *path, const int *style, guint n_style,
                     bool starts_with_gap, bool counts, StrokePicture *picture)
{
  const QxlRect box = QXL_RECT (0, 0, STROKE_SIDE, STROKE_SIDE);
  g_autoptr (QxlTally) tally = qxl_tally_new (&box);
  g_autofree int32_t *lengths = g_new (int32_t, n_style);
  QxlLineAttr attr = {
      .flags = (style ? QXL_LINE_STYLED : 0) |
               (starts_with_gap ? QXL_LINE_START_WITH_GAP : 0),
      .n_style = n_style,
      .style = lengths,
  };
  Marker met = {picture, 1}, even = {picture, 2};

  for (guint i = 0; i < n_style; i++)
    lengths[i] = style[i] * 16;
  memset (picture, 0, sizeof *picture);
  qxl_stroke_path (path, &attr, counts, tally);
  qxl_tally_foreach (tally, QXL_TALLY_MET, mark, &met);
  qxl_tally_foreach (tally, QXL_TALLY_EVEN, mark, &even);
}

void
assert_same_strokes (const StrokePicture *expected, const StrokePicture *got,
                     const char *what)
{
  for (unsigned y = 0; y < STROKE_SIDE; y++)
    for (unsigned x = 0; x < STROKE_SIDE; x++)
      if (expected->at[y][x] != got->at[y][x])
        g_error ("%s: at %u,%u: expected %u, got %u", what, x, y,
                 expected->at[y][x], got->at[y][x]);
}
