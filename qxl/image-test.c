/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/image.h"

#include <string.h>

static void
owns_its_pixels (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGR, 5, 3, &pixels);

  g_assert_nonnull (image);
  g_assert_true (image->pixels == pixels);
  g_assert_true (image->owns_pixels);
  g_assert_cmpuint (image->id, !=, 0);
  g_assert_cmpint (image->format, ==, QXL_FORMAT_BGR);
  g_assert_cmpuint (image->width, ==, 5);
  g_assert_cmpuint (image->height, ==, 3);
  g_assert_cmpuint (image->stride, ==, 15);
  g_assert_cmpuint (qxl_image_size (image), ==, 45);
  memset (pixels, 0x5a, 45);
  g_assert_true (qxl_image_row (image, 2) == pixels + 30);
}

static void
ids_are_unique (void)
{
  uint8_t *pixels;
  g_autoptr (QxlImage) a = qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &pixels);
  g_autoptr (QxlImage) b = qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &pixels);

  g_assert_cmpuint (a->id, !=, b->id);
}

static void
refuses_sizes_that_do_not_fit (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width, height;
  } cases[] = {
      {QXL_FORMAT_BGRX, 0, 1},
      {QXL_FORMAT_BGRX, 1, 0},
      {QXL_FORMAT_INVALID, 1, 1},
      {QXL_N_FORMATS, 1, 1},
      {QXL_FORMAT_BGRX, 0x20000000, 1},
      {QXL_FORMAT_BGRX, 0x10000, 0x2000},
      {QXL_FORMAT_BGRX, UINT32_MAX, UINT32_MAX},
      {QXL_FORMAT_BGRX, 0x1fffffff, UINT32_MAX},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t byte;
    uint8_t *pixels = &byte;

    g_assert_null (qxl_image_new (cases[i].format, cases[i].width,
                                  cases[i].height, &pixels));
    g_assert_null (pixels);
  }
}

static void
count_up (gpointer owner)
{
  ++*(int *)owner;
}

static void
releases_what_it_wraps_once (void)
{
  static const uint8_t bytes[40];
  int n_released = 0;
  QxlImage *image = qxl_image_new_wrapped (QXL_FORMAT_BGRX, 4, 2, 20, bytes,
                                           &n_released, count_up);

  g_assert_true (qxl_image_row (image, 1) == bytes + 20);
  g_assert_cmpuint (qxl_image_size (image), ==, 32);
  g_assert_true (qxl_image_ref (image) == image);
  qxl_image_unref (image);
  g_assert_cmpint (n_released, ==, 0);
  qxl_image_unref (image);
  g_assert_cmpint (n_released, ==, 1);
  qxl_image_unref (NULL);
}

static void
wraps_without_a_release (void)
{
  static const uint8_t bytes[4];
  g_autoptr (QxlImage) image =
      qxl_image_new_wrapped (QXL_FORMAT_A8, 4, 1, 4, bytes, NULL, NULL);

  g_assert_cmpuint (qxl_image_size (image), ==, 4);
}

static void
packs_small_pixels (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width;
    size_t row_bytes;
  } cases[] = {
      {QXL_FORMAT_PLT1_LE, 1, 1},   {QXL_FORMAT_PLT1_BE, 8, 1},
      {QXL_FORMAT_PLT1_BE, 9, 2},   {QXL_FORMAT_PLT4_LE, 1, 1},
      {QXL_FORMAT_PLT4_BE, 33, 17}, {QXL_FORMAT_PLT8, 33, 33},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t *pixels;
    g_autoptr (QxlImage) image =
        qxl_image_new (cases[i].format, cases[i].width, 3, &pixels);

    g_assert_cmpuint (qxl_image_row_bytes (image), ==, cases[i].row_bytes);
    g_assert_cmpuint (qxl_image_size (image), ==, 3 * cases[i].row_bytes);
    g_assert_cmpuint (image->stride, ==, cases[i].row_bytes);
    memset (pixels, 0, 3 * cases[i].row_bytes);
  }
}

static void
takes_a_palette (void)
{
  static const uint32_t colours[] = {0, 0xffffff};
  QxlPalette *palette = qxl_palette_new (3, colours, 2);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_PLT1_BE, 8, 1, &pixels);

  g_assert_null (image->palette);
  qxl_image_take_palette (image, qxl_palette_ref (palette));
  g_assert_true (image->palette == palette);
  qxl_image_unref (image);
  g_assert_cmphex (palette->entries[1], ==, 0xffffff);
  qxl_palette_unref (palette);
}

static gpointer
make_and_drop (gpointer data)
{
  QxlImage *shared = data;
  uint64_t *ids = g_new (uint64_t, 1000);

  for (int i = 0; i < 1000; i++) {
    uint8_t *pixels;
    QxlImage *own = qxl_image_new (QXL_FORMAT_BGRX, 1, 1, &pixels);

    ids[i] = own->id;
    qxl_image_unref (own);
    qxl_image_unref (qxl_image_ref (shared));
  }
  return ids;
}

static void
may_be_shared_by_threads (void)
{
  static const uint8_t bytes[4];
  int n_released = 0;
  QxlImage *image = qxl_image_new_wrapped (QXL_FORMAT_BGRX, 1, 1, 4, bytes,
                                           &n_released, count_up);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  GThread *threads[4];
  uint64_t *ids[4];

  for (int t = 0; t < 4; t++)
    threads[t] = g_thread_new ("image-test", make_and_drop, image);
  for (int t = 0; t < 4; t++) {
    ids[t] = g_thread_join (threads[t]);
    for (int i = 0; i < 1000; i++)
      g_assert_true (g_hash_table_add (seen, &ids[t][i]));
  }
  for (int t = 0; t < 4; t++)
    g_free (ids[t]);
  g_assert_cmpint (n_released, ==, 0);
  qxl_image_unref (image);
  g_assert_cmpint (n_released, ==, 1);
}

static void
slices_share_pixels_and_keep_them (void)
{
  const QxlRect area = QXL_RECT (1, 1, 4, 3), inner = QXL_RECT (1, 1, 2, 2);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGR, 5, 3, &pixels);
  g_autoptr (QxlImage) slice = NULL;
  g_autoptr (QxlImage) part = NULL;

  for (uint8_t i = 0; i < 45; i++)
    pixels[i] = i;
  slice = qxl_image_new_slice (image, &area);
  g_assert_cmpuint (slice->id, !=, image->id);
  qxl_image_unref (image);
  g_assert_cmpuint (slice->width, ==, 3);
  g_assert_cmpuint (slice->height, ==, 2);
  g_assert_cmpuint (qxl_image_size (slice), ==, 18);
  g_assert_cmpuint (qxl_image_row (slice, 0)[0], ==, 15 + 3);
  g_assert_cmpuint (qxl_image_row (slice, 1)[8], ==, 30 + 3 + 8);
  part = qxl_image_new_slice (slice, &inner);
  g_assert_cmpuint (qxl_image_row (part, 0)[0], ==, 30 + 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/owns-its-pixels", owns_its_pixels);
  g_test_add_func ("/image/ids-are-unique", ids_are_unique);
  g_test_add_func ("/image/refuses-sizes-that-do-not-fit",
                   refuses_sizes_that_do_not_fit);
  g_test_add_func ("/image/releases-what-it-wraps-once",
                   releases_what_it_wraps_once);
  g_test_add_func ("/image/wraps-without-a-release", wraps_without_a_release);
  g_test_add_func ("/image/slices-share-pixels-and-keep-them",
                   slices_share_pixels_and_keep_them);
  g_test_add_func ("/image/packs-small-pixels", packs_small_pixels);
  g_test_add_func ("/image/takes-a-palette", takes_a_palette);
  g_test_add_func ("/image/may-be-shared-by-threads", may_be_shared_by_threads);
  return g_test_run ();
}
