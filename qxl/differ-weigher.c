/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells are compared with where they would have come from; of those that did
 * the best rectangles are taken, and grown by pixels to where they really end.
 */
#include "qxl/differ-weigher.h"
#include "qxl/differ-ahead.h"
#include "qxl/differ-gain.h"
#include "qxl/differ-span.h"

#include <string.h>

#define TILE QXL_DIFFER_TILE

struct _QxlWeigher {
  /* set at construction */
  uint32_t width, height;
  QxlChanges *changes; /* not owned */
  /* of a shift */
  QxlGainMap map; /* its size is that of the changes */
  /* of a row of cells: those that may yet have come */
  QxlSpan *runs, *next_runs;
  unsigned n_runs;
};

/* life */

QxlWeigher *
qxl_weigher_new (uint32_t width, uint32_t height, QxlChanges *changes)
{
  QxlWeigher *self = g_new0 (QxlWeigher, 1);

  self->width = width;
  self->height = height;
  self->changes = changes;
  qxl_gain_map_init (&self->map, changes->cols, changes->rows);
  self->runs = g_new (QxlSpan, changes->cols);
  self->next_runs = g_new (QxlSpan, changes->cols);
  return self;
}

void
qxl_weigher_free (QxlWeigher *self)
{
  if (!self)
    return;
  qxl_gain_map_clear (&self->map);
  g_free (self->runs);
  g_free (self->next_runs);
  g_free (self);
}

/* geometry */

static QxlRect
shifted (const QxlRect *rect, int32_t dx, int32_t dy)
{
  return QXL_RECT (rect->left + dx, rect->top + dy, rect->right + dx,
                   rect->bottom + dy);
}

/* where something that comes from inside the picture may land, not far outside
 * of what has changed */
static QxlRect
landing (const QxlWeigher *self, const QxlShift *shift)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)self->width, (int32_t)self->height);
  QxlRect moved = shifted (&all, shift->dx, shift->dy);
  const QxlRect *cells = &self->changes->area;
  QxlRect near =
      QXL_RECT ((cells->left - 1) * TILE, (cells->top - 1) * TILE,
                (cells->right + 1) * TILE, (cells->bottom + 1) * TILE);

  moved = qxl_rect_intersect (&moved, &near);
  return qxl_rect_intersect (&all, &moved);
}

/* weighing */

static bool
row_came_by (const QxlPictures *pictures, const QxlShift *shift, int32_t left,
             int32_t right, int32_t y)
{
  size_t n = (size_t)(right - left) * pictures->bytes_per_pixel;

  return pictures->kernels->first_diff (
             qxl_pictures_new (pictures, left, y),
             qxl_pictures_old (pictures, left - shift->dx, y - shift->dy), n,
             pictures->visible_mask) == n;
}

/* the columns whose cells, in a row of cells, come from inside the picture */
static QxlSpan
possible_cols (const QxlWeigher *self, const QxlShift *shift, int32_t row)
{
  QxlRect possible = landing (self, shift);
  int32_t width = (int32_t)self->width;
  int32_t bottom = MIN ((row + 1) * TILE, (int32_t)self->height);
  int32_t left = (possible.left + TILE - 1) / TILE;
  int32_t right = possible.right == width ? (width + TILE - 1) / TILE
                                          : possible.right / TILE;

  if (row * TILE < possible.top || bottom > possible.bottom || right <= left)
    return (QxlSpan){0};
  return (QxlSpan){.left = (unsigned)MAX (left, self->changes->area.left),
                   .right = (unsigned)MIN (right, self->changes->area.right)};
}

/* the runs of cells that are to be weighed and may have come */
static void
collect_runs (QxlWeigher *self, const QxlShift *shift, int32_t row,
              QxlCellState which)
{
  QxlSpan cols = possible_cols (self, shift, row);
  const uint8_t *states = qxl_changes_at (self->changes, 0, row);

  self->n_runs = 0;
  for (unsigned col = cols.left; col < cols.right; col++) {
    if ((states[col] == QXL_CELL_CHANGED) != (which == QXL_CELL_CHANGED))
      continue;
    if (self->n_runs > 0 && self->runs[self->n_runs - 1].right == col)
      self->runs[self->n_runs - 1].right++;
    else
      self->runs[self->n_runs++] = (QxlSpan){.left = col, .right = col + 1};
  }
}

/* row @y of all runs, as far as both pictures have one */
static void
fetch_runs (const QxlWeigher *self, const QxlPictures *pictures,
            const QxlShift *shift, int32_t y)
{
  if (MAX (y, y - shift->dy) >= (int32_t)self->height)
    return;
  for (unsigned i = 0; i < self->n_runs; i++) {
    int32_t left = (int32_t)self->runs[i].left * TILE;
    int32_t right =
        MIN ((int32_t)self->runs[i].right * TILE, (int32_t)self->width);

    qxl_read_ahead (
        qxl_pictures_new (pictures, left, y),
        qxl_pictures_old (pictures, left - shift->dx, y - shift->dy),
        (size_t)(right - left) * pictures->bytes_per_pixel);
  }
}

/* Compares a row of all runs, which lose the cells that did not come. */
static void
compare_runs (QxlWeigher *self, const QxlPictures *pictures,
              const QxlShift *shift, int32_t y)
{
  size_t cell_bytes = (size_t)TILE * pictures->bytes_per_pixel;
  size_t row_bytes = (size_t)self->width * pictures->bytes_per_pixel;
  QxlSpan *runs;
  unsigned n = 0;

  fetch_runs (self, pictures, shift, y + QXL_ROWS_AHEAD);
  for (unsigned i = 0; i < self->n_runs; i++) {
    QxlSpan run = self->runs[i];

    while (run.left < run.right) {
      size_t at = run.left * cell_bytes;
      size_t end = MIN (run.right * cell_bytes, row_bytes);
      int32_t x = (int32_t)run.left * TILE;
      size_t same = pictures->kernels->first_diff (
          qxl_pictures_new (pictures, x, y),
          qxl_pictures_old (pictures, x - shift->dx, y - shift->dy), end - at,
          pictures->visible_mask);
      unsigned bad =
          at + same == end ? run.right : (unsigned)((at + same) / cell_bytes);

      if (bad > run.left)
        self->next_runs[n++] = (QxlSpan){.left = run.left, .right = bad};
      run.left = bad + 1;
    }
  }
  runs = self->runs;
  self->runs = self->next_runs;
  self->next_runs = runs;
  self->n_runs = n;
}

/* returns how many came */
static unsigned
note_runs (QxlWeigher *self, uint8_t *gain, QxlGain value)
{
  unsigned n = 0;

  for (unsigned i = 0; i < self->n_runs; i++) {
    QxlSpan run = self->runs[i];

    memset (gain + run.left, value, run.right - run.left);
    n += run.right - run.left;
  }
  return n;
}

/* By rows of pixels, as they lie in memory: processors then read ahead. Cells
 * that did not change are compared only when enough of the others came: a wrong
 * shift is so found out quickly. */
static unsigned
weigh_cells (QxlWeigher *self, const QxlPictures *pictures,
             const QxlShift *shift, QxlCellState which)
{
  unsigned n = 0;

  for (int32_t row = self->changes->area.top; row < self->changes->area.bottom;
       row++) {
    const uint8_t *states = qxl_changes_at (self->changes, 0, row);
    uint8_t *gain = self->map.gain + (size_t)row * self->map.cols;
    int32_t bottom = MIN ((row + 1) * TILE, (int32_t)self->height);

    for (int32_t col = self->changes->area.left;
         col < self->changes->area.right; col++)
      if ((states[col] == QXL_CELL_CHANGED) == (which == QXL_CELL_CHANGED))
        gain[col] =
            which == QXL_CELL_CHANGED ? QXL_GAIN_POOR : QXL_GAIN_FORBIDDEN;
    collect_runs (self, shift, row, which);
    for (int32_t y = row * TILE; y < bottom && self->n_runs > 0; y++)
      compare_runs (self, pictures, shift, y);
    n += note_runs (self, gain,
                    which == QXL_CELL_CHANGED ? QXL_GAIN_ONE : QXL_GAIN_NONE);
  }
  return n;
}

static void
take_cells (QxlWeigher *self, const QxlRect *cells)
{
  for (int32_t row = cells->top; row < cells->bottom; row++) {
    uint8_t *states = qxl_changes_at (self->changes, 0, row);
    uint8_t *gain = self->map.gain + (size_t)row * self->map.cols;

    for (int32_t col = cells->left; col < cells->right; col++)
      if (gain[col] != QXL_GAIN_POOR) {
        self->changes->n_taken += gain[col] == QXL_GAIN_ONE;
        gain[col] = QXL_GAIN_NONE;
        states[col] = QXL_CELL_TAKEN;
      }
  }
}

/* growing: over cells without gain, and parts of cells */

static void
grow_up_and_down (const QxlPictures *pictures, const QxlShift *shift,
                  const QxlRect *limit, QxlRect *area)
{
  while (area->top > limit->top &&
         row_came_by (pictures, shift, area->left, area->right, area->top - 1))
    area->top--;
  while (area->bottom < limit->bottom &&
         row_came_by (pictures, shift, area->left, area->right, area->bottom))
    area->bottom++;
}

static void
grow_left (const QxlPictures *pictures, const QxlShift *shift,
           const QxlRect *limit, QxlRect *area)
{
  int32_t left = limit->left;
  size_t bytes = pictures->bytes_per_pixel;

  for (int32_t y = area->top; y < area->bottom && left < area->left; y++) {
    size_t end = pictures->kernels->last_diff (
        qxl_pictures_new (pictures, left, y),
        qxl_pictures_old (pictures, left - shift->dx, y - shift->dy),
        (size_t)(area->left - left) * bytes, pictures->visible_mask);

    left += (int32_t)((end + bytes - 1) / bytes);
  }
  area->left = left;
}

static void
grow_right (const QxlPictures *pictures, const QxlShift *shift,
            const QxlRect *limit, QxlRect *area)
{
  int32_t right = limit->right;
  size_t bytes = pictures->bytes_per_pixel;

  for (int32_t y = area->top; y < area->bottom && right > area->right; y++) {
    size_t first = pictures->kernels->first_diff (
        qxl_pictures_new (pictures, area->right, y),
        qxl_pictures_old (pictures, area->right - shift->dx, y - shift->dy),
        (size_t)(right - area->right) * bytes, pictures->visible_mask);

    right = area->right + (int32_t)(first / bytes);
  }
  area->right = right;
}

static QxlMove
move_of (const QxlWeigher *self, const QxlPictures *pictures,
         const QxlShift *shift, const QxlRect *cells)
{
  QxlRect limit = landing (self, shift);
  QxlRect area = QXL_RECT (cells->left * TILE, cells->top * TILE,
                           cells->right * TILE, cells->bottom * TILE);

  area = qxl_rect_intersect (&area, &limit);
  grow_left (pictures, shift, &limit, &area);
  grow_right (pictures, shift, &limit, &area);
  grow_up_and_down (pictures, shift, &limit, &area);
  return (QxlMove){
      .to = area,
      .from = {.x = area.left - shift->dx, .y = area.top - shift->dy}};
}

/* work */

void
qxl_weigher_begin (QxlWeigher *self)
{
  /* cells outside of the area are never weighed */
  memset (self->map.gain, QXL_GAIN_FORBIDDEN,
          (size_t)self->map.cols * self->map.rows);
}

unsigned
qxl_weigher_weigh (QxlWeigher *self, const QxlPictures *pictures,
                   const QxlShift *shift)
{
  return weigh_cells (self, pictures, shift, QXL_CELL_CHANGED);
}

unsigned
qxl_weigher_take_moves (QxlWeigher *self, const QxlPictures *pictures,
                        const QxlShift *shift, unsigned gain, QxlMove *moves,
                        unsigned max)
{
  unsigned n = 0, n_taken = self->changes->n_taken;
  QxlRect cells;

  weigh_cells (self, pictures, shift, QXL_CELL_SAME);
  while (n < max && gain - (self->changes->n_taken - n_taken) >= QXL_MIN_GAIN &&
         qxl_gain_map_best_in (&self->map, &self->changes->area, &cells) >=
             QXL_MIN_GAIN) {
    moves[n++] = move_of (self, pictures, shift, &cells);
    take_cells (self, &cells);
  }
  return n;
}
