/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All maximal rectangles are looked at, in one pass over the cells: each row of
 * cells is a histogram of how many allowed cells lie above, and a stack of
 * rising bars gives those rectangles that end in it. */
#include "qxl/differ-gain.h"

#include <string.h>

void
qxl_gain_map_init (QxlGainMap *self, unsigned cols, unsigned rows)
{
  self->cols = cols;
  self->rows = rows;
  self->gain = g_new0 (uint8_t, (size_t)cols * rows);
  self->sums = g_new0 (uint32_t, (size_t)(cols + 1) * (rows + 1));
  self->heights = g_new0 (unsigned, cols);
  self->bars = g_new0 (QxlGainBar, cols);
}

void
qxl_gain_map_clear (QxlGainMap *self)
{
  g_clear_pointer (&self->gain, g_free);
  g_clear_pointer (&self->sums, g_free);
  g_clear_pointer (&self->heights, g_free);
  g_clear_pointer (&self->bars, g_free);
}

static uint32_t *
sum_at (const QxlGainMap *self, unsigned x, unsigned y)
{
  return &self->sums[(size_t)y * (self->cols + 1) + x];
}

/* those above and left of the area count as none */
static void
sum_up (QxlGainMap *self, const QxlRect *area)
{
  unsigned left = (unsigned)area->left, right = (unsigned)area->right;

  memset (sum_at (self, left, (unsigned)area->top), 0,
          (right - left + 1) * sizeof *self->sums);
  for (unsigned y = (unsigned)area->top; y < (unsigned)area->bottom; y++) {
    const uint8_t *gain = self->gain + (size_t)y * self->cols;
    uint32_t in_row = 0;

    *sum_at (self, left, y + 1) = 0;
    for (unsigned x = left; x < right; x++) {
      in_row += gain[x] == QXL_GAIN_ONE;
      *sum_at (self, x + 1, y + 1) = *sum_at (self, x + 1, y) + in_row;
    }
  }
}

static unsigned
gain_of (const QxlGainMap *self, const QxlRect *cells)
{
  unsigned left = (unsigned)cells->left, top = (unsigned)cells->top;
  unsigned right = (unsigned)cells->right, bottom = (unsigned)cells->bottom;

  return *sum_at (self, right, bottom) - *sum_at (self, left, bottom) -
         *sum_at (self, right, top) + *sum_at (self, left, top);
}

typedef struct {
  unsigned gain;
  QxlRect cells;
} Best;

/* A bar ends at @right: it is as large as it can be. */
static void
try_bar (const QxlGainMap *self, const QxlGainBar *bar, unsigned right,
         unsigned bottom, Best *best)
{
  QxlRect cells = QXL_RECT ((int32_t)bar->left, (int32_t)(bottom - bar->height),
                            (int32_t)right, (int32_t)bottom);
  unsigned gain = gain_of (self, &cells);

  if (gain > best->gain)
    *best = (Best){.gain = gain, .cells = cells};
}

/* all in these columns whose last row is @y */
static void
try_row (QxlGainMap *self, unsigned left, unsigned right, unsigned y,
         Best *best)
{
  const uint8_t *gain = self->gain + (size_t)y * self->cols;
  unsigned n = 0;

  for (unsigned x = left; x < right; x++) {
    QxlGainBar bar = {.left = x};

    if (gain[x] == QXL_GAIN_FORBIDDEN)
      self->heights[x] = 0;
    else
      self->heights[x]++;
    bar.height = self->heights[x];
    while (n > 0 && self->bars[n - 1].height >= bar.height) {
      bar.left = self->bars[--n].left;
      try_bar (self, &self->bars[n], x, y + 1, best);
    }
    self->bars[n++] = bar;
  }
  while (n > 0)
    try_bar (self, &self->bars[--n], right, y + 1, best);
}

/* A side of which more than one cell in this many is poor is taken away, */
#define MAX_POOR_PART 4u
/* and first of all one without any gain. */
#define NO_GAIN 256u

/* how much @side should go: 0 if it should not */
static unsigned
badness (const QxlGainMap *self, const QxlRect *side)
{
  unsigned n_cells = (unsigned)(qxl_rect_width (side) * qxl_rect_height (side));
  unsigned n_poor = 0;

  if (gain_of (self, side) == 0)
    return NO_GAIN;
  for (int32_t y = side->top; y < side->bottom; y++)
    for (int32_t x = side->left; x < side->right; x++)
      n_poor += self->gain[(size_t)y * self->cols + (size_t)x] == QXL_GAIN_POOR;
  return n_poor * MAX_POOR_PART > n_cells ? n_poor * NO_GAIN / n_cells : 0;
}

static void
trim (const QxlGainMap *self, QxlRect *cells)
{
  while (!qxl_rect_is_empty (cells)) {
    QxlRect sides[] = {*cells, *cells, *cells, *cells};
    QxlRect rests[] = {*cells, *cells, *cells, *cells};
    unsigned worst = 0, most = 0;

    rests[0].left = sides[0].right = cells->left + 1;
    rests[1].right = sides[1].left = cells->right - 1;
    rests[2].top = sides[2].bottom = cells->top + 1;
    rests[3].bottom = sides[3].top = cells->bottom - 1;
    for (unsigned i = 0; i < G_N_ELEMENTS (sides); i++) {
      unsigned bad = badness (self, &sides[i]);

      if (bad > most) {
        most = bad;
        worst = i;
      }
    }
    if (most == 0)
      return;
    *cells = rests[worst];
  }
}

unsigned
qxl_gain_map_best_in (QxlGainMap *self, const QxlRect *area, QxlRect *cells)
{
  Best best = {0};

  sum_up (self, area);
  memset (self->heights, 0, self->cols * sizeof *self->heights);
  for (unsigned y = (unsigned)area->top; y < (unsigned)area->bottom; y++)
    try_row (self, (unsigned)area->left, (unsigned)area->right, y, &best);
  *cells = best.cells;
  if (best.gain > 0)
    trim (self, cells);
  return qxl_rect_is_empty (cells) ? 0 : gain_of (self, cells);
}

unsigned
qxl_gain_map_best (QxlGainMap *self, QxlRect *cells)
{
  const QxlRect all = QXL_RECT (0, 0, (int32_t)self->cols, (int32_t)self->rows);

  return qxl_gain_map_best_in (self, &all, cells);
}
