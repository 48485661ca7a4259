/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line-rate.h – how fast a viewer's line is, by what long pings take.
 *
 * A ping that takes longer than an empty one tells the rate; one that takes no
 * longer, at least how much came in all of its time. On fast lines one alone is
 * not to be trusted: a receiver that waits with its acknowledgement,
 * 40 ms by custom, makes a gigabit look like 50 Mbit/s; then another ping is
 * asked for, and the fastest counts. Slow lines are measured once: more would
 * be in the way. Pure, told numbers. Plain data. Threads: any, one at a time.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* bytes of a long ping (spec: ping) */
#define SPC_LINE_RATE_PING_BYTES 256000u

typedef struct {
  guint n_pings;
  guint64 bps; /* bits a second; 0: not measured */
} SpcLineRate;

/* The pong of a long ping came @round_trip_us after it, that of an empty one
 * @latency_us. Returns: true: send another one */
bool spc_line_rate_take (SpcLineRate *self, guint32 round_trip_us,
                         guint32 latency_us);
