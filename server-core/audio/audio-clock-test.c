/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-clock.h"

#include <glib.h>

#define MS 1000000 /* ns */
#define PACKET 480

typedef struct {
  int64_t pipeline_ns;
  uint32_t mm_time_ms;
} Pair;

/* anchored at 7000 ms = 10 */
static const Pair pairs[] = {
    {7000 * (int64_t)MS, 10},          {7001 * (int64_t)MS, 11},
    {7000 * (int64_t)MS + MS - 1, 10}, {6990 * (int64_t)MS, 0},
    {6989 * (int64_t)MS, UINT32_MAX},  {-1 * (int64_t)MS, (uint32_t)-6991},
};

static void
test_times_map_both_ways (void)
{
  SpcAudioClock clock;

  spc_audio_clock_init (&clock, 48000);
  spc_audio_clock_set_anchor (&clock, 7000 * (int64_t)MS, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    uint32_t mm = spc_audio_clock_to_mm (&clock, pairs[i].pipeline_ns);
    int64_t back =
        spc_audio_clock_to_pipeline (&clock, mm, pairs[i].pipeline_ns + 50000);

    g_assert_cmpuint (mm, ==, pairs[i].mm_time_ms);
    g_assert_cmpint (ABS (back - pairs[i].pipeline_ns), <, MS);
    g_assert_cmpuint (spc_audio_clock_to_mm (&clock, back), ==, mm);
  }
}

static void
test_a_wrapped_time_lands_near (void)
{
  SpcAudioClock clock;
  int64_t turn_ns = (int64_t)MS << 32;
  int64_t now_ns = turn_ns * 3 + 500 * (int64_t)MS;

  spc_audio_clock_init (&clock, 48000);
  g_assert_cmpuint (spc_audio_clock_to_mm (&clock, now_ns), ==, 500);
  g_assert_cmpint (spc_audio_clock_to_pipeline (&clock, 400, now_ns), ==,
                   now_ns - 100 * (int64_t)MS);
  g_assert_cmpint (spc_audio_clock_to_pipeline (&clock, UINT32_MAX, now_ns), ==,
                   now_ns - 501 * (int64_t)MS);
}

static void
test_jitter_is_smoothed (void)
{
  static const int jitter_ms[] = {0, 7, -12, 40, -40, 3, 0};
  SpcAudioClock clock;

  spc_audio_clock_init (&clock, 48000);
  for (unsigned n = 0; n < 700; n++) {
    uint32_t wanted =
        1000 + n * 10 + (uint32_t)jitter_ms[n % G_N_ELEMENTS (jitter_ms)];
    uint32_t stamp;
    SpcAudioStep step = spc_audio_clock_stamp (&clock, wanted, PACKET, &stamp);

    g_assert_cmpint (step, ==, n == 0 ? SPC_AUDIO_RESYNC : SPC_AUDIO_CONTINUES);
    g_assert_cmpuint (stamp, ==, 1000 + n * 10);
  }
}

typedef struct {
  int jump_ms;
  SpcAudioStep step;
} Jump;

static const Jump jumps[] = {
    {40, SPC_AUDIO_CONTINUES}, {-40, SPC_AUDIO_CONTINUES},
    {41, SPC_AUDIO_RESYNC},    {-41, SPC_AUDIO_RESYNC},
    {500, SPC_AUDIO_RESYNC},   {501, SPC_AUDIO_GAP},
    {-501, SPC_AUDIO_GAP},     {100000, SPC_AUDIO_GAP},
};

static void
test_jumps_start_anew (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++) {
    /* the packets lie around the wrap */
    uint32_t first = (uint32_t)-10;
    uint32_t wanted = first + 10 + (uint32_t)jumps[i].jump_ms;
    SpcAudioClock clock;
    uint32_t stamp;

    spc_audio_clock_init (&clock, 48000);
    spc_audio_clock_stamp (&clock, first, PACKET, &stamp);
    g_assert_cmpuint (stamp, ==, first);
    g_assert_cmpint (spc_audio_clock_stamp (&clock, wanted, PACKET, &stamp), ==,
                     jumps[i].step);
    g_assert_cmpuint (stamp, ==,
                      jumps[i].step == SPC_AUDIO_CONTINUES ? 0 : wanted);
  }
}

/* 480 frames at 44100 Hz are 10.88 ms: no error may pile up */
static void
test_odd_rates_do_not_drift (void)
{
  SpcAudioClock clock;
  uint32_t stamp = 0;

  spc_audio_clock_init (&clock, 44100);
  for (uint64_t n = 0; n < 100000; n++) {
    uint32_t exact = (uint32_t)(n * PACKET * 1000 / 44100);
    SpcAudioStep step = spc_audio_clock_stamp (&clock, exact, PACKET, &stamp);

    g_assert_true (n == 0 || step == SPC_AUDIO_CONTINUES);
    g_assert_cmpuint (stamp, ==, exact);
  }
}

static void
test_a_break_starts_anew (void)
{
  SpcAudioClock clock;
  uint32_t stamp;

  spc_audio_clock_init (&clock, 48000);
  spc_audio_clock_stamp (&clock, 100, PACKET, &stamp);
  spc_audio_clock_break (&clock);
  g_assert_cmpint (spc_audio_clock_stamp (&clock, 115, PACKET, &stamp), ==,
                   SPC_AUDIO_RESYNC);
  g_assert_cmpuint (stamp, ==, 115);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio-clock/times-map-both-ways",
                   test_times_map_both_ways);
  g_test_add_func ("/audio-clock/a-wrapped-time-lands-near",
                   test_a_wrapped_time_lands_near);
  g_test_add_func ("/audio-clock/jitter-is-smoothed", test_jitter_is_smoothed);
  g_test_add_func ("/audio-clock/jumps-start-anew", test_jumps_start_anew);
  g_test_add_func ("/audio-clock/odd-rates-do-not-drift",
                   test_odd_rates_do_not_drift);
  g_test_add_func ("/audio-clock/a-break-starts-anew",
                   test_a_break_starts_anew);
  return g_test_run ();
}
