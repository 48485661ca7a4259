/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-trail.h"

/* What comes within this is one frame. */
#define SAME_FRAME_US 6000
/* pixels: what moves less from frame to frame stands still */
#define DRIFT 2
/* frames that are compared for drifting */
#define DRIFT_FRAMES 3

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

/* -1, 0 or 1: which way both edges went */
static int
way_of (int32_t edge, int32_t next_edge, int32_t other, int32_t next_other)
{
  if (next_edge - edge >= DRIFT && next_other - other >= DRIFT)
    return 1;
  return edge - next_edge >= DRIFT && other - next_other >= DRIFT ? -1 : 0;
}

static bool
went_on (const QxlRect *hulls)
{
  int across = 0, down = 0;

  for (guint i = 0; i + 1 < DRIFT_FRAMES; i++) {
    const QxlRect *from = &hulls[i + 1], *to = &hulls[i];

    across += way_of (from->left, to->left, from->right, to->right);
    down += way_of (from->top, to->top, from->bottom, to->bottom);
  }
  return ABS (across) == DRIFT_FRAMES - 1 || ABS (down) == DRIFT_FRAMES - 1;
}

bool
spc_frame_trail_drifts (const SpcFrameTrail *self, const QxlRect *area)
{
  QxlRect hulls[DRIFT_FRAMES];
  guint n = 0;

  for (guint back = 0; back < SPC_TRAIL_FRAMES && n < DRIFT_FRAMES; back++) {
    QxlRect hull = hull_of (frame_at (self, back), area);

    if (!qxl_rect_is_empty (&hull))
      hulls[n++] = hull;
  }
  return n == DRIFT_FRAMES && went_on (hulls);
}
