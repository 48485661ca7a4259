/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-link-fixture.h – a film over a simulated link, under rate control.
 *
 * A bottleneck of some rate with a queue without end, before a way of some
 * length; frames every so often, of about the size that the target allows. All
 * of it in simulated time. The viewer answers pings and reports each fifth
 * frame. For tests only. */
#pragma once

#include "rate-control.h"
#include <glib.h>

typedef struct {
  double link_bps;
  int64_t way_us;     /* one direction */
  int64_t jitter_us;  /* more than that, now and then */
  int64_t clock_us;   /* how much more the viewer's clock is behind */
  double film_bps;    /* most that the film needs; 0: no limit */
  double floor_bytes; /* least that a frame can become */
  uint32_t fps;
  bool has_classes; /* the encoder's rate is the target's class */
  bool is_silent;   /* the viewer sends no reports */
} RateLinkTraits;

/* what came of a stretch of time */
typedef struct {
  double sent_bps;   /* of what was sent */
  double target_bps; /* at the end */
  int64_t queue_us;  /* longest time in the queue of the link */
  int64_t mean_queue_us;
  unsigned n_frames, n_left_out, n_late;
} RateLinkResult;

typedef struct {
  RateLinkTraits traits; /* may be changed at any time */
  SpcRateControl control;
  int64_t now_us;
  /* private */
  GQueue *under_way;
  GQueue *answers;
  double link_free_us;
  int64_t next_frame_us;
  unsigned rate_class;
  uint32_t n_reported, n_drops;
  int64_t arrived_us;
  GRand *random;
} RateLink;

void rate_link_init (RateLink *self, const RateLinkTraits *traits,
                     const SpcRateLimits *limits);
void rate_link_clear (RateLink *self);
RateLinkResult rate_link_run (RateLink *self, double seconds);
/* seconds until the target is at least @bps; at most @most */
double rate_link_run_until (RateLink *self, double bps, double most);
