/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "playback-margin.h"

#include <glib.h>
#include <math.h>

/* beyond what was needed: viewers' timers, and the next frame's luck */
#define SAFETY_MS 10.0
/* for frames that came too late by an unknown time */
#define DROPS_MS 15.0

/* what was needed counts for one to two of these */
#define PERIOD_US (5 * G_USEC_PER_SEC)

/* The margin shrinks by the larger one: ms a second, and the part of what is
 * too much that goes in a second. */
#define SHRINK_MS 15.0
#define SHRINK_PART 0.2

/* What is too much soon after the clock was set, or is more than any jitter, is
 * the viewer's clock, and goes sooner, though not so fast that two frames of a
 * film of 30 a second would be shown at once. */
#define CLOCK_US (3 * G_USEC_PER_SEC)
#define CLOCK_MS 400.0
#define CLOCK_PART 2.0
#define MAX_SHRINK_MS 500.0

static void
clear_period (SpcPlaybackMargin *self, unsigned i)
{
  self->most_ms[i] = -INFINITY;
  self->least_ms[i] = self->least_wait_ms[i] = INFINITY;
}

void
spc_playback_margin_init (SpcPlaybackMargin *self)
{
  *self = (SpcPlaybackMargin){.margin_ms = SPC_PLAYBACK_MARGIN_MS};
  clear_period (self, 0);
  clear_period (self, 1);
}

static void
begin_period (SpcPlaybackMargin *self, int64_t now_us)
{
  int64_t age_us = now_us - self->period_us;

  if (age_us < PERIOD_US)
    return;
  clear_period (self, 1);
  if (age_us < 2 * PERIOD_US) {
    self->most_ms[1] = self->most_ms[0];
    self->least_ms[1] = self->least_ms[0];
    self->least_wait_ms[1] = self->least_wait_ms[0];
  }
  clear_period (self, 0);
  self->period_us = now_us;
}

/* ms a second */
static double
shrinking (SpcPlaybackMargin *self, int64_t now_us, double over_ms)
{
  double link_ms = MAX (SHRINK_MS, SHRINK_PART * over_ms);

  if (!self->has_base)
    return link_ms;
  if (over_ms > CLOCK_MS)
    self->clock_us = now_us;
  if (now_us - self->clock_us > CLOCK_US)
    return link_ms;
  return MAX (link_ms, MIN (CLOCK_PART * over_ms, MAX_SHRINK_MS));
}

static void
follow (SpcPlaybackMargin *self, int64_t now_us)
{
  double needed_ms = MAX (self->most_ms[0], self->most_ms[1]);
  double goal_ms = CLAMP (needed_ms + SAFETY_MS, SPC_MIN_PLAYBACK_MARGIN_MS,
                          SPC_MAX_PLAYBACK_MARGIN_MS);
  double over_ms = self->margin_ms - goal_ms;
  double passed_s = (double)(now_us - self->updated_us) * 1e-6;

  if (over_ms < 0)
    self->margin_ms = goal_ms;
  else if (self->updated_us > 0)
    self->margin_ms -= MIN (over_ms, shrinking (self, now_us, over_ms) *
                                         CLAMP (passed_s, 0, 1));
  self->updated_us = now_us;
}

/* What a frame needs that does not wait for others: that of the best one, but
 * for what that waited before it was under way. What was thought to be needed
 * before the first report was not by the viewer's clock. */
static void
note_base (SpcPlaybackMargin *self, int64_t now_us, double needed_ms)
{
  double wait_ms = MIN (self->least_wait_ms[0], self->least_wait_ms[1]);

  self->least_ms[0] = MIN (self->least_ms[0], needed_ms);
  self->base_ms = MIN (self->least_ms[0], self->least_ms[1]);
  if (!isinf (wait_ms))
    self->base_ms -= wait_ms;
  if (!self->has_base) {
    spc_playback_margin_forget (self);
    self->clock_us = now_us;
  }
  self->has_base = true;
}

static void
note_needed (SpcPlaybackMargin *self, int64_t now_us, double needed_ms)
{
  self->most_ms[0] = MAX (self->most_ms[0], needed_ms);
  follow (self, now_us);
}

uint32_t
spc_playback_margin_stamp (SpcPlaybackMargin *self, uint32_t time_ms)
{
  int32_t margin_ms = spc_playback_margin_ms (self);
  uint32_t stamp_ms = time_ms + (uint32_t)margin_ms;

  self->stamps[self->n_stamps++ % SPC_PLAYBACK_STAMPS] =
      (SpcPlaybackStamp){stamp_ms, margin_ms};
  return stamp_ms;
}

void
spc_playback_margin_note_sent (SpcPlaybackMargin *self, int64_t now_us,
                               int64_t waited_us, int64_t queue_us)
{
  double wait_ms = (double)(waited_us + queue_us) * 1e-3;

  begin_period (self, now_us);
  self->least_wait_ms[0] = MIN (self->least_wait_ms[0], wait_ms);
  note_needed (self, now_us, self->base_ms + wait_ms);
}

/* newest first; the present one, if the frame is not known any more */
static double
margin_of (const SpcPlaybackMargin *self, uint32_t stamp_ms)
{
  unsigned n = MIN (self->n_stamps, SPC_PLAYBACK_STAMPS);

  for (unsigned i = 1; i <= n; i++) {
    const SpcPlaybackStamp *stamp =
        &self->stamps[(self->n_stamps - i) % SPC_PLAYBACK_STAMPS];
    if (stamp->stamp_ms == stamp_ms)
      return stamp->margin_ms;
  }
  return self->margin_ms;
}

void
spc_playback_margin_note_report (SpcPlaybackMargin *self, int64_t now_us,
                                 uint32_t n_drops, uint32_t last_stamp_ms,
                                 int32_t last_delay_ms)
{
  double had_ms = margin_of (self, last_stamp_ms);
  double needed_ms = had_ms - last_delay_ms;

  begin_period (self, now_us);
  note_base (self, now_us, needed_ms);
  if (n_drops > 0)
    needed_ms = MAX (needed_ms, had_ms + DROPS_MS);
  note_needed (self, now_us, needed_ms);
}

void
spc_playback_margin_forget (SpcPlaybackMargin *self)
{
  self->most_ms[0] = self->most_ms[1] = -INFINITY;
}

int32_t
spc_playback_margin_ms (const SpcPlaybackMargin *self)
{
  return (int32_t)lrint (self->margin_ms);
}
