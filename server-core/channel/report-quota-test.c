/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report-quota.h"

#include "server-core/base/limits.h"

#define BEGIN_US 5

static void
a_second_has_so_many (void)
{
  SpcReportQuota quota = {0};
  guint n_untold;

  for (guint i = 0; i < SPC_MAX_REPORTS_PER_S; i++) {
    g_assert_true (spc_report_quota_take (&quota, BEGIN_US + i, &n_untold));
    g_assert_cmpuint (n_untold, ==, 0);
  }
  g_assert_false (spc_report_quota_take (&quota, BEGIN_US + 900, &n_untold));
}

static void
what_was_not_told_is_counted (void)
{
  SpcReportQuota quota = {0};
  guint n_untold;

  for (guint i = 0; i < SPC_MAX_REPORTS_PER_S + 7; i++)
    spc_report_quota_take (&quota, BEGIN_US, &n_untold);
  g_assert_true (
      spc_report_quota_take (&quota, BEGIN_US + G_USEC_PER_SEC, &n_untold));
  g_assert_cmpuint (n_untold, ==, 7);
  g_assert_true (
      spc_report_quota_take (&quota, BEGIN_US + G_USEC_PER_SEC, &n_untold));
  g_assert_cmpuint (n_untold, ==, 0);
}

static void
one_that_was_passed_over_is_counted (void)
{
  SpcReportQuota quota = {0};
  guint n_untold;

  spc_report_quota_pass (&quota);
  spc_report_quota_pass (&quota);
  g_assert_true (spc_report_quota_take (&quota, BEGIN_US, &n_untold));
  g_assert_cmpuint (n_untold, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-quota/a-second-has-so-many", a_second_has_so_many);
  g_test_add_func ("/report-quota/what-was-not-told-is-counted",
                   what_was_not_told_is_counted);
  g_test_add_func ("/report-quota/one-that-was-passed-over-is-counted",
                   one_that_was_passed_over_is_counted);
  return g_test_run ();
}
