/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of measuring lines: what line-rate.h promises. */
#include "line-rate.h"

#define MS 1000u

static void
slow_line_is_measured_once (void)
{
  SpcLineRate rate = {0};

  g_assert_false (spc_line_rate_take (&rate, 2068 * MS, 20 * MS));
  g_assert_cmpuint (rate.bps, ==, 1000 * 1000);
}

static void
fast_line_is_measured_once (void)
{
  SpcLineRate rate = {0};

  g_assert_false (spc_line_rate_take (&rate, 2 * MS + 300, 300));
  g_assert_cmpuint (rate.bps, ==, 1024u * 1000 * 1000);
}

static void
late_acknowledgement_does_not_count (void)
{
  SpcLineRate rate = {0};

  g_assert_true (spc_line_rate_take (&rate, 47 * MS, 300));
  g_assert_cmpuint (rate.bps, <, 50u * 1000 * 1000);
  g_assert_false (spc_line_rate_take (&rate, 2 * MS + 300, 300));
  g_assert_cmpuint (rate.bps, ==, 1024u * 1000 * 1000);
}

static void
fastest_of_three_counts (void)
{
  SpcLineRate rate = {0};

  g_assert_true (spc_line_rate_take (&rate, 48 * MS, 0));
  g_assert_true (spc_line_rate_take (&rate, 32 * MS, 0));
  g_assert_false (spc_line_rate_take (&rate, 40 * MS, 0));
  g_assert_cmpuint (rate.bps, ==, 64u * 1000 * 1000);
}

static void
what_takes_no_longer_tells_the_least (void)
{
  SpcLineRate rate = {0};

  g_assert_false (spc_line_rate_take (&rate, 2 * MS, 2 * MS));
  g_assert_cmpuint (rate.bps, ==, 1024u * 1000 * 1000);
  rate = (SpcLineRate){0};
  g_assert_true (spc_line_rate_take (&rate, 64 * MS, 80 * MS));
  g_assert_cmpuint (rate.bps, ==, 32u * 1000 * 1000);
  rate = (SpcLineRate){0};
  g_assert_false (spc_line_rate_take (&rate, 0, 1));
  g_assert_cmpuint (rate.bps, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/line-rate/" path, func)
  ADD ("slow-line-is-measured-once", slow_line_is_measured_once);
  ADD ("fast-line-is-measured-once", fast_line_is_measured_once);
  ADD ("late-acknowledgement-does-not-count",
       late_acknowledgement_does_not_count);
  ADD ("fastest-of-three-counts", fastest_of_three_counts);
  ADD ("what-takes-no-longer-tells-the-least",
       what_takes_no_longer_tells_the_least);
#undef ADD
  return g_test_run ();
}
