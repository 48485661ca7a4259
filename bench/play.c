/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "play.h"

#include <glib-unix.h>
#include <signal.h>

static gboolean
on_start (gpointer user_data)
{
  ((BenchPlay *)user_data)->runs = TRUE;
  return G_SOURCE_CONTINUE;
}

void
bench_play_init (BenchPlay *self, guint32 length)
{
  *self = (BenchPlay){.length = length, .runs = length == 0};
  g_unix_signal_add (SIGUSR2, on_start, self);
}

guint32
bench_play_take_frame (BenchPlay *self)
{
  if (!self->runs)
    return 0;
  if (self->length == 0 || self->next < self->length)
    return self->next++;
  self->ended = TRUE;
  return self->length - 1;
}

guint64
bench_play_take_stamp (BenchPlay *self)
{
  if (!self->ended)
    self->last_stamp = (guint64)g_get_monotonic_time ();
  return self->last_stamp;
}
