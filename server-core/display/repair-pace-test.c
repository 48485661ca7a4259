/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the pace of repairs: traces of links. */
#include "repair-pace.h"

#include "server-core/base/limits.h"
#include <glib.h>

#define MBIT 1000000u

static void
test_begins_by_the_link (void)
{
  /* clang-format off */
  static const struct { uint64_t bps; uint32_t pixels; } links[] = {
    { 0,          65536 },
    { 1,          SPC_MIN_REPAIR_PIXELS },
    { 2 * MBIT,   12500 },
    { 10 * MBIT,  62500 },
    { 100 * MBIT, 625000 },
    { G_MAXUINT64, SPC_MAX_REPAIR_PIXELS },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    SpcRepairPace pace;

    spc_repair_pace_init (&pace, links[i].bps);
    g_assert_cmpuint (pace.pixels, ==, links[i].pixels);
  }
}

/* sends pieces over a link of @bps until @n have gone */
static int64_t
run (SpcRepairPace *pace, uint64_t bps, int n)
{
  int64_t time_us = 0;

  for (int i = 0; i < n; i++) {
    uint32_t pixels = pace->pixels;

    time_us = (int64_t)(pixels * UINT64_C (16) * G_USEC_PER_SEC / bps);
    spc_repair_pace_took (pace, pixels, time_us);
  }
  return time_us;
}

static void
test_fits_the_link (void)
{
  static const uint64_t speeds[] = {MBIT, 2 * MBIT, 10 * MBIT, 50 * MBIT};

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    SpcRepairPace pace;

    spc_repair_pace_init (&pace, 0);
    g_assert_cmpint (run (&pace, speeds[i], 8), <=, SPC_REPAIR_PIECE_MS * 1000);
    /* the link becomes another */
    g_assert_cmpint (run (&pace, speeds[0], 8), <=, SPC_REPAIR_PIECE_MS * 1000);
  }
}

static void
test_a_remainder_says_little (void)
{
  SpcRepairPace pace;

  spc_repair_pace_init (&pace, 0);
  spc_repair_pace_took (&pace, 100, 10);
  g_assert_cmpuint (pace.pixels, ==, 65536);
  spc_repair_pace_took (&pace, 100, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (pace.pixels, ==, 32768);
  spc_repair_pace_took (&pace, 32768, -5);
  g_assert_cmpuint (pace.pixels, ==, 65536);
}

static void
test_bounded (void)
{
  SpcRepairPace pace;

  spc_repair_pace_init (&pace, 0);
  for (int i = 0; i < 100; i++)
    spc_repair_pace_took (&pace, pace.pixels, 0);
  g_assert_cmpuint (pace.pixels, ==, SPC_MAX_REPAIR_PIXELS);
  for (int i = 0; i < 100; i++)
    spc_repair_pace_took (&pace, pace.pixels, G_MAXINT64);
  g_assert_cmpuint (pace.pixels, ==, SPC_MIN_REPAIR_PIXELS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair-pace/begins-by-what-is-known-of-the-link",
                   test_begins_by_the_link);
  g_test_add_func ("/repair-pace/pieces-come-to-fit-the-link",
                   test_fits_the_link);
  g_test_add_func ("/repair-pace/a-quick-remainder-says-little",
                   test_a_remainder_says_little);
  g_test_add_func ("/repair-pace/is-bounded", test_bounded);
  return g_test_run ();
}
