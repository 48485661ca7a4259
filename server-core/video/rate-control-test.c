/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of rate control, on simulated links. */
#include "rate-link-fixture.h"

#define MBIT 1e6

static const RateLinkTraits film = {
    .link_bps = 100 * MBIT, .way_us = 5000, .fps = 25};
static const SpcRateLimits limits = {.start_bps = 8000000};

static void
tell (const char *what, const RateLinkResult *r)
{
  g_test_message ("%s: sent %.2f Mbit/s, target %.2f, queue %.0f ms at most, "
                  "%.0f in the mean, %u frames, %u left out, %u late",
                  what, r->sent_bps / MBIT, r->target_bps / MBIT,
                  (double)r->queue_us * 1e-3, (double)r->mean_queue_us * 1e-3,
                  r->n_frames, r->n_left_out, r->n_late);
}

/* Seconds after the link became another one, whatever came before; on a long
 * way more is under way when it becomes slow. */
static void
test_finds_the_rate (void)
{
  static const double links[] = {20, 5, 1, 20, 1, 0.5, 5};
  static const int64_t ways_us[] = {500, 10000, 40000, 70000};
  static const double settle_s[] = {5, 5, 5, 8};

  for (size_t w = 0; w < G_N_ELEMENTS (ways_us); w++)
    for (int has_classes = 0; has_classes < 2; has_classes++) {
      RateLink link;

      rate_link_init (&link, &film, &limits);
      link.traits.way_us = ways_us[w];
      link.traits.has_classes = has_classes;
      for (size_t i = 0; i < G_N_ELEMENTS (links); i++) {
        RateLinkResult r;
        g_autofree char *name = g_strdup_printf (
            "%g Mbit/s, %d ms%s", links[i], (int)(ways_us[w] / 500),
            has_classes ? ", classes" : "");

        link.traits.link_bps = links[i] * MBIT;
        r = rate_link_run (&link, settle_s[w]);
        tell ("  first", &r);
        r = rate_link_run (&link, 10);
        tell (name, &r);
        g_assert_cmpfloat (r.sent_bps, >=, links[i] * MBIT * 0.6);
        g_assert_cmpint (r.queue_us, <, 300000);
      }
      rate_link_clear (&link);
    }
}

static void
test_reacts_within_a_second (void)
{
  static const double links[] = {10, 5, 2};

  for (size_t i = 0; i < G_N_ELEMENTS (links); i++) {
    RateLink link;
    RateLinkResult r;

    rate_link_init (&link, &film, &limits);
    link.traits.link_bps = 20 * MBIT;
    rate_link_run (&link, 10);
    link.traits.link_bps = links[i] * MBIT;
    r = rate_link_run (&link, 1.2);
    tell ("a second later", &r);
    g_assert_cmpfloat (r.target_bps, <=, links[i] * MBIT * 1.3);
    rate_link_clear (&link);
  }
}

/* 80 % of the old rate within five seconds */
static void
test_recovers (void)
{
  static const double dips[] = {10, 5, 2, 1};

  for (size_t i = 0; i < G_N_ELEMENTS (dips); i++)
    for (int has_classes = 0; has_classes < 2; has_classes++) {
      RateLink link;
      double old_bps, took_s;

      rate_link_init (&link, &film, &limits);
      link.traits.link_bps = 20 * MBIT;
      link.traits.has_classes = has_classes;
      old_bps = rate_link_run (&link, 15).target_bps;
      link.traits.link_bps = dips[i] * MBIT;
      rate_link_run (&link, 10);
      link.traits.link_bps = 100 * MBIT;
      took_s = rate_link_run_until (&link, 0.8 * old_bps, 20);
      g_test_message ("from %g Mbit/s: %.2f s", dips[i], took_s);
      g_assert_cmpfloat (took_s, <=, 5);
      rate_link_clear (&link);
    }
}

/* the way becomes longer for good: no queue, no less rate for long */
static void
test_longer_way (void)
{
  static const int64_t ways_us[] = {40000, 80000, 150000, 5000, 90000};
  RateLink link;

  rate_link_init (&link, &film, &limits);
  link.traits.link_bps = 20 * MBIT;
  rate_link_run (&link, 10);
  for (size_t i = 0; i < G_N_ELEMENTS (ways_us); i++) {
    RateLinkResult r;

    link.traits.way_us = ways_us[i];
    rate_link_run (&link, 6);
    r = rate_link_run (&link, 5);
    tell ("longer way", &r);
    g_assert_cmpfloat (r.sent_bps, >=, 20 * MBIT * 0.6);
    g_assert_cmpint (r.queue_us, <, 300000);
  }
  rate_link_clear (&link);
}

/* a frame now and then takes longer: that is no queue */
static void
test_jitter (void)
{
  RateLink link;
  RateLinkResult r;

  rate_link_init (&link, &film, &limits);
  link.traits.link_bps = 20 * MBIT;
  link.traits.jitter_us = 25000;
  rate_link_run (&link, 8);
  r = rate_link_run (&link, 10);
  tell ("jitter", &r);
  g_assert_cmpfloat (r.sent_bps, >=, 20 * MBIT * 0.6);
  rate_link_clear (&link);
}

/* a film that needs little says nothing of the link */
static void
test_unused_rate_does_not_grow (void)
{
  RateLink link;
  RateLinkResult r;

  rate_link_init (&link, &film, &limits);
  link.traits.film_bps = 2 * MBIT;
  r = rate_link_run (&link, 20);
  tell ("small film", &r);
  g_assert_cmpfloat (r.target_bps, <=, 8 * MBIT);
  g_assert_cmpfloat (r.target_bps, >=, 2 * MBIT);
  g_assert_cmpuint (r.n_left_out, ==, 0);
  rate_link_clear (&link);
}

static void
test_limits (void)
{
  static const SpcRateLimits narrow = {
      .start_bps = 1, .min_bps = 900000, .max_bps = 3000000};
  RateLink link;
  SpcRateControl control;

  rate_link_init (&link, &film, &narrow);
  g_assert_cmpuint (spc_rate_control_target_bps (&link.control), ==, 900000);
  g_assert_cmpfloat (rate_link_run (&link, 10).target_bps, ==, 3000000);
  link.traits.link_bps = 0.2 * MBIT;
  g_assert_cmpfloat (rate_link_run (&link, 10).target_bps, ==, 900000);
  rate_link_clear (&link);
  spc_rate_control_init (&control, &(SpcRateLimits){0});
  g_assert_cmpuint (spc_rate_control_target_bps (&control), >=, 1000000);
}

/* Frames cannot become as small as the rate: fewer of them come, in time. */
static void
test_leaves_out_frames (void)
{
  RateLink link;
  RateLinkResult r;

  rate_link_init (&link, &film, &limits);
  link.traits.link_bps = 1 * MBIT;
  link.traits.floor_bytes = 15000; /* 8 a second */
  rate_link_run (&link, 4);
  r = rate_link_run (&link, 10);
  tell ("large frames", &r);
  g_assert_cmpuint (r.n_frames, >=, 55);
  g_assert_cmpint (r.queue_us, <, 400000);
  rate_link_clear (&link);
}

/* nothing answers any more: hardly anything is sent into it */
static void
test_silence (void)
{
  RateLink link;
  RateLinkResult r;

  rate_link_init (&link, &film, &limits);
  rate_link_run (&link, 5);
  link.traits.link_bps = 1;
  r = rate_link_run (&link, 4);
  tell ("silence", &r);
  g_assert_cmpuint (r.n_frames, <=, 8);
  /* but for good it does not wait */
  r = rate_link_run (&link, 20);
  tell ("long silence", &r);
  g_assert_cmpuint (r.n_frames, >=, 1);
  g_assert_cmpuint (r.n_frames, <=, 40);
  link.traits.link_bps = 100 * MBIT;
  g_assert_cmpfloat (rate_link_run_until (&link, 8 * MBIT, 20), <, 10);
  rate_link_clear (&link);
}

static void
test_drops_cut (void)
{
  SpcRateControl control;
  uint32_t before;

  spc_rate_control_init (&control, &limits);
  before = spc_rate_control_target_bps (&control);
  spc_rate_control_note_dropped (&control, G_USEC_PER_SEC);
  g_assert_cmpuint (spc_rate_control_target_bps (&control), <, before);
  /* at once again: one event */
  before = spc_rate_control_target_bps (&control);
  spc_rate_control_note_dropped (&control, G_USEC_PER_SEC + 1000);
  g_assert_cmpuint (spc_rate_control_target_bps (&control), ==, before);
}

/* pongs that nobody asked for, of any time */
static void
test_strange_pongs (void)
{
  static const int64_t trips_us[] = {0, -5, 1, G_MAXINT32, -G_MAXINT32};
  SpcRateControl control;
  SpcRateFrame frame = {.bytes = G_MAXUINT32};
  int64_t now_us = 1;

  spc_rate_control_init (&control, &limits);
  for (int i = 0; i < 1000; i++) {
    spc_rate_control_note_pong (&control, now_us,
                                trips_us[i % G_N_ELEMENTS (trips_us)]);
    if (i % 3 == 0)
      spc_rate_control_note_sent (&control, now_us, &frame);
    spc_rate_control_note_report (&control, now_us, 0, G_MAXUINT32, 0,
                                  i & 1 ? G_MININT32 : G_MAXINT32);
    now_us += i * 100;
    g_assert_cmpuint (spc_rate_control_target_bps (&control), >=, 100000);
    g_assert_cmpint (spc_rate_control_margin_ms (&control), <=,
                     SPC_MAX_PLAYBACK_MARGIN_MS);
  }
}

/* frames are shown as soon as they can be, whenever the viewer's clock was
 * set */
static void
test_margin_follows_the_clock (void)
{
  static const int64_t clocks_us[] = {-200000, 0, 150000, 700000};

  for (guint i = 0; i < G_N_ELEMENTS (clocks_us); i++) {
    RateLink link;
    RateLinkResult r;
    int latency_ms;

    rate_link_init (&link, &film, &limits);
    link.traits.film_bps = 10 * MBIT;
    link.traits.clock_us = clocks_us[i];
    rate_link_run (&link, 5);
    r = rate_link_run (&link, 5);
    tell ("late clock", &r);
    latency_ms =
        spc_rate_control_margin_ms (&link.control) + (int)(clocks_us[i] / 1000);
    g_test_message ("latency %d ms", latency_ms);
    g_assert_cmpint (latency_ms, <=, 40);
    g_assert_cmpuint (r.n_late, ==, 0);
    rate_link_clear (&link);
  }
}

/* no frame is late on a good link; a slow one makes a longer margin, which goes
 * away again */
static void
test_margin (void)
{
  for (int is_silent = 0; is_silent < 2; is_silent++) {
    RateLink link;
    RateLinkResult r;

    rate_link_init (&link, &film, &limits);
    link.traits.is_silent = is_silent;
    link.traits.film_bps = 10 * MBIT;
    r = rate_link_run (&link, 20);
    tell ("good link", &r);
    g_test_message ("margin %d ms", spc_rate_control_margin_ms (&link.control));
    g_assert_cmpuint (r.n_late, ==, 0);
    g_assert_cmpint (spc_rate_control_margin_ms (&link.control), <=, 35);
    link.traits.link_bps = 2 * MBIT;
    rate_link_run (&link, 4);
    r = rate_link_run (&link, 20);
    tell ("slow link", &r);
    g_test_message ("margin %d ms", spc_rate_control_margin_ms (&link.control));
    g_assert_cmpuint (r.n_late, <=, r.n_frames / 30);
    link.traits.link_bps = 100 * MBIT;
    rate_link_run (&link, 60);
    g_test_message ("margin %d ms", spc_rate_control_margin_ms (&link.control));
    g_assert_cmpint (spc_rate_control_margin_ms (&link.control), <=, 40);
    rate_link_clear (&link);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-control/finds-the-rate", test_finds_the_rate);
  g_test_add_func ("/rate-control/reacts-within-a-second",
                   test_reacts_within_a_second);
  g_test_add_func ("/rate-control/recovers-within-five-seconds", test_recovers);
  g_test_add_func ("/rate-control/a-longer-way-is-no-queue", test_longer_way);
  g_test_add_func ("/rate-control/jitter-is-no-queue", test_jitter);
  g_test_add_func ("/rate-control/what-is-not-used-does-not-grow",
                   test_unused_rate_does_not_grow);
  g_test_add_func ("/rate-control/limits", test_limits);
  g_test_add_func ("/rate-control/leaves-out-frames", test_leaves_out_frames);
  g_test_add_func ("/rate-control/silence", test_silence);
  g_test_add_func ("/rate-control/drops-cut-once", test_drops_cut);
  g_test_add_func ("/rate-control/strange-pongs-are-harmless",
                   test_strange_pongs);
  g_test_add_func ("/rate-control/margin-follows-the-link", test_margin);
  g_test_add_func ("/rate-control/margin-follows-the-clock",
                   test_margin_follows_the_clock);
  return g_test_run ();
}
