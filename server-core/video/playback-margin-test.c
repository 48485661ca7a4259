/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "playback-margin.h"

#include <glib.h>

#define MS 1000
enum { INTERVAL_MS = 40 };

typedef struct {
  SpcPlaybackMargin margin;
  int64_t now_us;
  int behind_ms; /* the viewer's clock */
  int n_frames;
} Play;

/* frames that take @way_ms; each fifth is reported */
static void
play (Play *self, int n, int way_ms)
{
  for (int i = 0; i < n; i++) {
    uint32_t time_ms = (uint32_t)(self->now_us / MS);
    uint32_t stamp_ms = spc_playback_margin_stamp (&self->margin, time_ms);
    int left_ms = (int)(stamp_ms - time_ms) - way_ms + self->behind_ms;

    self->now_us += INTERVAL_MS * MS;
    if (++self->n_frames % 5 == 0)
      spc_playback_margin_note_report (&self->margin, self->now_us, left_ms < 0,
                                       stamp_ms, left_ms);
  }
}

static Play
play_new (void)
{
  Play self = {.now_us = G_USEC_PER_SEC};

  spc_playback_margin_init (&self.margin);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), ==,
                   SPC_PLAYBACK_MARGIN_MS);
  return self;
}

static void
test_grows_at_once (void)
{
  Play self = play_new ();

  play (&self, 5, 120);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), >=, 120);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <=, 150);
}

/* the report that is under way is about the old margin */
static void
test_one_lateness_counts_once (void)
{
  Play self = play_new ();
  uint32_t stamp_ms = spc_playback_margin_stamp (&self.margin, 1000);

  for (int i = 0; i < 3; i++)
    spc_playback_margin_note_report (&self.margin, self.now_us + i * 5 * MS, 1,
                                     stamp_ms, -60);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), >=, 100);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <=, 130);
}

/* what is shown later than needed: the clock that was set late does not count
 */
static int
latency_ms (const Play *self)
{
  return spc_playback_margin_ms (&self->margin) + self->behind_ms;
}

static void
test_makes_up_for_a_clock_set_late (void)
{
  static const int behind_ms[] = {-300, 0, 90, 700, 2500};

  for (guint i = 0; i < G_N_ELEMENTS (behind_ms); i++) {
    Play self = play_new ();

    self.behind_ms = behind_ms[i];
    play (&self, 50, 8);
    g_assert_cmpint (latency_ms (&self), <=, MAX (40, behind_ms[i] - 500));
    play (&self, 5 * 25, 8);
    g_assert_cmpint (latency_ms (&self), >, 8);
    g_assert_cmpint (latency_ms (&self), <=, 40);
    /* a queue is foreseen by the same clock */
    spc_playback_margin_note_sent (&self.margin, self.now_us, 0, 100 * MS);
    g_assert_cmpint (latency_ms (&self), >=, 108);
    g_assert_cmpint (latency_ms (&self), <=, 130);
  }
}

/* what was waited for before the first report was by another clock */
static void
test_first_report_counts_alone (void)
{
  Play self = play_new ();

  self.behind_ms = 400;
  spc_playback_margin_note_sent (&self.margin, self.now_us, 90 * MS, 0);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), >=, 90);
  play (&self, 50, 8);
  g_assert_cmpint (latency_ms (&self), <=, 60);
}

/* a viewer that does not report is given what its queue tells */
static void
test_silent_viewer (void)
{
  Play self = play_new ();

  for (int i = 0; i < 1000; i++)
    spc_playback_margin_note_sent (&self.margin,
                                   self.now_us += INTERVAL_MS * MS, 5 * MS, 0);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), ==, 15);
}

static void
test_clock_set_anew (void)
{
  Play self = play_new ();

  self.behind_ms = 900;
  play (&self, 200, 8);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <, -800);
  self.behind_ms = 5;
  spc_playback_margin_init (&self.margin);
  play (&self, 200, 8);
  g_assert_cmpint (latency_ms (&self), >, 8);
  g_assert_cmpint (latency_ms (&self), <=, 40);
}

static void
test_shrinks_slowly (void)
{
  Play self = play_new ();
  int large;

  play (&self, 50, 90);
  large = spc_playback_margin_ms (&self.margin);
  play (&self, 25, 20);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), >=, large - 30);
  play (&self, 60 * 25, 20);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <=, 40);
}

/* so that a frame's stamp is after the one before */
static void
test_shrinks_less_than_time_passes (void)
{
  Play self = play_new ();
  int before;

  play (&self, 50, 700);
  before = spc_playback_margin_ms (&self.margin);
  for (int i = 0; i < 2000; i++) {
    int now;

    play (&self, 1, 10);
    spc_playback_margin_note_sent (&self.margin, self.now_us, 5 * MS, 0);
    now = spc_playback_margin_ms (&self.margin);
    g_assert_cmpint (before, <, now + INTERVAL_MS);
    before = now;
  }
  g_assert_cmpint (before, <=, 40);
}

static void
test_goes_by_what_was_sent (void)
{
  Play self = play_new ();

  spc_playback_margin_note_sent (&self.margin, self.now_us, 30 * MS, 100 * MS);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), >=, 130);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <=, 150);
}

static void
test_forgets (void)
{
  Play self = play_new ();
  int large;

  play (&self, 20, 300);
  large = spc_playback_margin_ms (&self.margin);
  spc_playback_margin_forget (&self.margin);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), ==, large);
  play (&self, 75, 15);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), <, large / 3 * 2);
}

/* of frames that are not known, too */
static void
test_bounds (void)
{
  Play self = play_new ();

  spc_playback_margin_note_report (&self.margin, self.now_us, 1, 0, G_MININT32);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), ==,
                   SPC_MAX_PLAYBACK_MARGIN_MS);
  for (int i = 0; i < 200; i++)
    spc_playback_margin_note_report (&self.margin,
                                     self.now_us += G_USEC_PER_SEC, 0,
                                     (uint32_t)i, G_MAXINT32);
  g_assert_cmpint (spc_playback_margin_ms (&self.margin), ==,
                   SPC_MIN_PLAYBACK_MARGIN_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playback-margin/grows-at-once", test_grows_at_once);
  g_test_add_func ("/playback-margin/one-lateness-counts-once",
                   test_one_lateness_counts_once);
  g_test_add_func ("/playback-margin/makes-up-for-a-clock-set-late",
                   test_makes_up_for_a_clock_set_late);
  g_test_add_func ("/playback-margin/first-report-counts-alone",
                   test_first_report_counts_alone);
  g_test_add_func ("/playback-margin/silent-viewer", test_silent_viewer);
  g_test_add_func ("/playback-margin/clock-set-anew", test_clock_set_anew);
  g_test_add_func ("/playback-margin/shrinks-slowly", test_shrinks_slowly);
  g_test_add_func ("/playback-margin/shrinks-less-than-time-passes",
                   test_shrinks_less_than_time_passes);
  g_test_add_func ("/playback-margin/goes-by-what-was-sent",
                   test_goes_by_what_was_sent);
  g_test_add_func ("/playback-margin/forgets", test_forgets);
  g_test_add_func ("/playback-margin/bounds", test_bounds);
  return g_test_run ();
}
