/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "events.h"

#include <string.h>

#define START "SPICE_REPLAY 1\nevent 0 1 20 5000000000\n640 480 -2560 32\n"

static GArray *
find (const char *text)
{
  return feeder_events_find (text, strlen (text));
}

static void
test_times (void)
{
  g_autoptr (GArray) events = find (START "event 1 0 1 5000000250\ndrawable\n"
                                          "event 2 1 21 6000000000\n");
  g_assert_nonnull (events);
  g_assert_cmpuint (events->len, ==, 3);
  FeederEvent *at = (FeederEvent *)(void *)events->data;
  g_assert_cmpint (at[0].due_ns, ==, 0);
  g_assert_false (at[0].is_command);
  g_assert_cmpint (at[1].due_ns, ==, 250);
  g_assert_true (at[1].is_command);
  g_assert_cmpint (at[2].due_ns, ==, 1000000000);
  g_assert_false (at[2].is_command);
}

static void
test_marks (void)
{
  g_autoptr (GArray) events = find (START "event 1 1 2 5000000001\n"
                                          "event 2 0 2 5000000002\nupdate\n"
                                          "event 3 0 5 5000000003\n");
  g_assert_nonnull (events);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpint (g_array_index (events, FeederEvent, 1).due_ns, ==, 3);
}

static void
test_pixels (void)
{
  g_autoptr (GArray) events = find (START "binary 0 data 40:"
                                          "\nevent 7 0 1 5000000001\n"
                                          "\nevent 1 0 1 5000 still pixels"
                                          "\nevent 1 0 1 5000000009\n");
  g_assert_nonnull (events);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpint (g_array_index (events, FeederEvent, 1).due_ns, ==, 9);
}

static void
test_others (void)
{
  g_assert_null (find (""));
  g_assert_null (find ("SPICE_REPLAY 2\nevent 0 0 1 1\n"));
  for (gsize size = 0; size < strlen (START); size++) {
    g_autofree char *cut = g_memdup2 (START, size ? size : 1);
    g_autoptr (GArray) events = feeder_events_find (cut, size);
    g_assert_true (!events || events->len <= 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/events/tell-when-each-is-due", test_times);
  g_test_add_func ("/events/leave-out-what-is-only-a-mark", test_marks);
  g_test_add_func ("/events/are-not-found-in-pixels", test_pixels);
  g_test_add_func ("/events/need-a-recording", test_others);
  return g_test_run ();
}
