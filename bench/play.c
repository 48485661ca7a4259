/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "play.h"

#include <glib-unix.h>
#include <signal.h>

#define MAX_TIMES 4096 /* more than two minutes of film */

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

void
bench_play_tell_times (BenchPlay *self)
{
  self->shown = g_array_new (FALSE, FALSE, sizeof (BenchShown));
}

void
bench_play_note_frame (BenchPlay *self, guint32 frame)
{
  BenchShown shown = {frame, g_get_monotonic_time ()};
  guint n = self->shown ? self->shown->len : 0;

  if (!self->shown ||
      (n > 0 && g_array_index (self->shown, BenchShown, n - 1).frame == frame))
    return;
  if (n == MAX_TIMES)
    g_array_remove_range (self->shown, 0, MAX_TIMES / 2);
  g_array_append_val (self->shown, shown);
}

char *
bench_play_times (const BenchPlay *self)
{
  GString *text = g_string_new (self->shown ? ",\"times\":[" : NULL);

  for (guint i = 0; self->shown && i < self->shown->len; i++) {
    const BenchShown *shown = &g_array_index (self->shown, BenchShown, i);
    g_string_append_printf (text, "%s[%u,%" G_GINT64_FORMAT "]", i ? "," : "",
                            shown->frame, shown->first_us);
  }
  if (self->shown)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

void
bench_play_clear (BenchPlay *self)
{
  g_clear_pointer (&self->shown, g_array_unref);
}
