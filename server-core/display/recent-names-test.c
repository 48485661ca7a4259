/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of recent names: what recent-names.h promises. */
#include "recent-names.h"

static void
test_knows_what_was_noted (void)
{
  g_autoptr (SpcRecentNames) names = spc_recent_names_new ();

  for (uint64_t i = 1; i <= 500; i++)
    g_assert_false (
        spc_recent_names_has (names, &(SpcContentId){{i * 1000003, i}}));
  for (uint64_t i = 1; i <= 500; i++)
    spc_recent_names_note (names, &(SpcContentId){{i * 1000003, i}});
  for (uint64_t i = 1; i <= 500; i++)
    g_assert_true (
        spc_recent_names_has (names, &(SpcContentId){{i * 1000003, i}}));
}

static void
test_newer_ones_take_the_place (void)
{
  const SpcContentId old = {{7, 3}}, other = {{8, 3}};
  g_autoptr (SpcRecentNames) names = spc_recent_names_new ();

  spc_recent_names_note (names, &old);
  g_assert_true (spc_recent_names_has (names, &old));
  spc_recent_names_note (names, &other);
  g_assert_true (spc_recent_names_has (names, &other));
  g_assert_false (spc_recent_names_has (names, &old));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recent-names/knows-what-was-noted",
                   test_knows_what_was_noted);
  g_test_add_func ("/recent-names/newer-ones-take-the-place",
                   test_newer_ones_take_the_place);
  return g_test_run ();
}
