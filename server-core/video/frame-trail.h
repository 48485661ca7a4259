/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame-trail.h – where the last few frames were drawn.
 *
 * A frame is what comes in one moment, in one box or many; boxes beyond a bound
 * are taken together. Plain data; one thread. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

#define SPC_TRAIL_FRAMES 16
#define SPC_TRAIL_BOXES 64 /* of a frame */

typedef struct {
  int64_t time_us; /* of its first box; 0: none */
  guint n;
  QxlRect boxes[SPC_TRAIL_BOXES];
} SpcTrailFrame;

typedef struct {
  guint last; /* the newest */
  SpcTrailFrame frames[SPC_TRAIL_FRAMES];
} SpcFrameTrail;

/* Zeroed memory is an empty one. */
void spc_frame_trail_add (SpcFrameTrail *self, const QxlRect *box,
                          int64_t now_us);
/* of the newest frame; 0: none */
static inline int64_t
spc_frame_trail_time (const SpcFrameTrail *self)
{
  return self->frames[self->last].time_us;
}
/* Around what frames since @since_us have drawn in boxes that meet @area; empty
 * if nothing. The boxes may reach out of it. */
QxlRect spc_frame_trail_hull (const SpcFrameTrail *self, const QxlRect *area,
                              int64_t since_us);
/* how a frame has moved against the one before */
typedef struct {
  QxlRect from, to; /* hulls of both */
  int32_t dx, dy;   /* both 0: it has not, or it is not the same any more */
} SpcTrailStep;
/* Of the last frames that drew in @area, the newest step first; returns how
 * many. */
guint spc_frame_trail_steps (const SpcFrameTrail *self, const QxlRect *area,
                             SpcTrailStep steps[2]);
/* both go the same way, as quickly */
bool spc_trail_steps_are_steady (const SpcTrailStep steps[2]);
/* What was drawn near @area went the same way from each of the last three
 * frames there to the next: a window is being dragged. */
bool spc_frame_trail_drifts (const SpcFrameTrail *self, const QxlRect *area);
