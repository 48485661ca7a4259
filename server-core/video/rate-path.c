/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-path.h"

#include <glib.h>
#include <string.h>

/* between pings: each frame of a usual film, not each of a fast one */
#define PING_INTERVAL_US 30000
/* one that is not answered for so long was lost */
#define LOST_US (5 * G_USEC_PER_SEC)

/* What arrives is measured over so long, at least and at most. Viewers answer
 * in bunches; with less than that the figure is luck. */
#define MIN_SPAN_US 120000
#define MAX_SPAN_US 500000
/* without an answer for so long, it counts as time in which nothing arrived */
#define OVERDUE_US 100000

/* the shortest way is that of one to two of these */
#define PERIOD_US (4 * G_USEC_PER_SEC)

static void
forget_pings (SpcRatePath *self, unsigned n)
{
  self->n_pings -= n;
  memmove (self->pings, self->pings + n, self->n_pings * sizeof self->pings[0]);
}

bool
spc_rate_path_note_sent (SpcRatePath *self, int64_t now_us, uint32_t bytes)
{
  self->sent_bytes += bytes;
  while (self->n_pings > 0 && now_us - self->pings[0].time_us > LOST_US)
    forget_pings (self, 1);
  if (self->n_pings == SPC_RATE_PINGS ||
      (self->n_pings > 0 && now_us - self->pinged_us < PING_INTERVAL_US))
    return false;
  self->pings[self->n_pings++] =
      (SpcRateMark){.time_us = now_us, .bytes = self->sent_bytes};
  self->pinged_us = now_us;
  return true;
}

static void
add_arrival (SpcRatePath *self, int64_t now_us, uint64_t bytes)
{
  const SpcRateMark *last = &self->arrivals[MAX (self->n_arrivals, 1) - 1];

  if (self->n_arrivals > 0 && now_us - last->time_us > 2 * MAX_SPAN_US)
    self->n_arrivals = 0;
  if (self->n_arrivals == SPC_RATE_ARRIVALS) {
    self->n_arrivals--;
    memmove (self->arrivals, self->arrivals + 1,
             self->n_arrivals * sizeof self->arrivals[0]);
  }
  self->arrivals[self->n_arrivals++] =
      (SpcRateMark){.time_us = now_us, .bytes = bytes};
}

static void
note_way (SpcRatePath *self, int64_t now_us, int64_t way_us)
{
  int64_t age_us = now_us - self->period_us;

  if (age_us >= PERIOD_US) {
    self->shortest_us[1] = age_us < 2 * PERIOD_US ? self->shortest_us[0] : 0;
    self->shortest_us[0] = 0;
    self->period_us = now_us;
  }
  if (self->shortest_us[0] == 0 || way_us < self->shortest_us[0])
    self->shortest_us[0] = way_us;
  self->way_us = way_us;
}

/* A ping is built after it was asked for: what was sent until then has arrived,
 * also if the answers to earlier ones are missing. */
void
spc_rate_path_note_pong (SpcRatePath *self, int64_t now_us,
                         int64_t round_trip_us)
{
  int64_t built_us = now_us - round_trip_us;
  unsigned n = 0;

  note_way (self, now_us, MAX (round_trip_us, 1));
  while (n < self->n_pings && self->pings[n].time_us <= built_us)
    n++;
  if (n == 0)
    return;
  add_arrival (self, now_us, self->pings[n - 1].bytes);
  forget_pings (self, n);
}

void
spc_rate_path_begin_anew (SpcRatePath *self, int64_t now_us)
{
  self->shortest_us[0] = self->way_us;
  self->shortest_us[1] = 0;
  self->period_us = now_us;
}

int64_t
spc_rate_path_shortest_us (const SpcRatePath *self)
{
  if (self->shortest_us[0] == 0 || self->shortest_us[1] == 0)
    return MAX (self->shortest_us[0], self->shortest_us[1]);
  return MIN (self->shortest_us[0], self->shortest_us[1]);
}

/* With nothing under way the queue has become shorter by what has passed. */
int64_t
spc_rate_path_queue_us (const SpcRatePath *self, int64_t now_us)
{
  int64_t way_us = self->way_us;

  if (self->n_pings > 0)
    way_us = MAX (way_us, now_us - self->pings[0].time_us);
  else if (self->n_arrivals > 0)
    way_us -= now_us - self->arrivals[self->n_arrivals - 1].time_us;
  return MAX (way_us - spc_rate_path_shortest_us (self), 0);
}

double
spc_rate_path_arriving_bps (const SpcRatePath *self, int64_t now_us)
{
  const SpcRateMark *last, *first;
  int64_t end_us, span_us;
  unsigned i = 0;

  if (self->n_arrivals < 2)
    return 0;
  last = &self->arrivals[self->n_arrivals - 1];
  while (i + 2 < self->n_arrivals &&
         last->time_us - self->arrivals[i].time_us > MAX_SPAN_US)
    i++;
  first = &self->arrivals[i];
  end_us = last->time_us;
  if (self->n_pings > 0 && now_us - self->pings[0].time_us >
                               spc_rate_path_shortest_us (self) + OVERDUE_US)
    end_us = MAX (end_us, now_us);
  span_us = end_us - first->time_us;
  if (span_us < MIN_SPAN_US)
    return 0;
  return (double)(last->bytes - first->bytes) * 8e6 / (double)span_us;
}

bool
spc_rate_path_is_waiting (const SpcRatePath *self, int64_t now_us)
{
  return self->n_pings > 0 && now_us - self->pings[0].time_us <= LOST_US;
}

uint64_t
spc_rate_path_under_way (const SpcRatePath *self)
{
  if (self->n_arrivals == 0)
    return self->sent_bytes;
  return self->sent_bytes - self->arrivals[self->n_arrivals - 1].bytes;
}
