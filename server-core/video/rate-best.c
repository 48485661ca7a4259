/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-best.h"

#include "rate-class.h"

#include <glib.h>

/* frames, of 25 or 30 a second: one second of them, and half a minute */
#define LEAST_NEEDED 32u
#define MOST_NEEDED 1024u
/* what a coarse frame takes back; eight of them end it */
#define COARSE_COST 4u
#define MAX_LOSS 32u

/* the rate is that of so long, and longer pauses are no part of a film */
#define MEASURE_US G_USEC_PER_SEC
#define MAX_MEASURE_US (2 * G_USEC_PER_SEC)
/* of those */
#define LEAST_PATIENCE 4u
#define MOST_PATIENCE 64u

void
spc_rate_best_init (SpcRateBest *self)
{
  *self = (SpcRateBest){.needed = LEAST_NEEDED, .patience = LEAST_PATIENCE};
}

static void
take_class (SpcRateBest *self, unsigned taken)
{
  self->has_fallen = self->taken_class > taken;
  self->taken_class = taken;
  self->n_less = self->less_class = 0;
}

static void
note_class (SpcRateBest *self, unsigned taken)
{
  if (taken > self->taken_class) {
    if (self->has_fallen)
      self->patience = MIN (self->patience * 2, MOST_PATIENCE);
    take_class (self, taken);
  } else if (taken == self->taken_class) {
    self->n_less = self->less_class = 0;
  } else {
    self->less_class = MAX (self->less_class, taken);
    if (++self->n_less >= self->patience)
      take_class (self, self->less_class);
  }
}

/* the next class above what was taken pays for it */
static void
end_measure (SpcRateBest *self, int64_t took_us)
{
  double bps = (double)self->bytes * 8 * G_USEC_PER_SEC / (double)took_us;
  unsigned below = self->taken_class > 1 ? self->taken_class - 1 : 0;

  note_class (self,
              spc_rate_class ((uint32_t)MIN (bps, UINT32_MAX), below) + 1);
}

static void
measure (SpcRateBest *self, int64_t time_us, size_t bytes)
{
  int64_t took_us = time_us - self->since_us;

  if (self->since_us != 0 && took_us < MEASURE_US) {
    self->bytes += bytes;
    return;
  }
  if (self->since_us != 0 && took_us <= MAX_MEASURE_US)
    end_measure (self, took_us);
  self->since_us = time_us;
  self->bytes = bytes;
}

void
spc_rate_best_note (SpcRateBest *self, int64_t time_us, size_t bytes,
                    bool is_finest)
{
  measure (self, time_us, bytes);
  if (is_finest)
    self->score = MIN (self->score + 1, self->needed);
  else
    self->score -= MIN (self->score, COARSE_COST);
  if (self->score == self->needed) {
    self->is_best = true;
  } else if (self->is_best && self->needed - self->score >= MAX_LOSS) {
    self->is_best = false;
    self->score = 0;
    self->needed = MIN (self->needed * 2, MOST_NEEDED);
  }
}

void
spc_rate_best_begin_anew (SpcRateBest *self)
{
  self->is_best = false;
  self->score = 0;
}

unsigned
spc_rate_best_class (const SpcRateBest *self, unsigned rate_class)
{
  if (!self->is_best)
    return 0;
  return self->taken_class != 0 ? MIN (self->taken_class, rate_class)
                                : rate_class;
}
