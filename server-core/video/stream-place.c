/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* It changes when, within a second, two frames or more have drawn as many
 * pixels as half of it: a cartoon that moves here and there does, but not a
 * clock or a spinner in a picture that stands still, nor slides. */
#include "stream-place.h"

#include "heat-map.h"

/* What comes within this is one frame. */
#define SAME_FRAME_US 6000
/* parts of a region: less is no frame of it */
#define FRAME_PART 64
#define CHANGE_PART 2
/* Frames over a side, each so soon after the other, that make it grow: more
 * than the heat map needs to see what changes farther out, so that it is one
 * step.
 */
#define OVER_FRAMES 6
#define OVER_GAP_US 400000
/* part of a side that they must reach along */
#define OVER_PART 8
/* A window of evidence has so many frames, and grows up to this. */
#define WINDOW_FRAMES 8
#define MAX_WINDOW_US (16 * G_USEC_PER_SEC)
/* A window that is dragged is not measured meanwhile. */
#define AFTER_MOVE_US 500000

static uint64_t
area_of (const QxlRect *rect)
{
  return qxl_rect_is_empty (rect) ? 0
                                  : (uint64_t)qxl_rect_width (rect) *
                                        (uint64_t)qxl_rect_height (rect);
}

static void
begin_window (SpcStreamPlace *self, int64_t now_us)
{
  self->window.start_us = now_us;
  self->window.n_frames = 0;
  self->window.hull = (QxlRect){0};
}

void
spc_stream_place_init (SpcStreamPlace *self, uint32_t id, const QxlRect *exact,
                       uint32_t period_us, int64_t shrink_us, int64_t now_us)
{
  *self = (SpcStreamPlace){.id = id,
                           .exact = *exact,
                           .changed_us = now_us,
                           .period_us = period_us,
                           .is_active = true,
                           .second = {.start_us = now_us},
                           .counted_us = now_us,
                           .window = {.length_us = shrink_us},
                           .moved_us = now_us - AFTER_MOVE_US};
  begin_window (self, now_us);
}

static void
count_frame (SpcStreamPlace *self, int64_t now_us)
{
  int64_t since_us = now_us - self->counted_us;

  self->frame.is_counted = true;
  self->second.n_frames++;
  self->window.n_frames++;
  self->counted_us = now_us;
  if (since_us >= SAME_FRAME_US && since_us < G_USEC_PER_SEC)
    self->period_us = (uint32_t)((self->period_us * 7 + since_us) / 8);
}

static void
count_pixels (SpcStreamPlace *self, uint64_t pixels, int64_t now_us)
{
  uint64_t all = area_of (&self->exact);

  if (now_us - self->frame.start_us >= SAME_FRAME_US) {
    self->frame.start_us = now_us;
    self->frame.pixels = 0;
    self->frame.is_counted = false;
  }
  if (now_us - self->second.start_us >= G_USEC_PER_SEC) {
    self->second.start_us = now_us;
    self->second.pixels = 0;
    self->second.n_frames = 0;
  }
  self->frame.pixels += pixels;
  self->second.pixels += pixels;
  if (!self->frame.is_counted && self->frame.pixels * FRAME_PART >= all)
    count_frame (self, now_us);
  if (self->second.n_frames >= 2 && self->second.pixels * CHANGE_PART >= all)
    self->changed_us = now_us;
}

static void
note_over (SpcStreamPlace *self, SpcSide side, int32_t by, int32_t along,
           int64_t now_us)
{
  bool is_flat = side == SPC_SIDE_TOP || side == SPC_SIDE_BOTTOM;
  int32_t length =
      is_flat ? qxl_rect_width (&self->exact) : qxl_rect_height (&self->exact);
  SpcSideOver *over = &self->over[side];

  /* more is seen by the heat map */
  if (by <= 0 || by >= SPC_HEAT_TILE || along * OVER_PART < length)
    return;
  if (over->n == 0 || now_us - over->last_us > OVER_GAP_US)
    *over = (SpcSideOver){0};
  else if (now_us - over->last_us < SAME_FRAME_US)
    over->n--;
  over->n++;
  over->by = MAX (over->by, by);
  over->last_us = now_us;
}

void
spc_stream_place_draw (SpcStreamPlace *self, const QxlRect *box, int64_t now_us)
{
  const QxlRect *exact = &self->exact;
  QxlRect common = qxl_rect_intersect (box, exact);
  int32_t across, down;

  if (qxl_rect_is_empty (&common))
    return;
  across = qxl_rect_width (&common);
  down = qxl_rect_height (&common);
  self->window.hull = qxl_rect_union (&self->window.hull, &common);
  count_pixels (self, area_of (&common), now_us);
  note_over (self, SPC_SIDE_LEFT, exact->left - box->left, down, now_us);
  note_over (self, SPC_SIDE_TOP, exact->top - box->top, across, now_us);
  note_over (self, SPC_SIDE_RIGHT, box->right - exact->right, down, now_us);
  note_over (self, SPC_SIDE_BOTTOM, box->bottom - exact->bottom, across,
             now_us);
}

void
spc_stream_place_put (SpcStreamPlace *self, const QxlRect *exact,
                      int64_t now_us)
{
  self->exact = *exact;
  self->moved_us = now_us;
  for (guint i = 0; i < SPC_N_SIDES; i++)
    self->over[i] = (SpcSideOver){0};
  begin_window (self, now_us);
}

bool
spc_stream_place_is_moving (const SpcStreamPlace *self, int64_t now_us)
{
  return now_us - self->moved_us < AFTER_MOVE_US;
}

bool
spc_stream_place_overflows (const SpcStreamPlace *self, QxlRect *exact,
                            int64_t now_us)
{
  int32_t by[SPC_N_SIDES] = {0};
  bool is_any = false;

  for (guint i = 0; i < SPC_N_SIDES; i++)
    if (self->over[i].n >= OVER_FRAMES) {
      by[i] = self->over[i].by;
      is_any = true;
    }
  *exact = QXL_RECT (self->exact.left - by[SPC_SIDE_LEFT],
                     self->exact.top - by[SPC_SIDE_TOP],
                     self->exact.right + by[SPC_SIDE_RIGHT],
                     self->exact.bottom + by[SPC_SIDE_BOTTOM]);
  return is_any;
}

void
spc_stream_place_grow (SpcStreamPlace *self, const QxlRect *exact,
                       int64_t now_us)
{
  /* it shrank too early: what is still for so long comes back */
  if (self->window.has_cut)
    self->window.length_us = MIN (self->window.length_us * 2, MAX_WINDOW_US);
  self->window.has_cut = false;
  self->exact = *exact;
  for (guint i = 0; i < SPC_N_SIDES; i++)
    self->over[i] = (SpcSideOver){0};
  begin_window (self, now_us);
}

bool
spc_stream_place_can_shrink (const SpcStreamPlace *self, int64_t now_us)
{
  return now_us - self->window.start_us >= self->window.length_us &&
         self->window.n_frames >= WINDOW_FRAMES;
}

void
spc_stream_place_shrink (SpcStreamPlace *self, const QxlRect *exact,
                         int64_t now_us)
{
  self->window.has_cut |= !qxl_rect_equal (&self->exact, exact);
  self->exact = *exact;
  begin_window (self, now_us);
}
