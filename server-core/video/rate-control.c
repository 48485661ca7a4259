/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-control.h"

#include <glib.h>
#include <math.h>

/* Between what a network test would say of most links and what a film of 720
 * lines needs; rates of links that are not like it are found within seconds. */
#define DEFAULT_START_BPS 8000000u
#define DEFAULT_MIN_BPS 128000u
#define DEFAULT_MAX_BPS 1000000000u

/* A queue that is tolerated: jitter, and the time the link takes for the frame
 * itself. Growing ends at a part of it. */
#define JITTER_US 35000
#define MAX_FRAME_US 100000
#define FRAME_TIME_PART 0.8 /* the shortest way had a frame, too */
#define GROW_PART 0.5
/* ways with more than that, until it is believed; one with twice that is */
#define LONG_WAYS 2

/* Growth: not more often than that, and what becomes of the rate in a second,
 * near the ceiling and elsewhere. */
#define GROW_INTERVAL_US 100000
#define MAX_GROW_S 0.25
#define NEAR_GAIN 1.22
#define FAR_GAIN 3.0
#define NEAR_BELOW 0.85
#define NEAR_ABOVE 1.15
/* What is not used says nothing of the link. A rate class may be a third below
 * the rate, and what comes in a quiet scene less than that. */
#define USED_PART 0.58

/* A cut: below what arrives, more so with a long queue, which is to be gone
 * within a second or so; but nothing is known well enough for less than a
 * part of the rate. */
#define CUT_PART 0.85
#define LONG_CUT_PART 0.3
#define LONG_QUEUE_US 500000
#define LEAST_CUT_PART 0.35
/* after it, beyond the time until its effect can be seen */
#define HOLD_US 150000
#define MAX_HOLD_US 1500000
/* what becomes of a queue after a cut: else it is as it was */
#define SHRINKING 0.85
#define GROWING 1.2
/* cuts without effect: then the way is longer, and there is no queue */
#define VAIN_CUTS 3

/* Left out are frames that would wait for longer than that; and those that
 * would be under way besides so much time of the rate and part of a frame: they
 * would be stuck if the link became slow. */
#define MAX_WAIT_US 250000
#define FRAMES_UNDER_WAY 0.5
/* of what arrives of late, though not less than what classes use of the rate */
#define ARRIVING_PART 1.25
#define UNDER_WAY_S 0.06

#define FRAME_PART 0.2

void
spc_rate_control_init (SpcRateControl *self, const SpcRateLimits *limits)
{
  SpcRateLimits l = *limits;

  l.min_bps = l.min_bps > 0 ? l.min_bps : DEFAULT_MIN_BPS;
  l.max_bps = l.max_bps > 0 ? l.max_bps : DEFAULT_MAX_BPS;
  l.max_bps = MAX (l.max_bps, l.min_bps);
  l.start_bps = CLAMP (l.start_bps > 0 ? l.start_bps : DEFAULT_START_BPS,
                       l.min_bps, l.max_bps);
  *self = (SpcRateControl){.limits = l, .target_bps = l.start_bps};
  spc_playback_margin_init (&self->margin);
}

static void
set_target (SpcRateControl *self, double bps)
{
  self->target_bps = CLAMP (bps, self->limits.min_bps, self->limits.max_bps);
}

static int64_t
tolerated_us (const SpcRateControl *self, double arriving_bps)
{
  double bps = arriving_bps > 0 ? arriving_bps : self->target_bps;
  double frame_us = FRAME_TIME_PART * self->frame_bytes * 8e6 / bps;

  return JITTER_US + (int64_t)MIN (frame_us, MAX_FRAME_US);
}

static int64_t
queue_us (const SpcRateControl *self, int64_t now_us)
{
  return spc_rate_path_queue_us (&self->path, now_us) + self->waited_us;
}

/* cuts */

/* the effect of the last cut may be seen */
static bool
may_cut (const SpcRateControl *self, int64_t now_us)
{
  int64_t way_us = spc_rate_path_shortest_us (&self->path) + self->cut_queue_us;

  return self->cut_us == 0 ||
         now_us - self->cut_us > MIN (way_us + HOLD_US, MAX_HOLD_US);
}

static void
cut_to (SpcRateControl *self, int64_t now_us, int64_t queue, double bps)
{
  if (bps < self->target_bps * LEAST_CUT_PART) {
    bps = self->target_bps * LEAST_CUT_PART;
    self->n_vain = 0; /* not yet below what arrives */
  }
  set_target (self, MIN (bps, self->target_bps));
  self->cut_us = now_us;
  self->cut_queue_us = queue;
}

static void
cut (SpcRateControl *self, int64_t now_us, int64_t queue, double arriving_bps)
{
  double over = (double)(queue - tolerated_us (self, arriving_bps));
  double part = CUT_PART - LONG_CUT_PART * CLAMP (over / LONG_QUEUE_US, 0, 1);
  double known_bps = arriving_bps > 0 ? arriving_bps : self->target_bps;

  self->ceiling_bps = known_bps;
  cut_to (self, now_us, queue, MIN (self->target_bps, known_bps) * part);
}

/* the way is longer than it was: the rate is worth a try */
static void
begin_anew (SpcRateControl *self, int64_t now_us)
{
  spc_rate_path_begin_anew (&self->path, now_us);
  set_target (self, MAX (self->target_bps, self->ceiling_bps));
  self->n_vain = self->n_long = 0;
}

/* What arrives while a queue grows or shrinks is what the link carries, so no
 * more than that is asked at any time. When it does neither, less is asked
 * again, but not before the effect of the last cut could be seen. */
static void
note_long_queue (SpcRateControl *self, int64_t now_us, int64_t queue,
                 double arriving_bps)
{
  double change = (double)queue / (double)MAX (self->cut_queue_us, 1);
  bool is_steady = change > SHRINKING && change < GROWING;

  if (now_us - self->cut_us < HOLD_US)
    return;
  if (self->cut_queue_us > 0 && arriving_bps > 0 && !is_steady) {
    self->n_vain = 0;
    self->ceiling_bps = arriving_bps;
    cut_to (self, now_us, queue, arriving_bps * CUT_PART);
    return;
  }
  if (!may_cut (self, now_us))
    return;
  self->n_vain += self->cut_queue_us > 0;
  if (self->n_vain >= VAIN_CUTS)
    begin_anew (self, now_us);
  else
    cut (self, now_us, queue, arriving_bps);
}

/* growth */

static double
find_gain (const SpcRateControl *self)
{
  if (self->ceiling_bps > 0 &&
      self->target_bps > self->ceiling_bps * NEAR_BELOW)
    return NEAR_GAIN;
  return FAR_GAIN;
}

static void
grow (SpcRateControl *self, int64_t now_us, double room)
{
  int64_t interval_us =
      MAX (GROW_INTERVAL_US, spc_rate_path_shortest_us (&self->path) / 2);
  double passed_s = (double)(now_us - self->grown_us) * 1e-6;

  if (now_us - self->grown_us < interval_us)
    return;
  self->grown_us = now_us;
  passed_s = MIN (passed_s, MAX_GROW_S);
  set_target (self, self->target_bps * pow (find_gain (self), room * passed_s));
  if (self->target_bps > self->ceiling_bps * NEAR_ABOVE)
    self->ceiling_bps = 0;
}

static void
note_short_queue (SpcRateControl *self, int64_t now_us, int64_t queue,
                  double arriving_bps)
{
  double most_us = GROW_PART * (double)tolerated_us (self, arriving_bps);
  double room = 1 - (double)queue / most_us;

  self->n_long = self->n_vain = 0;
  self->cut_queue_us = 0;
  if (room > 0 && arriving_bps > USED_PART * self->target_bps &&
      may_cut (self, now_us))
    grow (self, now_us, room);
}

/* what happens */

bool
spc_rate_control_note_sent (SpcRateControl *self, int64_t now_us,
                            const SpcRateFrame *frame)
{
  bool needs_ping = spc_rate_path_note_sent (&self->path, now_us, frame->bytes);

  if (self->frame_bytes <= 0)
    self->frame_bytes = frame->bytes;
  self->frame_bytes += FRAME_PART * (frame->bytes - self->frame_bytes);
  self->waited_us = MAX (now_us - frame->queued_us, 0);
  spc_playback_margin_note_sent (&self->margin, now_us,
                                 MAX (now_us - frame->time_us, 0),
                                 spc_rate_path_queue_us (&self->path, now_us));
  return needs_ping;
}

void
spc_rate_control_note_pong (SpcRateControl *self, int64_t now_us,
                            int64_t round_trip_us)
{
  double arriving_bps;
  int64_t queue, tolerated;

  spc_rate_path_note_pong (&self->path, now_us, round_trip_us);
  arriving_bps = spc_rate_path_arriving_bps (&self->path, now_us);
  queue = queue_us (self, now_us);
  tolerated = tolerated_us (self, arriving_bps);
  if (queue <= tolerated)
    note_short_queue (self, now_us, queue, arriving_bps);
  else if (++self->n_long >= LONG_WAYS || queue > 2 * tolerated)
    note_long_queue (self, now_us, queue, arriving_bps);
}

void
spc_rate_control_note_dropped (SpcRateControl *self, int64_t now_us)
{
  double arriving_bps = spc_rate_path_arriving_bps (&self->path, now_us);

  if (may_cut (self, now_us))
    cut (self, now_us, queue_us (self, now_us), arriving_bps);
}

void
spc_rate_control_note_report (SpcRateControl *self, int64_t now_us,
                              uint32_t n_frames, uint32_t n_drops,
                              uint32_t last_stamp_ms, int32_t last_delay_ms)
{
  if (n_frames == 0 && n_drops == 0)
    return;
  spc_playback_margin_note_report (&self->margin, now_us, n_drops,
                                   last_stamp_ms, last_delay_ms);
}

/* asking */

uint32_t
spc_rate_control_target_bps (const SpcRateControl *self)
{
  return (uint32_t)self->target_bps;
}

/* bytes; what the way holds */
static double
find_most_under_way (const SpcRateControl *self, int64_t now_us)
{
  double shortest_s = (double)spc_rate_path_shortest_us (&self->path) * 1e-6;
  double bps = spc_rate_path_arriving_bps (&self->path, now_us) * ARRIVING_PART;

  bps = CLAMP (bps, self->target_bps * USED_PART, self->target_bps);
  return bps / 8 * (shortest_s + UNDER_WAY_S) +
         FRAMES_UNDER_WAY * self->frame_bytes;
}

bool
spc_rate_control_may_send (const SpcRateControl *self, int64_t now_us)
{
  if (!spc_rate_path_is_waiting (&self->path, now_us))
    return true;
  if (spc_rate_path_queue_us (&self->path, now_us) > MAX_WAIT_US)
    return false;
  return (double)spc_rate_path_under_way (&self->path) <
         find_most_under_way (self, now_us);
}

void
spc_rate_control_note_clock (SpcRateControl *self)
{
  spc_playback_margin_init (&self->margin);
}

void
spc_rate_control_forget_lateness (SpcRateControl *self)
{
  spc_playback_margin_forget (&self->margin);
}

uint32_t
spc_rate_control_stamp (SpcRateControl *self, uint32_t time_ms)
{
  return spc_playback_margin_stamp (&self->margin, time_ms);
}

int32_t
spc_rate_control_margin_ms (const SpcRateControl *self)
{
  return spc_playback_margin_ms (&self->margin);
}
