/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/palette.h"

static const uint32_t colours[] = {0xff112233, 0x445566, 0x778899};

static void
copies_colours_without_their_highest_bits (void)
{
  g_autoptr (QxlPalette) palette = qxl_palette_new (7, colours, 3);

  g_assert_cmpuint (palette->unique, ==, 7);
  g_assert_cmpuint (palette->n_entries, ==, 3);
  g_assert_cmphex (palette->entries[0], ==, 0x112233);
  g_assert_cmphex (palette->entries[1], ==, 0x445566);
  g_assert_cmphex (palette->entries[2], ==, 0x778899);
}

static void
has_1_to_256_colours (void)
{
  uint32_t many[QXL_PALETTE_MAX_ENTRIES + 1] = {0};

  g_assert_null (qxl_palette_new (1, many, 0));
  g_assert_null (qxl_palette_new (1, many, QXL_PALETTE_MAX_ENTRIES + 1));
  g_assert_null (qxl_palette_new_hashed (many, 0));
  g_assert_null (qxl_palette_new_hashed (many, QXL_PALETTE_MAX_ENTRIES + 1));
  for (guint n = 1; n <= QXL_PALETTE_MAX_ENTRIES; n += 255) {
    g_autoptr (QxlPalette) palette = qxl_palette_new (1, many, n);

    g_assert_cmpuint (palette->n_entries, ==, n);
  }
}

static void
unique_number_follows_from_the_colours (void)
{
  static const uint32_t same[] = {0x112233, 0x445566, 0xee778899};
  static const uint32_t other[] = {0x445566, 0x112233, 0x778899};
  g_autoptr (QxlPalette) a = qxl_palette_new_hashed (colours, 3);
  g_autoptr (QxlPalette) b = qxl_palette_new_hashed (same, 3);
  g_autoptr (QxlPalette) c = qxl_palette_new_hashed (other, 3);
  g_autoptr (QxlPalette) d = qxl_palette_new_hashed (colours, 2);

  g_assert_cmphex (a->unique, !=, 0);
  g_assert_cmphex (a->unique, ==, b->unique);
  g_assert_cmphex (a->unique, !=, c->unique);
  g_assert_cmphex (a->unique, !=, d->unique);
}

static void
equal_means_unique_and_colours (void)
{
  static const uint32_t other[] = {0x112233, 0x445566, 0x778898};
  g_autoptr (QxlPalette) a = qxl_palette_new (7, colours, 3);
  g_autoptr (QxlPalette) same = qxl_palette_new (7, colours, 3);
  g_autoptr (QxlPalette) renamed = qxl_palette_new (8, colours, 3);
  g_autoptr (QxlPalette) shorter = qxl_palette_new (7, colours, 2);
  g_autoptr (QxlPalette) recoloured = qxl_palette_new (7, other, 3);

  g_assert_true (qxl_palette_is_equal (a, a));
  g_assert_true (qxl_palette_is_equal (a, same));
  g_assert_false (qxl_palette_is_equal (a, renamed));
  g_assert_false (qxl_palette_is_equal (a, shorter));
  g_assert_false (qxl_palette_is_equal (a, recoloured));
}

static gpointer
take_and_drop (gpointer data)
{
  for (int i = 0; i < 1000; i++)
    qxl_palette_unref (qxl_palette_ref (data));
  return NULL;
}

static void
may_be_shared_by_threads (void)
{
  QxlPalette *palette = qxl_palette_new (7, colours, 3);
  GThread *threads[4];

  for (int t = 0; t < 4; t++)
    threads[t] = g_thread_new ("palette-test", take_and_drop, palette);
  for (int t = 0; t < 4; t++)
    g_thread_join (threads[t]);
  g_assert_cmphex (palette->entries[2], ==, 0x778899);
  qxl_palette_unref (palette);
  qxl_palette_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette/copies-colours-without-their-highest-bits",
                   copies_colours_without_their_highest_bits);
  g_test_add_func ("/palette/has-1-to-256-colours", has_1_to_256_colours);
  g_test_add_func ("/palette/unique-number-follows-from-the-colours",
                   unique_number_follows_from_the_colours);
  g_test_add_func ("/palette/equal-means-unique-and-colours",
                   equal_means_unique_and_colours);
  g_test_add_func ("/palette/may-be-shared-by-threads",
                   may_be_shared_by_threads);
  return g_test_run ();
}
