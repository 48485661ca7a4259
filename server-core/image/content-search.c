/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content-search.h"

#include <string.h>

/* the map seen along its longer side: the search is in bands of its lines */
typedef struct {
  const int32_t *gains; /* of the first line's first tile */
  size_t next_line, next_tile;
  int32_t n_lines, n_tiles;
  int sign;
} View;

typedef struct {
  int64_t sum;
  int32_t from, to;
} Stretch;

int64_t
spc_content_sum (const SpcContentMap *map, const QxlRect *tiles)
{
  int64_t sum = 0;

  for (int32_t y = tiles->top; y < tiles->bottom; y++)
    for (int32_t x = tiles->left; x < tiles->right; x++)
      sum += map->gains[(size_t)y * map->columns + x];
  return sum;
}

/* the stretch of @n sums that is worth most: each begins where what came
 * before is worth nothing */
static Stretch
best_stretch (const int64_t *sums, int32_t n)
{
  Stretch best = {0}, now = {0};

  for (int32_t i = 0; i < n; i++) {
    if (now.sum <= 0)
      now = (Stretch){0, i, i};
    now.sum += sums[i];
    now.to = i + 1;
    if (now.sum > best.sum)
      best = now;
  }
  return best;
}

/* in lines and tiles of @view */
static int64_t
search (const View *view, QxlRect *found)
{
  int64_t sums[SPC_CONTENT_MAX_TILES], best = 0;

  for (int32_t first = 0; first < view->n_lines; first++) {
    memset (sums, 0, sizeof sums[0] * (size_t)view->n_tiles);
    for (int32_t last = first; last < view->n_lines; last++) {
      const int32_t *line = view->gains + (size_t)last * view->next_line;
      Stretch stretch;

      for (int32_t i = 0; i < view->n_tiles; i++)
        sums[i] += view->sign * line[(size_t)i * view->next_tile];
      stretch = best_stretch (sums, view->n_tiles);
      if (stretch.sum > best) {
        best = stretch.sum;
        *found = QXL_RECT (stretch.from, first, stretch.to, last + 1);
      }
    }
  }
  return best;
}

int64_t
spc_content_find (const SpcContentMap *map, const QxlRect *tiles, bool lowest,
                  QxlRect *found)
{
  int32_t width = qxl_rect_width (tiles), height = qxl_rect_height (tiles);
  bool is_tall = height > width;
  View view = {
      .gains = map->gains + (size_t)tiles->top * map->columns + tiles->left,
      .next_line = is_tall ? 1 : map->columns,
      .next_tile = is_tall ? map->columns : 1,
      .n_lines = MIN (width, height),
      .n_tiles = MAX (width, height),
      .sign = lowest ? -1 : 1,
  };
  QxlRect at = {0};
  int64_t sum = qxl_rect_is_empty (tiles) ? 0 : search (&view, &at);

  if (is_tall)
    at = QXL_RECT (at.top, at.left, at.bottom, at.right);
  *found = sum == 0 ? QXL_RECT (0, 0, 0, 0)
                    : QXL_RECT (tiles->left + at.left, tiles->top + at.top,
                                tiles->left + at.right, tiles->top + at.bottom);
  return view.sign * sum;
}
