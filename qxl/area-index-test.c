/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "area-index.h"

#define N_ENTRIES 300u

static QxlRect
random_rect (uint32_t width, uint32_t height)
{
  /* sizes of all grids alike */
  int32_t w = 1 + g_test_rand_int_range (0, 1 << g_test_rand_int_range (0, 12));
  int32_t h = 1 + g_test_rand_int_range (0, 1 << g_test_rand_int_range (0, 12));
  int32_t left = g_test_rand_int_range (0, (int32_t)width);
  int32_t top = g_test_rand_int_range (0, (int32_t)height);

  return QXL_RECT (left, top, MIN (left + w, (int32_t)width),
                   MIN (top + h, (int32_t)height));
}

static guint
times_found (const GPtrArray *found, gconstpointer owner)
{
  guint n = 0;

  for (guint i = 0; i < found->len; i++)
    n += g_ptr_array_index (found, i) == owner ? 1 : 0;
  return n;
}

static void
check_find (const QxlAreaIndex *index, const QxlAreaEntry *entries,
            const QxlRect *rect)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  g_assert_true (
      qxl_area_index_find (index, rect, G_MAXUINT, G_MAXUINT, found));
  for (guint i = 0; i < N_ENTRIES; i++) {
    bool meets =
        entries[i].is_inside && qxl_rect_intersects (rect, &entries[i].rect);
    g_assert_cmpuint (times_found (found, &entries[i]), ==, meets ? 1 : 0);
  }
}

static void
check_size (uint32_t width, uint32_t height)
{
  g_autoptr (QxlAreaIndex) index = qxl_area_index_new (width, height);
  g_autofree QxlAreaEntry *entries = g_new0 (QxlAreaEntry, N_ENTRIES);

  for (guint round = 0; round < 2000; round++) {
    QxlAreaEntry *entry = &entries[g_test_rand_int_range (0, N_ENTRIES)];
    QxlRect rect = random_rect (width, height);

    entry->owner = entry;
    if (g_test_rand_int_range (0, 3) == 0)
      qxl_area_index_remove (index, entry);
    else
      qxl_area_index_put (index, entry, &rect);
    rect = random_rect (width, height);
    if (round % 8 == 0)
      check_find (index, entries, &rect);
  }
  for (guint i = 0; i < N_ENTRIES; i++)
    qxl_area_index_remove (index, &entries[i]);
}

static void
test_random (void)
{
  check_size (1, 1);
  check_size (640, 480);
  check_size (33, 5000);
  check_size (16384, 16384);
}

static void
test_beyond (void)
{
  g_autoptr (QxlAreaIndex) index = qxl_area_index_new (100, 100);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  const QxlRect at = QXL_RECT (90, 90, 100, 100);
  const QxlRect all = QXL_RECT (G_MININT32, -5, G_MAXINT32, 1000);
  const QxlRect nowhere = QXL_RECT (100, 0, 200, 100);
  QxlAreaEntry entry = {.owner = &entry};

  qxl_area_index_put (index, &entry, &at);
  g_assert_true (qxl_area_index_find (index, &nowhere, 9, 9, found));
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_true (qxl_area_index_find (index, &all, 9, 9, found));
  g_assert_cmpuint (found->len, ==, 1);
  qxl_area_index_remove (index, &entry);
}

static void
test_bound (void)
{
  g_autoptr (QxlAreaIndex) index = qxl_area_index_new (1000, 1000);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  const QxlRect whole = QXL_RECT (0, 0, 1000, 1000);
  const QxlRect small = QXL_RECT (10, 10, 20, 20);
  const QxlRect query = QXL_RECT (5, 5, 50, 50);
  QxlAreaEntry large[5], little[5];

  for (guint i = 0; i < 5; i++) {
    large[i] = (QxlAreaEntry){.owner = &large[i]};
    little[i] = (QxlAreaEntry){.owner = &little[i]};
    qxl_area_index_put (index, &large[i], &whole);
    qxl_area_index_put (index, &little[i], &small);
  }
  g_assert_true (qxl_area_index_find (index, &query, 5, 5, found));
  g_assert_cmpuint (found->len, ==, 10);
  g_ptr_array_set_size (found, 0);
  g_assert_false (qxl_area_index_find (index, &query, 5, 3, found));
  g_assert_cmpuint (found->len, ==, 8);
  g_ptr_array_set_size (found, 0);
  g_assert_false (qxl_area_index_find (index, &query, 4, 5, found));
  g_assert_cmpuint (found->len, ==, 4);
  for (guint i = 0; i < 5; i++) {
    qxl_area_index_remove (index, &large[i]);
    qxl_area_index_remove (index, &little[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/area-index/finds-what-meets-a-rectangle", test_random);
  g_test_add_func ("/area-index/may-be-asked-for-more-than-there-is",
                   test_beyond);
  g_test_add_func ("/area-index/ends-early-when-there-are-many", test_bound);
  return g_test_run ();
}
