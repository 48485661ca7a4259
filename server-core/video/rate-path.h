/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-path.h – what pings tell of the way to a viewer.
 *
 * How many bytes arrived by when, how long the shortest way there and back is,
 * and how much longer what was sent last takes. A ping that is overdue counts
 * by its age already. Pure: times are monotonic µs; one thread at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SPC_RATE_PINGS = 6, SPC_RATE_ARRIVALS = 16 };

/* bytes sent, or arrived, by a time, since the beginning */
typedef struct {
  int64_t time_us;
  uint64_t bytes;
} SpcRateMark;

typedef struct {
  uint64_t sent_bytes;
  SpcRateMark pings[SPC_RATE_PINGS]; /* unanswered, the oldest first */
  unsigned n_pings;
  int64_t pinged_us;                       /* the last one */
  SpcRateMark arrivals[SPC_RATE_ARRIVALS]; /* the oldest first */
  unsigned n_arrivals;
  /* shortest ways of this period and the one before; 0: none */
  int64_t shortest_us[2];
  int64_t period_us; /* when this one began */
  int64_t way_us;    /* the last one; 0: none yet */
} SpcRatePath;

/* what happens */
/* true: a ping is to follow */
bool spc_rate_path_note_sent (SpcRatePath *self, int64_t now_us,
                              uint32_t bytes);
void spc_rate_path_note_pong (SpcRatePath *self, int64_t now_us,
                              int64_t round_trip_us);
/* the last way was the shortest: there is no queue */
void spc_rate_path_begin_anew (SpcRatePath *self, int64_t now_us);

/* asking */
/* for the answer to a ping that was not lost */
bool spc_rate_path_is_waiting (const SpcRatePath *self, int64_t now_us);
/* the shortest way there and back; 0: not known yet */
int64_t spc_rate_path_shortest_us (const SpcRatePath *self);
/* what the last way took beyond */
int64_t spc_rate_path_queue_us (const SpcRatePath *self, int64_t now_us);
/* what arrives of late; 0: not known */
double spc_rate_path_arriving_bps (const SpcRatePath *self, int64_t now_us);
/* sent, and not known to have arrived */
uint64_t spc_rate_path_under_way (const SpcRatePath *self);
