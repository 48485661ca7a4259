/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-trail.h"

/* What comes within this is one frame. */
#define SAME_FRAME_US 6000
/* pixels: what grows more from frame to frame is not the same window */
#define MAX_GROWTH 48
/* pixels: edges of a window that is dragged ever faster go so far apart */
#define MAX_HASTE 8

void
spc_frame_trail_add (SpcFrameTrail *self, const QxlRect *box, int64_t now_us)
{
  SpcTrailFrame *frame = &self->frames[self->last];
  QxlRect *end;

  if (frame->n == 0 || now_us - frame->time_us >= SAME_FRAME_US) {
    self->last = (self->last + 1) % SPC_TRAIL_FRAMES;
    frame = &self->frames[self->last];
    frame->n = 0;
    frame->time_us = now_us;
  }
  if (frame->n < SPC_TRAIL_BOXES) {
    frame->boxes[frame->n++] = *box;
    return;
  }
  end = &frame->boxes[SPC_TRAIL_BOXES - 1];
  *end = qxl_rect_union (end, box);
}

static int64_t
area_of (const QxlRect *rect)
{
  return qxl_rect_is_empty (rect)
             ? 0
             : (int64_t)qxl_rect_width (rect) * qxl_rect_height (rect);
}

/* the @back th frame before the newest one */
static const SpcTrailFrame *
frame_at (const SpcFrameTrail *self, guint back)
{
  return &self->frames[(self->last + SPC_TRAIL_FRAMES - back) %
                       SPC_TRAIL_FRAMES];
}

static QxlRect
hull_of (const SpcTrailFrame *frame, const QxlRect *area)
{
  QxlRect hull = {0};

  for (guint i = 0; i < frame->n; i++)
    if (qxl_rect_intersects (&frame->boxes[i], area))
      hull = qxl_rect_union (&hull, &frame->boxes[i]);
  return hull;
}

QxlRect
spc_frame_trail_hull (const SpcFrameTrail *self, const QxlRect *area,
                      int64_t since_us)
{
  QxlRect hull = {0};

  for (guint back = 0; back < SPC_TRAIL_FRAMES; back++) {
    const SpcTrailFrame *frame = frame_at (self, back);
    QxlRect drawn;

    if (frame->n == 0 || frame->time_us < since_us)
      break;
    drawn = hull_of (frame, area);
    hull = qxl_rect_union (&hull, &drawn);
  }
  return hull;
}

/* Newest first: where the last frames that drew in @area did so. */
static guint
collect (const SpcFrameTrail *self, const QxlRect *area, QxlRect *hulls,
         guint max)
{
  guint n = 0;

  for (guint back = 0; back < SPC_TRAIL_FRAMES && n < max; back++) {
    QxlRect hull = hull_of (frame_at (self, back), area);

    if (!qxl_rect_is_empty (&hull))
      hulls[n++] = hull;
  }
  return n;
}

/* How far two opposite edges have gone the same way; 0: they have not. A frame
 * of a window that is dragged holds its last place, too, so the edge in front
 * tells, unless it was another thing that was drawn beside it. */
static int32_t
way_of (int32_t low, int32_t high)
{
  bool is_on = low > 0 && high > 0, is_back = low < 0 && high < 0;

  if (!is_on && !is_back)
    return 0;
  if (ABS (low - high) > MAX_HASTE)
    return ABS (low) < ABS (high) ? low : high;
  return is_on ? high : low;
}

/* Both ways its edges have gone together, or as good as not. */
static void
compare (const QxlRect *from, const QxlRect *to, SpcTrailStep *step)
{
  int32_t left = to->left - from->left, right = to->right - from->right;
  int32_t top = to->top - from->top, bottom = to->bottom - from->bottom;
  QxlRect common = qxl_rect_intersect (from, to);

  *step = (SpcTrailStep){.from = *from, .to = *to};
  if (ABS (left - right) > MAX_GROWTH || ABS (top - bottom) > MAX_GROWTH ||
      2 * area_of (&common) < area_of (from))
    return;
  step->dx = way_of (left, right);
  step->dy = way_of (top, bottom);
}

guint
spc_frame_trail_steps (const SpcFrameTrail *self, const QxlRect *area,
                       SpcTrailStep steps[2])
{
  QxlRect hulls[3];
  guint n = collect (self, area, hulls, 3);

  for (guint i = 0; i + 1 < n; i++)
    compare (&hulls[i + 1], &hulls[i], &steps[i]);
  return n > 0 ? n - 1 : 0;
}

bool
spc_trail_steps_are_steady (const SpcTrailStep steps[2])
{
  const SpcTrailStep *last = &steps[0], *before = &steps[1];

  return (last->dx != 0 || last->dy != 0) &&
         (before->dx != 0 || before->dy != 0) &&
         ABS (last->dx - before->dx) <= MAX_HASTE &&
         ABS (last->dy - before->dy) <= MAX_HASTE;
}

static bool
is_same_way (int32_t a, int32_t b)
{
  return (a > 0 && b > 0) || (a < 0 && b < 0);
}

bool
spc_frame_trail_drifts (const SpcFrameTrail *self, const QxlRect *area)
{
  SpcTrailStep steps[2];

  return spc_frame_trail_steps (self, area, steps) == 2 &&
         (is_same_way (steps[0].dx, steps[1].dx) ||
          is_same_way (steps[0].dy, steps[1].dy));
}
