/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-merge.h"

#include <glib.h>

/* true when @row has a run of @value from @left to @right and no further */
static bool
has_run (const QxlCells *self, const uint32_t *row, int32_t left, int32_t right,
         uint32_t value)
{
  if ((left > 0 && row[left - 1] == value) ||
      (right < (int32_t)self->cols && row[right] == value))
    return false;
  for (int32_t x = left; x < right; x++)
    if (row[x] != value)
      return false;
  return true;
}

/* The run of equal cells that starts at (@x, @y), with the same runs below it.
 * Rectangles are so never more than there are runs. */
static QxlRect
grow (const QxlCells *self, int32_t x, int32_t y)
{
  const uint32_t *row = self->cell + (size_t)y * self->cols;
  uint32_t value = row[x];
  QxlRect rect = {.left = x, .top = y, .right = x + 1, .bottom = y + 1};

  while (rect.right < (int32_t)self->cols && row[rect.right] == value)
    rect.right++;
  for (; rect.bottom < (int32_t)self->rows; rect.bottom++) {
    row += self->cols;
    if (!has_run (self, row, rect.left, rect.right, value))
      break;
  }
  return rect;
}

static void
set_cells (QxlCells *self, const QxlRect *rect, uint32_t value)
{
  for (int32_t y = rect->top; y < rect->bottom; y++)
    for (int32_t x = rect->left; x < rect->right; x++)
      self->cell[(size_t)y * self->cols + (size_t)x] = value;
}

unsigned
qxl_differ_merge_solid (QxlCells *self, unsigned min_cells, QxlCellRect *rects,
                        unsigned max)
{
  unsigned n = 0;

  for (unsigned i = 0; i < self->cols * self->rows; i++) {
    uint32_t value = self->cell[i];
    QxlRect rect;
    bool taken;

    if (!(value & QXL_CELL_SOLID))
      continue;
    rect = grow (self, (int32_t)(i % self->cols), (int32_t)(i / self->cols));
    taken = n < max && (unsigned)(qxl_rect_width (&rect) *
                                  qxl_rect_height (&rect)) >= min_cells;
    if (taken)
      rects[n++] = (QxlCellRect){.cells = rect, .cell = value};
    set_cells (self, &rect, taken ? QXL_CELL_CLEAN : QXL_CELL_DIRTY);
  }
  return n;
}

/* a copy in which a cell stands for 2^@level × 2^@level of the original */
static QxlCells
coarsen (const QxlCells *self, unsigned level)
{
  unsigned round_up = (1u << level) - 1;
  QxlCells to = {.cols = (self->cols + round_up) >> level,
                 .rows = (self->rows + round_up) >> level};

  to.cell = g_new0 (uint32_t, (size_t)to.cols * to.rows);
  for (unsigned y = 0; y < self->rows; y++)
    for (unsigned x = 0; x < self->cols; x++)
      if (self->cell[(size_t)y * self->cols + x] != QXL_CELL_CLEAN)
        to.cell[(size_t)(y >> level) * to.cols + (x >> level)] = QXL_CELL_DIRTY;
  return to;
}

/* false when there are more than @max; cells covered become clean */
static bool
take_all (QxlCells *self, QxlCellRect *rects, unsigned max, unsigned *n)
{
  *n = 0;
  for (unsigned i = 0; i < self->cols * self->rows; i++) {
    QxlRect rect;

    if (self->cell[i] == QXL_CELL_CLEAN)
      continue;
    if (*n == max)
      return false;
    rect = grow (self, (int32_t)(i % self->cols), (int32_t)(i / self->cols));
    rects[(*n)++] = (QxlCellRect){.cells = rect, .cell = QXL_CELL_DIRTY};
    set_cells (self, &rect, QXL_CELL_CLEAN);
  }
  return true;
}

static void
scale_up (const QxlCells *self, QxlCellRect *rects, unsigned n, unsigned level)
{
  QxlRect all = {.right = (int32_t)self->cols, .bottom = (int32_t)self->rows};

  for (unsigned i = 0; i < n; i++) {
    QxlRect *rect = &rects[i].cells;

    *rect = QXL_RECT (rect->left << level, rect->top << level,
                      rect->right << level, rect->bottom << level);
    *rect = qxl_rect_intersect (rect, &all);
  }
}

unsigned
qxl_differ_merge_dirty (const QxlCells *self, QxlCellRect *rects, unsigned max)
{
  for (unsigned level = 0;; level++) {
    QxlCells coarse = coarsen (self, level);
    unsigned n;
    bool enough = take_all (&coarse, rects, max, &n);

    g_free (coarse.cell);
    if (enough) {
      scale_up (self, rects, n, level);
      return n;
    }
  }
}
