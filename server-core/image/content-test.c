/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the measure of content: its loops against plain ones, the search
 * for the best rectangle against trying all, and pictures of one kind. */
#include "content-edge.h"
#include "content-search.h"

#include <string.h>

static QxlImage *
noise_new (GRand *random, uint32_t width, uint32_t height, uint32_t levels)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (size_t i = 0; i < (size_t)width * height * 4; i++)
    pixels[i] = (uint8_t)(g_rand_int (random) % levels * (255 / (levels - 1)));
  return image;
}

/* kernels */

static bool
is_like (const uint8_t *a, const uint8_t *b)
{
  return memcmp (a, b, 3) == 0;
}

static bool
is_edge (const uint8_t *a, const uint8_t *b)
{
  for (int i = 0; i < 3; i++)
    if (ABS (a[i] - b[i]) >= SPC_CONTENT_EDGE)
      return true;
  return false;
}

static SpcContentCounts
count_plainly (const uint8_t *run, const uint8_t *beside, const uint8_t *above,
               uint32_t n)
{
  SpcContentCounts counts = {.n = n};

  for (uint32_t i = 0; i < 4 * n; i += 4) {
    bool side = is_like (run + i, beside + i),
         top = is_like (run + i, above + i);

    counts.equal += side || top;
    counts.flat += side && top;
    counts.contrast += is_edge (run + i, beside + i);
  }
  return counts;
}

static void
counts_as_a_plain_loop_does (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  uint8_t bytes[3 * 200 + 3];

  for (int round = 0; round < 3000; round++) {
    uint32_t n = (uint32_t)g_rand_int_range (random, 0, 50);
    int step = (int[]){1, 59, 60, 85, 255}[round % 5];
    const uint8_t *run = bytes + round % 4;
    SpcContentCounts expected, got = {0};

    for (size_t i = 0; i < sizeof bytes; i++)
      bytes[i] = (uint8_t)(step * g_rand_int_range (random, 0,
                                                    MIN (255 / step + 1, 3)));
    expected = count_plainly (run, run + 200, run + 400, n);
    spc_content_count (run, run + 200, run + 400, n, &got);
    g_assert_cmpmem (&got, sizeof got, &expected, sizeof expected);
  }
}

static void
sees_every_difference (void)
{
  for (int a = 0; a < 256; a++)
    for (int b = 0; b < 256; b++)
      for (int i = 0; i < 4; i++) {
        uint8_t pixel[4] = {0}, other[4] = {0};
        SpcContentCounts expected, got = {0};

        pixel[i] = (uint8_t)a;
        other[i] = (uint8_t)b;
        expected = count_plainly (pixel, other, other, 1);
        spc_content_count (pixel, other, other, 1, &got);
        g_assert_cmpmem (&got, sizeof got, &expected, sizeof expected);
      }
}

static void
knows_pairs_from_the_second_time (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autoptr (QxlImage) image = noise_new (random, 65, 2, 256);
  const uint8_t *run = qxl_image_row (image, 1) + 4;
  SpcContentPairs pairs = {0};

  g_assert_cmpuint (
      spc_content_count_known (run, run - 4, run - image->stride, 64, &pairs),
      ==, 0);
  /* a place may have been taken by another pair in the meantime */
  g_assert_cmpuint (
      spc_content_count_known (run, run - 4, run - image->stride, 64, &pairs),
      >=, 60);
  g_assert_cmpuint (
      spc_content_count_known (run, run, run - image->stride, 64, &pairs), ==,
      0);
}

/* search */

static int64_t
best_by_trying (const SpcContentMap *map, const QxlRect *tiles, int sign)
{
  int64_t best = 0;

  for (int32_t t = tiles->top; t < tiles->bottom; t++)
    for (int32_t b = t + 1; b <= tiles->bottom; b++)
      for (int32_t l = tiles->left; l < tiles->right; l++)
        for (int32_t r = l + 1; r <= tiles->right; r++) {
          QxlRect rect = QXL_RECT (l, t, r, b);

          best = MAX (best, sign * spc_content_sum (map, &rect));
        }
  return sign * best;
}

static void
finds_the_best_rectangle (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autofree SpcContentMap *map = g_new0 (SpcContentMap, 1);

  for (int round = 0; round < 400; round++) {
    QxlRect tiles, found;
    bool lowest = round % 2;
    int64_t sum;

    map->columns = (uint32_t)g_rand_int_range (random, 1, 10);
    map->rows = (uint32_t)g_rand_int_range (random, 1, 10);
    for (uint32_t i = 0; i < map->columns * map->rows; i++)
      map->gains[i] = g_rand_int_range (random, -100, 100);
    tiles = QXL_RECT (g_rand_int_range (random, 0, (gint32)map->columns),
                      g_rand_int_range (random, 0, (gint32)map->rows),
                      (int32_t)map->columns, (int32_t)map->rows);
    sum = spc_content_find (map, &tiles, lowest, &found);
    g_assert_cmpint (sum, ==, best_by_trying (map, &tiles, lowest ? -1 : 1));
    g_assert_cmpint (sum, ==, spc_content_sum (map, &found));
    g_assert_true (sum == 0 || qxl_rect_contains (&tiles, &found));
    g_assert_true (sum != 0 || qxl_rect_is_empty (&found));
  }
}

/* edges */

/* noise of few levels on white: near enough to a photo */
static QxlImage *
patch_new (const QxlRect *patch, uint32_t width, uint32_t height)
{
  uint32_t x = 7;
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  memset (pixels, 0xff, qxl_image_size (image));
  for (int32_t row = patch->top; row < patch->bottom; row++)
    for (int32_t i = 4 * patch->left; i < 4 * patch->right; i++) {
      x = x * 1664525 + 1013904223;
      pixels[(size_t)row * width * 4 + (size_t)i] = (uint8_t)(100 + (x >> 28));
    }
  return image;
}

static void
moves_edges_to_the_pixel (void)
{
  QxlRect patch = QXL_RECT (21, 35, 150, 170);
  g_autoptr (QxlImage) image = patch_new (&patch, 200, 220);
  static const QxlRect starts[] = {
      {16, 32, 144, 176}, {32, 48, 160, 160}, {32, 32, 144, 160}};

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    QxlRect area = starts[i];
    SpcEdgeSearch search = {.image = image,
                            .outer = QXL_RECT (0, 0, 200, 220),
                            .reach = 16,
                            .content = SPC_CONTENT_PHOTO,
                            .bonus = 0};

    for (int edge = 0; edge < SPC_N_EDGES; edge++)
      spc_content_move_edge (&search, edge, &area);
    g_assert_cmpint (area.left, ==, patch.left);
    g_assert_cmpint (area.top, ==, patch.top);
    g_assert_cmpint (area.right, ==, patch.right);
    g_assert_cmpint (area.bottom, ==, patch.bottom);
  }
}

static void
keeps_edges_within_what_it_may (void)
{
  QxlRect patch = QXL_RECT (0, 0, 64, 64), outer = QXL_RECT (3, 5, 61, 60);
  g_autoptr (QxlImage) image = patch_new (&patch, 64, 64);
  QxlRect area = QXL_RECT (16, 16, 48, 48);
  SpcEdgeSearch search = {.image = image,
                          .outer = outer,
                          .reach = 100,
                          .content = SPC_CONTENT_PHOTO,
                          .bonus = 0};

  for (int edge = 0; edge < SPC_N_EDGES; edge++)
    spc_content_move_edge (&search, edge, &area);
  g_assert_true (qxl_rect_equal (&area, &outer));
  /* nothing to be gained: no further than to the middle */
  search.content = SPC_CONTENT_DRAWN;
  for (int edge = 0; edge < SPC_N_EDGES; edge++)
    spc_content_move_edge (&search, edge, &area);
  g_assert_false (qxl_rect_is_empty (&area));
}

/* pictures */

static QxlImage *
slope_new (uint32_t size, int grain)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, size, size, &pixels);

  for (uint32_t i = 0; i < size * size * 4; i++)
    pixels[i] = (uint8_t)(50 + i / 4 % size / 2 + i / 4 / size / 2 +
                          (unsigned)g_rand_int_range (random, 0, grain));
  return image;
}

static void
small_pictures_have_a_content (void)
{
  for (uint32_t size = 24; size <= 200; size += 11) {
    g_autoptr (QxlImage) photo = slope_new (size, 6);
    g_autoptr (QxlImage) gradient = slope_new (size, 1);

    g_assert_cmpint (spc_content_of (photo), ==, SPC_CONTENT_PHOTO);
    g_assert_cmpint (spc_content_of (gradient), ==, SPC_CONTENT_DRAWN);
  }
}

static void
any_size_can_be_measured (void)
{
  g_autofree SpcContentMap *map = g_new (SpcContentMap, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  static const uint32_t sizes[] = {1, 2, 3, 15, 16, 17, 33, 1000, 40000};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sizes); k++) {
      g_autoptr (QxlImage) image = NULL;

      if (sizes[i] * sizes[k] > 1000000)
        continue;
      image = noise_new (random, sizes[i], sizes[k], 2);
      g_assert_true (spc_content_measure (image, map));
      g_assert_cmpuint (map->columns * map->rows, <=, SPC_CONTENT_MAX_TILES);
      g_assert_cmpuint (map->columns * map->tile, >=, sizes[i]);
      g_assert_cmpuint (map->rows * map->tile, >=, sizes[k]);
    }
}

static void
other_formats_are_drawn (void)
{
  uint8_t *pixels;
  g_autofree SpcContentMap *map = g_new (SpcContentMap, 1);
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_A8, 64, 64, &pixels);

  memset (pixels, 1, 64 * 64);
  g_assert_false (spc_content_measure (image, map));
  g_assert_cmpint (spc_content_of (image), ==, SPC_CONTENT_DRAWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/counts-as-a-plain-loop-does",
                   counts_as_a_plain_loop_does);
  g_test_add_func ("/content/sees-every-difference", sees_every_difference);
  g_test_add_func ("/content/knows-pairs-from-the-second-time",
                   knows_pairs_from_the_second_time);
  g_test_add_func ("/content/finds-the-best-rectangle",
                   finds_the_best_rectangle);
  g_test_add_func ("/content/moves-edges-to-the-pixel",
                   moves_edges_to_the_pixel);
  g_test_add_func ("/content/keeps-edges-within-what-it-may",
                   keeps_edges_within_what_it_may);
  g_test_add_func ("/content/small-pictures-have-a-content",
                   small_pictures_have_a_content);
  g_test_add_func ("/content/any-size-can-be-measured",
                   any_size_can_be_measured);
  g_test_add_func ("/content/other-formats-are-drawn", other_formats_are_drawn);
  return g_test_run ();
}
