/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that stay are known, rows that change are not. Where the machine cannot
 * hash fast nothing is known, and that is tested instead. */
#include "qxl/differ-rows.h"

#include <glib.h>
#include <string.h>

#define MAX_BYTES 700 /* five stripes and a rest */
#define N_ROWS 4
#define ALL 0xffffffffu
#define NO_X 0x00ffffffu /* BGRx */

static void
fill (uint8_t *row, size_t n)
{
  for (size_t i = 0; i < n; i++)
    row[i] = (uint8_t)g_test_rand_int ();
}

/* in another picture */
static bool
stays (QxlDifferRows *rows, uint8_t *row)
{
  qxl_differ_rows_begin (rows);
  return qxl_differ_rows_is_same (rows, 1, row, row);
}

/* each byte of a row of @n, changed in each bit */
static void
check_changes (size_t n, uint32_t mask)
{
  uint8_t row[MAX_BYTES];
  uint8_t mask_bytes[4];
  QxlDifferRows *rows = qxl_differ_rows_new (N_ROWS, n, mask);
  bool is_known = (qxl_hash_row_at (0) != NULL);

  memcpy (mask_bytes, &mask, 4);
  fill (row, n);
  qxl_differ_rows_learn (rows, 1, row);
  g_assert_cmpint (stays (rows, row), ==, is_known);
  for (size_t bit = 0; bit < n * 8; bit++) {
    bool is_visible = mask_bytes[bit / 8 % 4] != 0;

    row[bit / 8] ^= (uint8_t)(1 << bit % 8);
    g_assert_cmpint (stays (rows, row), ==, is_known && !is_visible);
    row[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  g_assert_cmpint (stays (rows, row), ==, is_known);
  qxl_differ_rows_free (rows);
}

static void
test_changes (void)
{
  const size_t sizes[] = {1, 3, 4, 15, 16, 17, 127, 128, 129, 640, MAX_BYTES};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    check_changes (sizes[i], ALL);
    check_changes (sizes[i], NO_X);
  }
}

/* What desktops do: something small is elsewhere in the row, by any number of
 * pixels: by 32 of them it is in the same lane, and no sum tells. */
static void
test_moves (void)
{
  enum { PIXELS = 160, BYTES = PIXELS * 4 };
  QxlDifferRows *rows = qxl_differ_rows_new (N_ROWS, BYTES, NO_X);

  for (uint32_t from = 0; from < PIXELS; from++)
    for (uint32_t to = 0; to < PIXELS; to++) {
      uint32_t row[PIXELS] = {0};

      qxl_differ_rows_forget (rows, 1, 2);
      row[from] = 0xc0c0c0;
      qxl_differ_rows_learn (rows, 1, (const uint8_t *)row);
      row[from] = 0;
      row[to] = 0xc0c0c0;
      g_assert_cmpint (stays (rows, (uint8_t *)row), ==,
                       from == to && (qxl_hash_row_at (0) != NULL));
    }
  qxl_differ_rows_free (rows);
}

/* all kernels give the same */
static void
test_kernels (void)
{
  uint8_t row[MAX_BYTES], key[QXL_ROW_KEY_BYTES];
  uint8_t first[QXL_ROW_HASH_BYTES], other[QXL_ROW_HASH_BYTES];
  QxlHashRow hash_row;

  fill (key, sizeof key);
  for (size_t n = 1; n <= MAX_BYTES; n++)
    for (unsigned i = 0; (hash_row = qxl_hash_row_at (i)) != NULL; i++) {
      fill (row, i == 0 ? n : 0);
      hash_row (row, row, n, NO_X, key, i == 0 ? first : other);
      if (i > 0)
        g_assert_cmpmem (first, sizeof first, other, sizeof other);
    }
  g_assert_null (qxl_hash_row_at (2));
}

static void
test_forgetting (void)
{
  uint8_t row[64];
  QxlDifferRows *rows = qxl_differ_rows_new (N_ROWS, sizeof row, ALL);
  bool is_known = (qxl_hash_row_at (0) != NULL);

  fill (row, sizeof row);
  g_assert_false (stays (rows, row));
  for (uint32_t y = 0; y < N_ROWS; y++)
    qxl_differ_rows_learn (rows, y, row);
  qxl_differ_rows_forget (rows, 1, 3);
  g_assert_cmpint (qxl_differ_rows_is_same (rows, 0, row, row), ==, is_known);
  g_assert_false (qxl_differ_rows_is_same (rows, 1, row, row));
  g_assert_false (qxl_differ_rows_is_same (rows, 2, row, row));
  g_assert_cmpint (qxl_differ_rows_is_same (rows, 3, row, row), ==, is_known);
  qxl_differ_rows_free (rows);
}

/* what was the same is so until the next picture, or until it is forgotten */
static void
test_remembering (void)
{
  uint8_t row[64], other[64];
  QxlDifferRows *rows = qxl_differ_rows_new (N_ROWS, sizeof row, ALL);
  bool is_known = (qxl_hash_row_at (0) != NULL);

  fill (row, sizeof row);
  fill (other, sizeof other);
  qxl_differ_rows_learn (rows, 1, row);
  g_assert_false (stays (rows, other));
  g_assert_cmpint (stays (rows, row), ==, is_known);
  g_assert_cmpint (qxl_differ_rows_is_same (rows, 1, other, other), ==,
                   is_known);
  qxl_differ_rows_learn (rows, 1, other);
  g_assert_false (stays (rows, other));
  g_assert_cmpint (stays (rows, row), ==, is_known);
  qxl_differ_rows_forget (rows, 1, 2);
  g_assert_false (qxl_differ_rows_is_same (rows, 1, row, row));
  qxl_differ_rows_free (rows);
}

static void
test_none (void)
{
  uint8_t row[4] = {0};

  qxl_differ_rows_begin (NULL);
  qxl_differ_rows_learn (NULL, 0, row);
  qxl_differ_rows_forget (NULL, 0, 1);
  g_assert_false (qxl_differ_rows_is_same (NULL, 0, row, row));
  qxl_differ_rows_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-rows/a-changed-bit-is-seen", test_changes);
  g_test_add_func ("/differ-rows/what-moves-is-seen", test_moves);
  g_test_add_func ("/differ-rows/all-kernels-give-the-same", test_kernels);
  g_test_add_func ("/differ-rows/forgotten-rows-are-unknown", test_forgetting);
  g_test_add_func ("/differ-rows/what-was-the-same-is-not-hashed-again",
                   test_remembering);
  g_test_add_func ("/differ-rows/without-hashes-nothing-is-known", test_none);
  return g_test_run ();
}
