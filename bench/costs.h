/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* costs.h – what a feeder has cost, in the words every benchmark reads.
 *
 * Drawing a scene is no part of serving it: a feeder draws on one thread, adds
 * up that thread's CPU time while it draws, and whoever reads subtracts it. */
#pragma once

#include <glib.h>

typedef struct {
  const char *server; /* whose costs these are */
  const char *scene;
  int width, height, fps;
  gint64 started_us; /* monotonic */
  double render_seconds;
  gsize frame_bytes; /* memory of the frames that are handed over */
} BenchCosts;

double bench_thread_seconds (void); /* CPU time of the calling thread */
/* Prints a line of JSON: the process's CPU seconds and the fields above.
 * @more: further fields, "\"frames\":3", or NULL */
void bench_costs_print (const BenchCosts *self, const char *more);
