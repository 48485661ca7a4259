/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "line-rate.h"

#define MAX_PINGS 3u
/* beyond 200 Mbit/s: it matters to nobody how much */
#define FAST_US 10000u
/* under 20 Mbit/s: what a late acknowledgement adds changes little */
#define SLOW_US 100000u

bool
spc_line_rate_take (SpcLineRate *self, guint32 round_trip_us,
                    guint32 latency_us)
{
  guint32 took_us = round_trip_us > latency_us ? round_trip_us - latency_us
                                               : MAX (round_trip_us, 1);

  self->n_pings++;
  self->bps = MAX (self->bps, (guint64)SPC_LINE_RATE_PING_BYTES * 8 *
                                  G_USEC_PER_SEC / took_us);
  return self->n_pings < MAX_PINGS && took_us > FAST_US && took_us < SLOW_US;
}
