/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mirror and its client, in any order: what happens is a matter of chance.
 */
#include "pixmap-cache-fixture.h"

static guint
choose (gpointer user_data, guint n)
{
  return (guint)g_rand_int_range (user_data, 0, (gint)n);
}

static void
run (PixmapWorld *world, GRand *rand, int n_steps, bool channels_go)
{
  for (int step = 0; step < n_steps; step++) {
    uint8_t id = (uint8_t)choose (rand, PIXMAP_WORLD_CHANNELS);

    if (choose (rand, 2) == 0)
      pixmap_world_draw (world, id);
    else
      pixmap_world_take (world, id);
    if (choose (rand, 3) == 0)
      pixmap_world_deliver (world,
                            (uint8_t)choose (rand, PIXMAP_WORLD_CHANNELS));
    if (choose (rand, 1000) == 0)
      pixmap_world_drain (world);
    if (channels_go && choose (rand, 200) == 0)
      pixmap_world_lose_channel (world, id);
  }
  pixmap_world_drain (world);
}

static void
test_world (bool channels_go)
{
  for (guint32 seed = 0; seed < 6; seed++) {
    GRand *rand = g_rand_new_with_seed (seed);
    PixmapWorld *world = pixmap_world_new (400 + 200 * seed, choose, rand);
    const PixmapWorldCounts *counts = pixmap_world_counts (world);

    run (world, rand, 8000, channels_go);
    g_assert_cmpuint (counts->n_hits, >, 100);
    g_assert_cmpuint (counts->n_waits, >, 100);
    g_assert_cmpuint (counts->n_evicted, >, 100);
    g_assert_cmpuint (counts->n_replaced, >, 100);
    pixmap_world_free (world);
    g_rand_free (rand);
  }
}

static void
channels_in_any_order (void)
{
  test_world (false);
}

static void
channels_that_go_and_come (void)
{
  test_world (true);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pixmap-cache/client-reads-channels-in-any-order",
                   channels_in_any_order);
  g_test_add_func ("/pixmap-cache/channels-go-and-come",
                   channels_that_go_and_come);
  return g_test_run ();
}
