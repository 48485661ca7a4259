/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-clock.h"

typedef struct {
  GSource source;
  gint64 started_us;
  gint64 fps;
} FrameClock;

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  FrameClock *clock = (FrameClock *)source;
  gint64 elapsed_us = g_get_monotonic_time () - clock->started_us;
  gint64 next = elapsed_us * clock->fps / G_USEC_PER_SEC + 1;
  g_source_set_ready_time (source, clock->started_us +
                                       next * G_USEC_PER_SEC / clock->fps);
  return func (user_data);
}

static GSourceFuncs funcs = {.dispatch = dispatch};

void
bench_frame_clock_start (int fps, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_source_new (&funcs, sizeof (FrameClock));
  FrameClock *clock = (FrameClock *)source;
  clock->started_us = g_get_monotonic_time ();
  clock->fps = fps;
  g_source_set_callback (source, func, user_data, NULL);
  g_source_set_ready_time (source, 0);
  g_source_attach (source, NULL);
  g_source_unref (source);
}
