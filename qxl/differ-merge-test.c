/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-merge.h"

#include <glib.h>
#include <string.h>

#define MAX_RECTS 64

/* cells from a drawing: ' ' clean, '#' dirty, a letter a solid colour */
static QxlCells
cells_from (const char *const *lines)
{
  QxlCells cells = {.cols = (unsigned)strlen (lines[0])};

  while (lines[cells.rows])
    cells.rows++;
  cells.cell = g_new (uint32_t, (size_t)cells.cols * cells.rows);
  for (unsigned y = 0; y < cells.rows; y++)
    for (unsigned x = 0; x < cells.cols; x++) {
      char c = lines[y][x];

      cells.cell[y * cells.cols + x] = c == ' '   ? QXL_CELL_CLEAN
                                       : c == '#' ? QXL_CELL_DIRTY
                                                  : QXL_CELL_SOLID | (uint8_t)c;
    }
  return cells;
}

static QxlCells
random_cells (double dirty_part)
{
  QxlCells cells = {.cols = (unsigned)g_test_rand_int_range (1, 70),
                    .rows = (unsigned)g_test_rand_int_range (1, 50)};

  cells.cell = g_new0 (uint32_t, (size_t)cells.cols * cells.rows);
  for (unsigned i = 0; i < cells.cols * cells.rows; i++)
    if (g_test_rand_double () < dirty_part)
      cells.cell[i] = QXL_CELL_DIRTY;
  return cells;
}

/* how often each cell is covered must be @once for dirty ones and at most
 * @clean_max for clean ones */
static void
assert_covers (const QxlCells *cells, const QxlCellRect *rects, unsigned n,
               unsigned clean_max)
{
  g_autofree unsigned *times =
      g_new0 (unsigned, (size_t)cells->cols * cells->rows);

  for (unsigned i = 0; i < n; i++) {
    const QxlRect *rect = &rects[i].cells;
    QxlRect all = QXL_RECT (0, 0, (int)cells->cols, (int)cells->rows);

    g_assert_false (qxl_rect_is_empty (rect));
    g_assert_true (qxl_rect_contains (&all, rect));
    for (int y = rect->top; y < rect->bottom; y++)
      for (int x = rect->left; x < rect->right; x++)
        times[y * (int)cells->cols + x]++;
  }
  for (unsigned i = 0; i < cells->cols * cells->rows; i++) {
    if (cells->cell[i] != QXL_CELL_CLEAN)
      g_assert_cmpuint (times[i], ==, 1);
    else
      g_assert_cmpuint (times[i], <=, clean_max);
  }
}

static void
covers_exactly_the_dirty_cells (void)
{
  static const struct {
    const char *lines[6];
    unsigned n_rects;
  } cases[] = {
      {{"    ", "    ", NULL}, 0},         {{"#", NULL}, 1},
      {{"####", "####", "####", NULL}, 1}, {{"#  #", " ## ", "    ", NULL}, 3},
      {{" ## ", " ## ", "####", NULL}, 2}, {{"# # ", " # #", "# # ", NULL}, 6},
      {{"   #", "  ##", " ###", NULL}, 3},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    QxlCells cells = cells_from (cases[i].lines);
    QxlCellRect rects[MAX_RECTS];
    unsigned n = qxl_differ_merge_dirty (&cells, rects, MAX_RECTS);

    g_assert_cmpuint (n, ==, cases[i].n_rects);
    assert_covers (&cells, rects, n, 0);
    g_free (cells.cell);
  }
}

static void
stays_under_the_bound (void)
{
  static const double parts[] = {0.01, 0.1, 0.5, 0.9, 1};

  for (int round = 0; round < 500; round++) {
    QxlCells cells = random_cells (parts[round % G_N_ELEMENTS (parts)]);
    unsigned max = (unsigned)g_test_rand_int_range (1, MAX_RECTS + 1);
    QxlCellRect rects[MAX_RECTS];
    unsigned n = qxl_differ_merge_dirty (&cells, rects, max);
    g_autofree QxlCellRect *all =
        g_new (QxlCellRect, (size_t)cells.cols * cells.rows);
    unsigned n_exact =
        qxl_differ_merge_dirty (&cells, all, cells.cols * cells.rows);

    g_assert_cmpuint (n, <=, max);
    assert_covers (&cells, all, n_exact, 0);
    assert_covers (&cells, rects, n, n_exact <= max ? 0 : 1);
    g_free (cells.cell);
  }
}

static void
takes_large_solid_parts_only (void)
{
  static const char *const lines[] = {"aaaa bb", "aaaa bb", "aaaa#cc",
                                      "   a#cc", NULL};
  static const char *const rest[] = {"     ##", "     ##", "    ###", "   ####",
                                     NULL};
  QxlCells cells = cells_from (lines);
  QxlCells expected = cells_from (rest);
  QxlCellRect rects[MAX_RECTS];
  QxlRect a = QXL_RECT (0, 0, 4, 3);

  g_assert_cmpuint (qxl_differ_merge_solid (&cells, 5, rects, MAX_RECTS), ==,
                    1);
  g_assert_true (qxl_rect_equal (&rects[0].cells, &a));
  g_assert_cmphex (rects[0].cell, ==, QXL_CELL_SOLID | 'a');
  g_assert_cmpmem (cells.cell, 7 * 4 * sizeof (uint32_t), expected.cell,
                   7 * 4 * sizeof (uint32_t));
  g_free (cells.cell);
  g_free (expected.cell);
}

static void
takes_no_more_solid_parts_than_allowed (void)
{
  static const char *const lines[] = {"aabbcc", "aabbcc", NULL};
  static const char *const rest[] = {"  ####", "  ####", NULL};
  QxlCells cells = cells_from (lines);
  QxlCells expected = cells_from (rest);
  QxlCellRect rects[1];

  g_assert_cmpuint (qxl_differ_merge_solid (&cells, 4, rects, 1), ==, 1);
  g_assert_cmpmem (cells.cell, 12 * sizeof (uint32_t), expected.cell,
                   12 * sizeof (uint32_t));
  g_free (cells.cell);
  g_free (expected.cell);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-merge/covers-exactly-the-dirty-cells",
                   covers_exactly_the_dirty_cells);
  g_test_add_func ("/differ-merge/stays-under-the-bound",
                   stays_under_the_bound);
  g_test_add_func ("/differ-merge/takes-large-solid-parts-only",
                   takes_large_solid_parts_only);
  g_test_add_func ("/differ-merge/takes-no-more-solid-parts-than-allowed",
                   takes_no_more_solid_parts_than_allowed);
  return g_test_run ();
}
