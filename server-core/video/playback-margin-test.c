/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "playback-margin.h"

#include <glib.h>

#define MS 1000
enum { INTERVAL_US = 40 * MS, LAG_US = 20 * MS };

typedef struct {
  SpcPlaybackMargin margin;
  int64_t now_us;
} Play;

/* frames that take @way_ms; each fifth is reported */
static void
play (Play *self, int n, int way_ms)
{
  for (int i = 0; i < n; i++) {
    int left_ms = (int)spc_playback_margin_ms (&self->margin) - way_ms;

    self->now_us += INTERVAL_US;
    if (i % 5 == 4)
      spc_playback_margin_note_report (&self->margin, self->now_us, LAG_US,
                                       left_ms < 0, left_ms);
  }
}

static Play
play_new (void)
{
  Play self = {.now_us = G_USEC_PER_SEC};

  spc_playback_margin_init (&self.margin);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), ==,
                    SPC_PLAYBACK_MARGIN_MS);
  return self;
}

static void
test_grows_at_once (void)
{
  Play self = play_new ();

  play (&self, 5, 120);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), >=, 120);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), <=, 150);
}

/* the report that is under way is about the old margin */
static void
test_one_lateness_counts_once (void)
{
  Play self = play_new ();

  spc_playback_margin_note_report (&self.margin, self.now_us, LAG_US, 1, -60);
  spc_playback_margin_note_report (&self.margin, self.now_us + 5 * MS, LAG_US,
                                   1, -60);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), >=, 100);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), <=, 130);
}

static void
test_shrinks_slowly (void)
{
  Play self = play_new ();
  uint32_t large, after;

  play (&self, 50, 200);
  large = spc_playback_margin_ms (&self.margin);
  play (&self, 25, 20);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), >=, large - 30);
  play (&self, 60 * 25, 20);
  after = spc_playback_margin_ms (&self.margin);
  g_assert_cmpuint (after, <=, 40);
}

/* so that a frame's stamp is after the one before */
static void
test_shrinks_less_than_time_passes (void)
{
  Play self = play_new ();
  uint32_t before;

  play (&self, 50, 700);
  before = spc_playback_margin_ms (&self.margin);
  for (int i = 0; i < 2000; i++) {
    uint32_t now;

    play (&self, 1, 10);
    spc_playback_margin_note_sent (&self.margin, self.now_us, 5 * MS, 0);
    now = spc_playback_margin_ms (&self.margin);
    g_assert_cmpuint (before, <, now + INTERVAL_US / MS);
    before = now;
  }
  g_assert_cmpuint (before, <=, 40);
}

static void
test_goes_by_what_was_sent (void)
{
  Play self = play_new ();

  spc_playback_margin_note_sent (&self.margin, self.now_us, 30 * MS, 100 * MS);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), >=, 130);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), <=, 150);
}

static void
test_forgets (void)
{
  Play self = play_new ();
  uint32_t large;

  play (&self, 20, 300);
  large = spc_playback_margin_ms (&self.margin);
  spc_playback_margin_forget (&self.margin);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), ==, large);
  play (&self, 75, 15);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), <, large / 3 * 2);
}

static void
test_bounds (void)
{
  Play self = play_new ();

  spc_playback_margin_note_report (&self.margin, self.now_us, LAG_US, 1,
                                   G_MININT32);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), ==,
                    SPC_MAX_PLAYBACK_MARGIN_MS);
  for (int i = 0; i < 200; i++)
    spc_playback_margin_note_report (
        &self.margin, self.now_us += G_USEC_PER_SEC, LAG_US, 0, G_MAXINT32);
  g_assert_cmpuint (spc_playback_margin_ms (&self.margin), ==,
                    SPC_MIN_PLAYBACK_MARGIN_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playback-margin/grows-at-once", test_grows_at_once);
  g_test_add_func ("/playback-margin/one-lateness-counts-once",
                   test_one_lateness_counts_once);
  g_test_add_func ("/playback-margin/shrinks-slowly", test_shrinks_slowly);
  g_test_add_func ("/playback-margin/shrinks-less-than-time-passes",
                   test_shrinks_less_than_time_passes);
  g_test_add_func ("/playback-margin/goes-by-what-was-sent",
                   test_goes_by_what_was_sent);
  g_test_add_func ("/playback-margin/forgets", test_forgets);
  g_test_add_func ("/playback-margin/bounds", test_bounds);
  return g_test_run ();
}
