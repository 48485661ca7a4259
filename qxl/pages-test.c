/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of pages: what pages.h promises. */
#include "pages.h"

#include <glib.h>
#include <stdint.h>

static const size_t sizes[] = {
    1, 4095, 4096, QXL_PAGES_MIN, QXL_PAGES_MIN * 2, QXL_PAGES_MIN * 5 + 7,
};

static void
test_are_zero_and_all_there (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    uint8_t *pages = qxl_pages_new (sizes[i]);

    g_assert_nonnull (pages);
    for (size_t at = 0; at < sizes[i]; at++) {
      g_assert_cmpuint (pages[at], ==, 0);
      pages[at] = 0x5a;
    }
    qxl_pages_free (pages, sizes[i]);
  }
}

static void
test_come_apart (void)
{
  uint8_t *pages[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    pages[i] = qxl_pages_new (sizes[i]);
    pages[i][0] = pages[i][sizes[i] - 1] = (uint8_t)(i + 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_assert_cmpuint (pages[i][0], ==, i + 1);
    g_assert_cmpuint (pages[i][sizes[i] - 1], ==, i + 1);
    qxl_pages_free (pages[i], sizes[i]);
  }
}

static void
test_too_many_are_none (void)
{
  qxl_pages_free (NULL, QXL_PAGES_MIN);
  g_assert_null (qxl_pages_new (G_MAXSIZE - 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pages/are-zero-and-all-there",
                   test_are_zero_and_all_there);
  g_test_add_func ("/pages/come-apart", test_come_apart);
  g_test_add_func ("/pages/too-many-are-none", test_too_many_are_none);
  return g_test_run ();
}
