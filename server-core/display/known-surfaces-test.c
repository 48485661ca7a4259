/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "known-surfaces.h"

static const QxlRect rect = {1, 2, 30, 40};

static void
knows_what_was_added (void)
{
  g_autoptr (SpcKnownSurfaces) known = spc_known_surfaces_new ();

  g_assert_false (spc_known_surfaces_has (known, 0));
  spc_known_surfaces_add (known, 0);
  spc_known_surfaces_add (known, 1000);
  g_assert_true (spc_known_surfaces_has (known, 0));
  spc_known_surfaces_remove (known, 0);
  g_assert_false (spc_known_surfaces_has (known, 0));
  g_assert_true (spc_known_surfaces_has (known, 1000));
}

static void
gives_dirt_out_once (void)
{
  g_autoptr (SpcKnownSurfaces) known = spc_known_surfaces_new ();
  QxlRegion region;
  uint32_t id;

  pixman_region32_init (&region);
  spc_known_surfaces_add (known, 7);
  g_assert_false (spc_known_surfaces_are_dirty (known));
  spc_known_surfaces_soil (known, 7, &rect, 1);
  g_assert_true (spc_known_surfaces_are_dirty (known));
  g_assert_true (spc_known_surfaces_clean_one (known, &id, &region));
  g_assert_cmpuint (id, ==, 7);
  g_assert_cmpint (pixman_region32_n_rects (&region), ==, 1);
  g_assert_false (spc_known_surfaces_are_dirty (known));
  g_assert_false (spc_known_surfaces_clean_one (known, &id, &region));
  pixman_region32_fini (&region);
}

static void
soils_nothing_that_is_unknown_or_empty (void)
{
  g_autoptr (SpcKnownSurfaces) known = spc_known_surfaces_new ();
  const QxlRect empty = {5, 5, 5, 9};

  spc_known_surfaces_soil (known, 3, &rect, 1);
  g_assert_false (spc_known_surfaces_are_dirty (known));
  spc_known_surfaces_add (known, 3);
  spc_known_surfaces_soil (known, 3, &empty, 1);
  g_assert_false (spc_known_surfaces_are_dirty (known));
  spc_known_surfaces_soil (known, 3, &rect, 1);
  spc_known_surfaces_remove (known, 3);
  g_assert_false (spc_known_surfaces_are_dirty (known));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/known-surfaces/knows-what-was-added",
                   knows_what_was_added);
  g_test_add_func ("/known-surfaces/gives-dirt-out-once", gives_dirt_out_once);
  g_test_add_func ("/known-surfaces/soils-nothing-that-is-unknown-or-empty",
                   soils_nothing_that_is_unknown_or_empty);
  return g_test_run ();
}
