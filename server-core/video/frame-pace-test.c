/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-pace.h"

#include <glib.h>

/* of a source of @source_fps that jitters by a fifth of its interval */
static guint
count_taken (SpcFramePace *self, int64_t from_us, guint n_frames,
             guint source_fps, guint fps)
{
  guint n = 0;

  for (guint i = 0; i < n_frames; i++) {
    int64_t interval_us = G_USEC_PER_SEC / source_fps;
    int64_t jitter_us = i % 2 * interval_us / 5;

    n += spc_frame_pace_take (self, from_us + i * interval_us + jitter_us, fps);
  }
  return n;
}

static void
test_takes_what_is_paid_for (void)
{
  SpcFramePace pace = {0};

  g_assert_cmpuint (count_taken (&pace, G_USEC_PER_SEC, 300, 30, 30), ==, 300);
  pace = (SpcFramePace){0};
  g_assert_cmpuint (count_taken (&pace, G_USEC_PER_SEC, 300, 30, 120), ==, 300);
  for (guint fps = 1; fps < 30; fps++) {
    guint n;

    pace = (SpcFramePace){0};
    n = count_taken (&pace, G_USEC_PER_SEC, 300, 30, fps);
    g_assert_cmpuint (n, >=, fps * 9);
    g_assert_cmpuint (n, <=, fps * 10 + 2);
  }
}

/* a frame a second, then all that come */
static void
test_rate_grows (void)
{
  SpcFramePace pace = {0};
  int64_t time_us = G_USEC_PER_SEC;

  g_assert_true (spc_frame_pace_take (&pace, time_us, 1));
  g_assert_false (spc_frame_pace_take (&pace, time_us += 33333, 1));
  g_assert_true (pace.left_out);
  g_assert_true (spc_frame_pace_take (&pace, time_us += 33333, 30));
  g_assert_false (pace.left_out);
  g_assert_true (spc_frame_pace_take (&pace, time_us += 33333, 30));
}

/* no burst of frames to make up for it */
static void
test_pause (void)
{
  SpcFramePace pace = {0};

  g_assert_cmpuint (count_taken (&pace, G_USEC_PER_SEC, 20, 30, 10), <=, 8);
  g_assert_cmpuint (count_taken (&pace, 60 * G_USEC_PER_SEC, 30, 30, 10), <=,
                    12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame-pace/takes-what-is-paid-for",
                   test_takes_what_is_paid_for);
  g_test_add_func ("/frame-pace/rate-grows", test_rate_grows);
  g_test_add_func ("/frame-pace/pause", test_pause);
  return g_test_run ();
}
