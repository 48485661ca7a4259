/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <string.h>

#include "scenes.h"

#define WIDTH 333 /* odd, and smaller than the film, on purpose */
#define HEIGHT 222
#define STRIDE ((WIDTH + 3) * 4)

static const char *const names[] = {
    "still",       "typing", "scroll",    "video",     "window", "film",
    "film-screen", "films",  "film-drag", "film-menu", "photos", "caret"};

static guint8 *
render (const char *name, guint frame)
{
  BenchScene *scene = bench_scene_new (name, WIDTH, HEIGHT);
  g_assert_nonnull (scene);
  guint8 *pixels = g_malloc0 (STRIDE * HEIGHT);
  bench_scene_render (scene, frame, pixels, STRIDE);
  bench_scene_free (scene);
  return pixels;
}

static gboolean
is_same (const char *name, guint a, guint b)
{
  g_autofree guint8 *one = render (name, a);
  g_autofree guint8 *other = render (name, b);
  return memcmp (one, other, STRIDE * HEIGHT) == 0;
}

static void
test_same_number_same_pixels (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    BenchScene *scene = bench_scene_new (names[i], WIDTH, HEIGHT);
    g_autofree guint8 *pixels = g_malloc0 (STRIDE * HEIGHT);
    bench_scene_render (scene, 90, pixels, STRIDE);
    bench_scene_render (scene, 7, pixels, STRIDE);
    g_autofree guint8 *fresh = render (names[i], 7);
    g_assert_cmpmem (pixels, STRIDE * HEIGHT, fresh, STRIDE * HEIGHT);
    bench_scene_free (scene);
  }
}

static void
test_only_still_stands_still (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (is_same (names[i], 0, 45), ==,
                     g_str_equal (names[i], "still"));
}

static void
test_typing_waits_between_characters (void)
{
  g_assert_true (is_same ("typing", 3, 5));
  g_assert_false (is_same ("typing", 5, 6));
}

static void
test_unknown_and_oversized_are_refused (void)
{
  g_assert_null (bench_scene_new ("tea", WIDTH, HEIGHT));
  g_assert_null (bench_scene_new ("still", 0, HEIGHT));
  g_assert_null (bench_scene_new ("still", WIDTH, BENCH_SCENE_MAX_SIZE + 1));
  bench_scene_free (NULL);
}

static void
test_any_size_is_drawn (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint size = 1; size < 80; size += 13) {
      BenchScene *scene = bench_scene_new (names[i], size, 80 - size);
      g_autofree guint8 *pixels = g_malloc (size * 4 * (80 - size));
      memset (pixels, 0xee, size * 4 * (80 - size));
      bench_scene_render (scene, G_MAXUINT, pixels, size * 4);
      g_assert_cmpuint (pixels[size * 4 * (80 - size) - 1], ==, 0);
      bench_scene_free (scene);
    }
}

static void
test_stamp_is_readable (void)
{
  const guint64 value = 0x8123456789abcde1u;
  g_autofree guint8 *pixels = render ("video", 1);
  guint64 read = 0;
  bench_scene_stamp (pixels, STRIDE, value);
  for (guint bit = 0; bit < 64; bit++) {
    guint x = bit % 32 * 4 + 2, y = bit / 32 * 4 + 2;
    read |= (guint64)(pixels[y * STRIDE + x * 4] >> 7) << bit;
  }
  g_assert_cmphex (read, ==, value);
  g_assert_cmphex (bench_scene_read_stamp (pixels, STRIDE), ==, value);
}

static void
test_last_corner_holds_a_stamp (void)
{
  const guint64 value = 0x7edcba9876543210u;
  gsize end = STRIDE * HEIGHT - (STRIDE - WIDTH * 4); /* of the last row */
  gsize corner = bench_scene_last_corner (WIDTH, HEIGHT, STRIDE);
  g_autofree guint8 *pixels = render ("still", 1);
  g_assert_cmpuint (corner + STRIDE * (BENCH_STAMP_HEIGHT - 1) +
                        BENCH_STAMP_WIDTH * 4,
                    ==, end);
  bench_scene_stamp (pixels + corner, STRIDE, value);
  g_assert_cmphex (bench_scene_read_stamp (pixels + corner, STRIDE), ==, value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenes/same-number-same-pixels",
                   test_same_number_same_pixels);
  g_test_add_func ("/scenes/only-still-stands-still",
                   test_only_still_stands_still);
  g_test_add_func ("/scenes/typing-waits-between-characters",
                   test_typing_waits_between_characters);
  g_test_add_func ("/scenes/unknown-and-oversized-are-refused",
                   test_unknown_and_oversized_are_refused);
  g_test_add_func ("/scenes/any-size-is-drawn", test_any_size_is_drawn);
  g_test_add_func ("/scenes/stamp-is-readable", test_stamp_is_readable);
  g_test_add_func ("/scenes/last-corner-holds-a-stamp",
                   test_last_corner_holds_a_stamp);
  return g_test_run ();
}
