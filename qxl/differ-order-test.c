/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-order.h"

#include <glib.h>
#include <string.h>

#define SIDE 24

static QxlMove
move (int left, int top, int width, int height, int x, int y)
{
  return (QxlMove){.to = QXL_RECT (left, top, left + width, top + height),
                   .from = {.x = x, .y = y}};
}

/* every move finds what was there before the first one */
static void
assert_in_order (const QxlMove *moves, unsigned n)
{
  for (unsigned later = 0; later < n; later++)
    for (unsigned earlier = 0; earlier < later; earlier++) {
      QxlRect read = qxl_move_source (&moves[later]);

      if (qxl_rect_intersects (&read, &moves[earlier].to))
        g_error ("move %u reads what move %u has written", later, earlier);
    }
}

static void
none_reads_what_was_written (void)
{
  for (int round = 0; round < 2000; round++) {
    unsigned n = (unsigned)g_test_rand_int_range (0, QXL_MAX_MOVES + 1);
    QxlMove moves[QXL_MAX_MOVES];
    unsigned n_ordered;

    for (unsigned i = 0; i < n; i++) {
      int width = g_test_rand_int_range (1, SIDE / 3);
      int height = g_test_rand_int_range (1, SIDE / 3);

      moves[i] = move (g_test_rand_int_range (0, SIDE - width),
                       g_test_rand_int_range (0, SIDE - height), width, height,
                       g_test_rand_int_range (0, SIDE - width),
                       g_test_rand_int_range (0, SIDE - height));
    }
    n_ordered = qxl_moves_put_in_order (moves, n);
    g_assert_cmpuint (n_ordered, <=, n);
    g_assert_cmpuint (n_ordered, >=, MIN (n, 1));
    assert_in_order (moves, n_ordered);
  }
}

/* parts of one thing that moved together never wait in a circle */
static void
parts_of_a_whole_all_move (void)
{
  for (int i = 0; i < 200; i++) {
    int dx = g_test_rand_int_range (-5, 6), dy = g_test_rand_int_range (-5, 6);
    QxlMove moves[QXL_MAX_MOVES];

    for (int part = 0; part < 16; part++)
      moves[part] = move (8 + part % 4 * 4, 8 + part / 4 * 4, 4, 4,
                          8 + part % 4 * 4 - dx, 8 + part / 4 * 4 - dy);
    g_assert_cmpuint (qxl_moves_put_in_order (moves, 16), ==, 16);
    assert_in_order (moves, 16);
  }
}

static void
the_later_stays_on_top (void)
{
  const QxlMove below = move (0, 0, 4, 4, 10, 10);
  const QxlMove above = move (2, 2, 4, 4, 16, 10);
  QxlMove moves[2] = {below, above};

  g_assert_cmpuint (qxl_moves_put_in_order (moves, 2), ==, 2);
  g_assert_cmpmem (&moves[0], sizeof below, &below, sizeof below);
  g_assert_cmpmem (&moves[1], sizeof above, &above, sizeof above);
}

static void
of_an_exchange_one_is_left (void)
{
  const QxlMove there = move (0, 0, 4, 4, 10, 0);
  QxlMove moves[2] = {there, move (10, 0, 4, 4, 0, 0)};

  g_assert_cmpuint (qxl_moves_put_in_order (moves, 2), ==, 1);
  g_assert_cmpmem (&moves[0], sizeof there, &there, sizeof there);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-order/none-reads-what-was-written",
                   none_reads_what_was_written);
  g_test_add_func ("/differ-order/parts-of-a-whole-all-move",
                   parts_of_a_whole_all_move);
  g_test_add_func ("/differ-order/the-later-stays-on-top",
                   the_later_stays_on_top);
  g_test_add_func ("/differ-order/of-an-exchange-one-is-left",
                   of_an_exchange_one_is_left);
  return g_test_run ();
}
