/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "costs.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

double
bench_thread_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
seconds_of (struct timeval time)
{
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void
bench_costs_print (const BenchCosts *self, const char *more)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  double user = seconds_of (usage.ru_utime);
  double kernel = seconds_of (usage.ru_stime);
  gint64 wall_us = g_get_monotonic_time () - self->started_us;
  printf ("{\"server\":\"%s\",\"scene\":\"%s\",\"width\":%d,\"height\":%d,"
          "\"fps\":%d,\"cpu_seconds\":%.6f,\"user_seconds\":%.6f,"
          "\"system_seconds\":%.6f,\"render_seconds\":%.6f,"
          "\"wall_seconds\":%.6f,\"max_rss_kib\":%ld,"
          "\"frame_bytes\":%" G_GSIZE_FORMAT "%s%s}\n",
          self->server, self->scene, self->width, self->height, self->fps,
          user + kernel, user, kernel, self->render_seconds,
          (double)wall_us / G_USEC_PER_SEC, usage.ru_maxrss, self->frame_bytes,
          more ? "," : "", more ? more : "");
  fflush (stdout);
}
