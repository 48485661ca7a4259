/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "playback-margin.h"

#include <glib.h>

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

/* ms; clocks that are further apart are not believed */
#define MAX_DELAY_MS 2000

void
spc_playback_margin_init (SpcPlaybackMargin *self)
{
  *self = (SpcPlaybackMargin){.margin_ms = SPC_PLAYBACK_MARGIN_MS,
                              .before_ms = SPC_PLAYBACK_MARGIN_MS};
}

static void
begin_period (SpcPlaybackMargin *self, int64_t now_us)
{
  int64_t age_us = now_us - self->period_us;

  if (age_us < PERIOD_US)
    return;
  self->needed_ms[1] = age_us < 2 * PERIOD_US ? self->needed_ms[0] : 0;
  self->needed_ms[0] = 0;
  self->period_us = now_us;
}

static void
follow (SpcPlaybackMargin *self, int64_t now_us)
{
  double needed_ms = MAX (self->needed_ms[0], self->needed_ms[1]);
  double goal_ms = CLAMP (needed_ms + SAFETY_MS, SPC_MIN_PLAYBACK_MARGIN_MS,
                          SPC_MAX_PLAYBACK_MARGIN_MS);
  double over_ms = self->margin_ms - goal_ms;
  double passed_s = (double)(now_us - self->updated_us) * 1e-6;

  if (over_ms < 0) {
    self->before_ms = self->margin_ms;
    self->grown_us = now_us;
    self->margin_ms = goal_ms;
  } else if (self->updated_us > 0) {
    double shrink_ms = MAX (SHRINK_MS, SHRINK_PART * over_ms);
    self->margin_ms -= MIN (over_ms, shrink_ms * CLAMP (passed_s, 0, 1));
  }
  self->updated_us = now_us;
}

static void
note_needed (SpcPlaybackMargin *self, int64_t now_us, double needed_ms)
{
  begin_period (self, now_us);
  self->needed_ms[0] = MAX (self->needed_ms[0], needed_ms);
  follow (self, now_us);
}

void
spc_playback_margin_note_sent (SpcPlaybackMargin *self, int64_t now_us,
                               int64_t waited_us, int64_t queue_us)
{
  note_needed (self, now_us, (double)(waited_us + queue_us) * 1e-3);
}

void
spc_playback_margin_note_report (SpcPlaybackMargin *self, int64_t now_us,
                                 int64_t lag_us, uint32_t n_drops,
                                 int32_t last_delay_ms)
{
  bool is_old = now_us - lag_us < self->grown_us;
  double had_ms = is_old ? self->before_ms : self->margin_ms;
  double delay_ms = CLAMP (last_delay_ms, -MAX_DELAY_MS, MAX_DELAY_MS);
  double needed_ms = had_ms - delay_ms;

  if (n_drops > 0)
    needed_ms = MAX (needed_ms, had_ms + DROPS_MS);
  note_needed (self, now_us, needed_ms);
}

void
spc_playback_margin_forget (SpcPlaybackMargin *self)
{
  self->needed_ms[0] = 0;
  self->needed_ms[1] = 0;
}

uint32_t
spc_playback_margin_ms (const SpcPlaybackMargin *self)
{
  return (uint32_t)(self->margin_ms + 0.5);
}
