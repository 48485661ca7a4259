/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* play.h – which frame of its scene a feeder shows, and with which stamp.
 *
 * An endless scene runs from the start. One that has an end holds its first
 * frame until SIGUSR2 comes, runs once, and holds its last frame and its stamp,
 * so that a measurement has all of it and nothing else. It can tell when each
 * of the latest 4096 frames was handed over first. Threads: the main loop's. */
#pragma once

#include <glib.h>

typedef struct {
  guint32 frame;
  gint64 first_us; /* monotonic */
} BenchShown;

typedef struct {
  guint32 length; /* frames, 0: endless */
  gboolean runs;
  guint32 next;
  gboolean ended;
  guint64 last_stamp;
  GArray *shown; /* BenchShown; NULL: nothing is told */
} BenchPlay;

void bench_play_init (BenchPlay *self, guint32 length); /* listens to SIGUSR2 */
guint32 bench_play_take_frame (BenchPlay *self); /* once each frame's time */
guint64 bench_play_take_stamp (BenchPlay *self); /* of that frame, µs */
/* when frames are handed over */
void bench_play_tell_times (BenchPlay *self); /* from now on, at most once */
void bench_play_note_frame (BenchPlay *self, guint32 frame); /* right now */
char *bench_play_times (const BenchPlay *self); /* ,"times":[[frame,µs],…] */
void bench_play_clear (BenchPlay *self);
