/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tiles.h"

#include <string.h>

static gboolean
tile_differs (const guint8 *before, const guint8 *after, gsize stride,
              const FeederRect *tile)
{
  gsize offset = tile->left * 4;
  gsize length = (tile->right - tile->left) * 4;
  for (guint y = tile->top; y < tile->bottom; y++) {
    gsize at = y * stride + offset;
    if (memcmp (before + at, after + at, length) != 0)
      return TRUE;
  }
  return FALSE;
}

/* Grows the rectangle above if it ends where @run begins, else adds @run. */
static void
add_run (GArray *rects, const FeederRect *run)
{
  for (guint i = rects->len; i-- > 0;) {
    FeederRect *above = &g_array_index (rects, FeederRect, i);
    if (above->bottom == run->top && above->left == run->left &&
        above->right == run->right) {
      above->bottom = run->bottom;
      return;
    }
  }
  g_array_append_val (rects, *run);
}

static void
compare_row (const guint8 *before, const guint8 *after, guint width,
             gsize stride, guint top, guint bottom, GArray *rects)
{
  FeederRect run = {0, top, 0, bottom};
  for (guint x = 0; x < width; x += FEEDER_TILE) {
    FeederRect tile = {x, top, MIN (x + FEEDER_TILE, width), bottom};
    if (tile_differs (before, after, stride, &tile)) {
      if (run.right == run.left)
        run.left = tile.left;
      run.right = tile.right;
      continue;
    }
    if (run.right > run.left)
      add_run (rects, &run);
    run.left = run.right = 0;
  }
  if (run.right > run.left)
    add_run (rects, &run);
}

void
feeder_tiles_compare (const guint8 *before, const guint8 *after, guint width,
                      guint height, gsize stride, GArray *rects)
{
  g_array_set_size (rects, 0);
  for (guint y = 0; y < height; y += FEEDER_TILE)
    compare_row (before, after, width, stride, y, MIN (y + FEEDER_TILE, height),
                 rects);
}

static gboolean
touch (const FeederRect *a, const FeederRect *b)
{
  return a->left <= b->right && b->left <= a->right && a->top <= b->bottom &&
         b->top <= a->bottom;
}

static void
grow (FeederRect *to, const FeederRect *by)
{
  to->left = MIN (to->left, by->left);
  to->top = MIN (to->top, by->top);
  to->right = MAX (to->right, by->right);
  to->bottom = MAX (to->bottom, by->bottom);
}

/* TRUE: one rectangle has become part of another. */
static gboolean
join_one (GArray *rects)
{
  for (guint i = 0; i < rects->len; i++)
    for (guint j = i + 1; j < rects->len; j++) {
      FeederRect *a = &g_array_index (rects, FeederRect, i);
      FeederRect *b = &g_array_index (rects, FeederRect, j);
      if (!touch (a, b))
        continue;
      grow (a, b);
      g_array_remove_index (rects, j);
      return TRUE;
    }
  return FALSE;
}

static void
trim (const guint8 *before, const guint8 *after, gsize stride, FeederRect *area)
{
  FeederRect top = *area, bottom = *area, left = *area, right = *area;

  for (top.bottom = top.top + 1; !tile_differs (before, after, stride, &top);
       top.bottom++)
    area->top = top.top = top.bottom;
  for (bottom.top = bottom.bottom - 1;
       !tile_differs (before, after, stride, &bottom); bottom.top--)
    area->bottom = bottom.bottom = bottom.top;
  for (left.right = left.left + 1; !tile_differs (before, after, stride, &left);
       left.right++)
    area->left = left.left = left.right;
  for (right.left = right.right - 1;
       !tile_differs (before, after, stride, &right); right.left--)
    area->right = right.right = right.left;
}

void
feeder_tiles_join (const guint8 *before, const guint8 *after, gsize stride,
                   GArray *rects)
{
  while (join_one (rects))
    continue;
  for (guint i = 0; i < rects->len; i++)
    trim (before, after, stride, &g_array_index (rects, FeederRect, i));
}
