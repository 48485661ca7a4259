/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-times.h – what benches of encoders share: how long runs took.
 *
 * Thread CPU time, so that what else the machine does counts less; the median
 * and the middle half of the runs, so that what is left of it does not. */
#pragma once

#include <stddef.h>

/* of the calling thread */
double bench_cpu_seconds (void);

/* 10^6 bytes a second */
typedef struct {
  double median;
  double slow, fast; /* a quarter of the runs were slower, a quarter faster */
} BenchSpeed;

/* what @raw_bytes in each of @n_runs runs come to; sorts @seconds */
BenchSpeed bench_speed (double *seconds, size_t n_runs, double raw_bytes);
