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
