/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-times.h"

#include <stdlib.h>
#include <time.h>

double
bench_cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

BenchSpeed
bench_speed (double *seconds, size_t n_runs, double raw_bytes)
{
  double megabytes = raw_bytes * 1e-6;

  qsort (seconds, n_runs, sizeof seconds[0], compare_doubles);
  return (BenchSpeed){
      .median = megabytes / seconds[n_runs / 2],
      .slow = megabytes / seconds[n_runs * 3 / 4],
      .fast = megabytes / seconds[n_runs / 4],
  };
}
