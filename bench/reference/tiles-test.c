/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tiles.h"

#include <string.h>

#define WIDTH 100 /* 3 whole tiles and a rest of 4 */
#define HEIGHT 70
#define STRIDE (WIDTH * 4)

typedef struct {
  const char *what;
  FeederRect painted[3]; /* an empty one ends */
  FeederRect expected[4];
} Case;

/* clang-format off */
static const Case cases[] = {
  { "nothing", { { 0 } }, { { 0 } } },
  { "one pixel", { { 40, 40, 41, 41 } }, { { 32, 32, 64, 64 } } },
  { "all", { { 0, 0, 100, 70 } }, { { 0, 0, 100, 70 } } },
  { "last pixel", { { 99, 69, 100, 70 } }, { { 96, 64, 100, 70 } } },
  { "a row", { { 10, 0, 50, 3 } }, { { 0, 0, 64, 32 } } },
  { "a column", { { 33, 0, 34, 70 } }, { { 32, 0, 64, 70 } } },
  { "two in a row", { { 0, 0, 1, 1 }, { 70, 0, 71, 1 } },
    { { 0, 0, 32, 32 }, { 64, 0, 96, 32 } } },
  { "unequal rows", { { 0, 0, 40, 1 }, { 0, 40, 1, 41 } },
    { { 0, 0, 64, 32 }, { 0, 32, 32, 64 } } },
};
/* clang-format on */

static void
paint (guint8 *pixels, const FeederRect *area)
{
  for (guint y = area->top; y < area->bottom; y++)
    memset (pixels + y * STRIDE + area->left * 4, 0xaa,
            (area->right - area->left) * 4);
}

static void
test_changed_tiles_become_rectangles (void)
{
  g_autoptr (GArray) rects = g_array_new (FALSE, FALSE, sizeof (FeederRect));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree guint8 *before = g_malloc0 (STRIDE * HEIGHT);
    g_autofree guint8 *after = g_malloc0 (STRIDE * HEIGHT);
    guint count = 0;
    for (guint j = 0; cases[i].painted[j].right; j++)
      paint (after, &cases[i].painted[j]);
    while (cases[i].expected[count].right)
      count++;
    feeder_tiles_compare (before, after, WIDTH, HEIGHT, STRIDE, rects);
    g_test_message ("%s", cases[i].what);
    g_assert_cmpmem (rects->data, rects->len * sizeof (FeederRect),
                     cases[i].expected, count * sizeof (FeederRect));
  }
}

static void
test_touching_ones_are_joined_and_trimmed (void)
{
  static const FeederRect film = {5, 7, 63, 66}, dot = {99, 0, 100, 1};
  g_autoptr (GArray) rects = g_array_new (FALSE, FALSE, sizeof (FeederRect));
  g_autofree guint8 *before = g_malloc0 (STRIDE * HEIGHT);
  g_autofree guint8 *after = g_malloc0 (STRIDE * HEIGHT);
  paint (after, &film);
  paint (after, &dot);
  paint (before, &(FeederRect){20, 7, 63, 40}); /* holes on the way */
  feeder_tiles_compare (before, after, WIDTH, HEIGHT, STRIDE, rects);
  feeder_tiles_join (before, after, STRIDE, rects);
  g_assert_cmpuint (rects->len, ==, 2);
  g_assert_cmpmem (&g_array_index (rects, FeederRect, 0), sizeof film, &film,
                   sizeof film);
  g_assert_cmpmem (&g_array_index (rects, FeederRect, 1), sizeof dot, &dot,
                   sizeof dot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiles/changed-tiles-become-rectangles",
                   test_changed_tiles_become_rectangles);
  g_test_add_func ("/tiles/touching-ones-are-joined-and-trimmed",
                   test_touching_ones_are_joined_and_trimmed);
  return g_test_run ();
}
