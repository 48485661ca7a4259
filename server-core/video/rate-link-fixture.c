/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-link-fixture.h"

#include "rate-class.h"

enum { STEP_US = 1000, REPORT_FRAMES = 5, ENCODE_US = 4000 };

typedef struct {
  int64_t time_us;   /* when the film had it */
  int64_t sent_us;   /* when it went into the link's queue */
  double left_bits;  /* not yet through the bottleneck */
  int64_t arrive_us; /* at the viewer */
  uint32_t stamp_ms;
  bool has_ping;
} Frame;

typedef struct {
  int64_t arrive_us; /* at the server */
  int64_t ping_us;   /* when it was sent; 0: a report */
  uint32_t n_drops;
  uint32_t stamp_ms; /* of the last frame */
  int32_t delay_ms;
} Answer;

void
rate_link_init (RateLink *self, const RateLinkTraits *traits,
                const SpcRateLimits *limits)
{
  *self = (RateLink){
      .traits = *traits,
      .now_us = G_USEC_PER_SEC,
      .next_frame_us = G_USEC_PER_SEC,
      .under_way = g_queue_new (),
      .answers = g_queue_new (),
      .random = g_rand_new_with_seed (5),
  };
  spc_rate_control_init (&self->control, limits);
}

void
rate_link_clear (RateLink *self)
{
  g_queue_free_full (self->under_way, g_free);
  g_queue_free_full (self->answers, g_free);
  g_rand_free (self->random);
}

static double
frame_bytes (RateLink *self)
{
  uint32_t bps = spc_rate_control_target_bps (&self->control);

  self->rate_class = spc_rate_class (bps, self->rate_class);
  if (self->traits.has_classes)
    bps = spc_rate_class_bps (self->rate_class);
  if (self->traits.film_bps > 0)
    bps = (uint32_t)MIN (bps, self->traits.film_bps);
  return MAX (bps / 8.0 / self->traits.fps *
                  g_rand_double_range (self->random, 0.8, 1.2),
              self->traits.floor_bytes);
}

static void
send_frame (RateLink *self, RateLinkResult *result)
{
  double bytes = frame_bytes (self);
  SpcRateFrame sent = {.bytes = (uint32_t)bytes,
                       .time_us = self->now_us - ENCODE_US,
                       .queued_us = self->now_us};
  Frame *frame = g_new0 (Frame, 1);

  frame->time_us = sent.time_us;
  frame->sent_us = self->now_us;
  frame->left_bits = bytes * 8;
  frame->stamp_ms = spc_rate_control_stamp (&self->control,
                                            (uint32_t)(frame->time_us / 1000));
  frame->has_ping =
      spc_rate_control_note_sent (&self->control, self->now_us, &sent);
  g_queue_push_tail (self->under_way, frame);
  result->sent_bps += bytes * 8;
  result->n_frames++;
}

/* the film goes on */
static void
play (RateLink *self, RateLinkResult *result)
{
  if (self->now_us < self->next_frame_us)
    return;
  self->next_frame_us += G_USEC_PER_SEC / self->traits.fps;
  if (spc_rate_control_may_send (&self->control, self->now_us))
    send_frame (self, result);
  else
    result->n_left_out++;
}

/* the bottleneck */
static void
pass_bits (RateLink *self, RateLinkResult *result)
{
  double bits = self->traits.link_bps * STEP_US * 1e-6;

  for (GList *l = self->under_way->head; l && bits > 0; l = l->next) {
    Frame *frame = l->data;
    double passed = MIN (bits, frame->left_bits);
    int64_t queue_us = self->now_us - frame->sent_us;

    if (frame->left_bits <= 0)
      continue;
    bits -= passed;
    frame->left_bits -= passed;
    if (frame->left_bits > 0)
      continue;
    frame->arrive_us = self->now_us + self->traits.way_us +
                       (int64_t)((double)self->traits.jitter_us *
                                 (g_rand_int_range (self->random, 0, 10) == 0));
    frame->arrive_us = MAX (frame->arrive_us, self->arrived_us);
    self->arrived_us = frame->arrive_us;
    result->queue_us = MAX (result->queue_us, queue_us);
    result->mean_queue_us += queue_us;
  }
}

static void
answer (RateLink *self, const Answer *answer)
{
  g_queue_push_tail (self->answers, g_memdup2 (answer, sizeof *answer));
}

/* the viewer; its clock was set by a message that took the way as well, and
 * more */
static void
take_frame (RateLink *self, Frame *frame, RateLinkResult *result)
{
  int64_t shown_us = (int64_t)frame->stamp_ms * 1000 + self->traits.way_us +
                     self->traits.clock_us;
  int64_t delay_us = shown_us - self->now_us;
  int64_t back_us = self->now_us + self->traits.way_us;

  if (frame->has_ping)
    answer (self, &(Answer){.arrive_us = back_us, .ping_us = frame->sent_us});
  if (delay_us < 0) {
    self->n_drops++;
    result->n_late++;
  }
  if (++self->n_reported < REPORT_FRAMES || self->traits.is_silent)
    return;
  answer (self, &(Answer){.arrive_us = back_us,
                          .n_drops = self->n_drops,
                          .stamp_ms = frame->stamp_ms,
                          .delay_ms = (int32_t)(delay_us / 1000)});
  self->n_reported = self->n_drops = 0;
}

static void
take_answers (RateLink *self)
{
  Answer *next;

  while ((next = g_queue_peek_head (self->answers)) != NULL &&
         next->arrive_us <= self->now_us) {
    g_queue_pop_head (self->answers);
    if (next->ping_us > 0)
      spc_rate_control_note_pong (&self->control, self->now_us,
                                  self->now_us - next->ping_us);
    else
      spc_rate_control_note_report (&self->control, self->now_us, REPORT_FRAMES,
                                    next->n_drops, next->stamp_ms,
                                    next->delay_ms);
    g_free (next);
  }
}

static void
step (RateLink *self, RateLinkResult *result)
{
  Frame *frame;

  self->now_us += STEP_US;
  pass_bits (self, result);
  while ((frame = g_queue_peek_head (self->under_way)) != NULL &&
         frame->left_bits <= 0 && frame->arrive_us <= self->now_us) {
    g_queue_pop_head (self->under_way);
    take_frame (self, frame, result);
    g_free (frame);
  }
  take_answers (self);
  play (self, result);
}

RateLinkResult
rate_link_run (RateLink *self, double seconds)
{
  int64_t end_us = self->now_us + (int64_t)(seconds * 1e6);
  RateLinkResult result = {0};

  while (self->now_us < end_us)
    step (self, &result);
  result.sent_bps /= seconds;
  result.mean_queue_us /= MAX (result.n_frames, 1);
  result.target_bps = spc_rate_control_target_bps (&self->control);
  return result;
}

double
rate_link_run_until (RateLink *self, double bps, double most)
{
  int64_t begin_us = self->now_us;
  RateLinkResult result = {0};

  while (spc_rate_control_target_bps (&self->control) < bps &&
         (double)(self->now_us - begin_us) < most * 1e6)
    step (self, &result);
  return (double)(self->now_us - begin_us) * 1e-6;
}
