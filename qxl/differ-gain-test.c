/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-gain.h"

#include <string.h>

#define MAX_SIDE 9

static void
fill (QxlGainMap *map, const char *drawing)
{
  for (unsigned i = 0; i < map->cols * map->rows; i++)
    switch (drawing[i]) {
    case '+':
      map->gain[i] = QXL_GAIN_ONE;
      break;
    case '-':
      map->gain[i] = QXL_GAIN_POOR;
      break;
    case '#':
      map->gain[i] = QXL_GAIN_FORBIDDEN;
      break;
    default:
      map->gain[i] = QXL_GAIN_NONE;
      break;
    }
}

/* clang-format off */
static const struct {
  const char *drawing;
  unsigned cols, rows, gain;
  QxlRect best;
} drawings[] = {
  { "....", 4, 1, 0, { 0, 0, 0, 0 } },
  { "####", 2, 2, 0, { 0, 0, 0, 0 } },
  { "+", 1, 1, 1, { 0, 0, 1, 1 } },
  { "..+.", 4, 1, 1, { 2, 0, 3, 1 } },
  { "+.+"
    "..."
    "+.+", 3, 3, 4, { 0, 0, 3, 3 } },
  { "##+"
    "+.+"
    "++#", 3, 3, 3, { 0, 1, 2, 3 } },
  { ".#...."
    ".#.++."
    ".#.+..", 6, 3, 3, { 3, 1, 5, 3 } },
  { "+++++"
    "++#++"
    "+++++", 5, 3, 6, { 0, 0, 2, 3 } },
  /* poor cells: not at the edge, unless few */
  { "--+--"
    "+++++"
    "++-++"
    "-++++"
    "+++++"
    "---++", 5, 6, 18, { 0, 1, 5, 5 } },
  { "+--", 3, 1, 1, { 0, 0, 1, 1 } },
};
/* clang-format on */

static QxlRect
all_of (const QxlGainMap *map)
{
  return QXL_RECT (0, 0, (int32_t)map->cols, (int32_t)map->rows);
}

static void
finds_the_rectangle_worth_most (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (drawings); i++) {
    QxlGainMap map;
    QxlRect best;

    qxl_gain_map_init (&map, drawings[i].cols, drawings[i].rows);
    fill (&map, drawings[i].drawing);
    for (int twice = 0; twice < 2; twice++) {
      g_assert_cmpuint (qxl_gain_map_best (&map, &best), ==, drawings[i].gain);
      if (drawings[i].gain > 0 && !qxl_rect_equal (&best, &drawings[i].best))
        g_error ("drawing %u: %d,%d to %d,%d", i, best.left, best.top,
                 best.right, best.bottom);
    }
    qxl_gain_map_clear (&map);
  }
}

/* gains of a rectangle; 0 if it has a forbidden cell */
static unsigned
count (const QxlGainMap *map, const QxlRect *rect)
{
  unsigned n = 0;

  for (int y = rect->top; y < rect->bottom; y++)
    for (int x = rect->left; x < rect->right; x++) {
      uint8_t gain = map->gain[y * (int)map->cols + x];

      if (gain == QXL_GAIN_FORBIDDEN)
        return 0;
      n += gain == QXL_GAIN_ONE;
    }
  return n;
}

static unsigned
most_of_all (const QxlGainMap *map, const QxlRect *area)
{
  unsigned most = 0;

  for (int top = area->top; top < area->bottom; top++)
    for (int left = area->left; left < area->right; left++)
      for (int bottom = top + 1; bottom <= area->bottom; bottom++)
        for (int right = left + 1; right <= area->right; right++) {
          QxlRect rect = QXL_RECT (left, top, right, bottom);

          most = MAX (most, count (map, &rect));
        }
  return most;
}

static QxlRect
random_part (const QxlGainMap *map)
{
  int left = g_test_rand_int_range (0, (int)map->cols);
  int top = g_test_rand_int_range (0, (int)map->rows);

  return QXL_RECT (left, top,
                   g_test_rand_int_range (left + 1, (int)map->cols + 1),
                   g_test_rand_int_range (top + 1, (int)map->rows + 1));
}

/* in all of the map, and in a part of it afterwards */
static void
no_rectangle_is_worth_more (void)
{
  static const uint8_t gains[] = {QXL_GAIN_NONE, QXL_GAIN_NONE, QXL_GAIN_ONE,
                                  QXL_GAIN_ONE, QXL_GAIN_FORBIDDEN};

  for (int i = 0; i < 500; i++) {
    unsigned cols = (unsigned)g_test_rand_int_range (1, MAX_SIDE);
    unsigned rows = (unsigned)g_test_rand_int_range (1, MAX_SIDE);
    QxlGainMap map;

    qxl_gain_map_init (&map, cols, rows);
    for (unsigned c = 0; c < cols * rows; c++)
      map.gain[c] = gains[g_test_rand_int_range (0, G_N_ELEMENTS (gains))];
    for (int k = 0; k < 2; k++) {
      QxlRect area = k == 0 ? all_of (&map) : random_part (&map);
      QxlRect best;
      unsigned gain = qxl_gain_map_best_in (&map, &area, &best);

      g_assert_cmpuint (gain, ==, most_of_all (&map, &area));
      if (gain > 0) {
        g_assert_cmpuint (gain, ==, count (&map, &best));
        g_assert_true (qxl_rect_contains (&area, &best));
      }
    }
    qxl_gain_map_clear (&map);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-gain/finds-the-rectangle-worth-most",
                   finds_the_rectangle_worth_most);
  g_test_add_func ("/differ-gain/no-rectangle-is-worth-more",
                   no_rectangle_is_worth_more);
  return g_test_run ();
}
