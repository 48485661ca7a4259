/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-clip.h"

#include "qxl/operation.h"

/* so long without a change, and a part is still */
#define STILL_US (1000 * 1000)
/* changes no further apart make a series; so many, and a part moves again */
#define SERIES_US (300 * 1000)
#define SERIES_CHANGES 3
/* draws closer than this belong to one frame */
#define FRAME_US (4 * 1000)
/* all the region, and none of it changed for so long: a pause */
#define PAUSE_US (400 * 1000)
/* between two looks for what has become still */
#define LOOK_US (200 * 1000)

typedef struct {
  int64_t changed_us;
  uint8_t n_changes; /* of the series */
  bool is_still;
} Cell;

struct _SpcStreamClip {
  QxlRect area;
  int32_t n_columns, n_rows;
  Cell *cells;
  int64_t drawn_us, looked_us;
  bool is_stale; /* the region does not fit the cells */
  QxlRegion region;
};

/* cells */

static int32_t
cells_across (int32_t pixels)
{
  return (pixels + SPC_CLIP_CELL - 1) / SPC_CLIP_CELL;
}

static void
change_cell (SpcStreamClip *self, Cell *cell, int64_t now_us)
{
  int64_t since_us = now_us - cell->changed_us;

  if (since_us > SERIES_US)
    cell->n_changes = 1;
  else if (since_us >= FRAME_US && cell->n_changes < UINT8_MAX)
    cell->n_changes++;
  cell->changed_us = now_us;
  if (cell->is_still && cell->n_changes >= SERIES_CHANGES) {
    cell->is_still = false;
    self->is_stale = true;
  }
}

void
spc_stream_clip_draw (SpcStreamClip *self, const QxlRect *box, int64_t now_us)
{
  const QxlRect common = qxl_rect_intersect (box, &self->area);
  int32_t left = (common.left - self->area.left) / SPC_CLIP_CELL;
  int32_t top = (common.top - self->area.top) / SPC_CLIP_CELL;

  if (qxl_rect_is_empty (&common))
    return;
  self->drawn_us = now_us;
  for (int32_t y = top; y < cells_across (common.bottom - self->area.top); y++)
    for (int32_t x = left; x < cells_across (common.right - self->area.left);
         x++)
      change_cell (self, &self->cells[y * self->n_columns + x], now_us);
}

void
spc_stream_clip_command (SpcStreamClip *self, const QxlDrawable *draw,
                         int64_t now_us)
{
  const QxlOperation *operation = draw->u.operation;

  if (draw->kind != QXL_DRAW_OPERATION || !operation->is_clipped) {
    spc_stream_clip_draw (self, &draw->box, now_us);
    return;
  }
  for (guint i = 0; i < operation->n_clip_rects; i++) {
    const QxlRect part =
        qxl_rect_intersect (&draw->box, &operation->clip_rects[i]);
    spc_stream_clip_draw (self, &part, now_us);
  }
}

static void
look_for_still (SpcStreamClip *self, int64_t now_us)
{
  self->looked_us = now_us;
  for (int32_t i = 0; i < self->n_columns * self->n_rows; i++) {
    Cell *cell = &self->cells[i];

    if (cell->is_still || now_us - cell->changed_us <= STILL_US)
      continue;
    cell->is_still = true;
    self->is_stale = true;
  }
}

/* the region */

/* does anything move in the block of @side cells there? */
static bool
has_motion (const SpcStreamClip *self, int32_t column, int32_t row,
            int32_t side)
{
  for (int32_t y = row; y < MIN (row + side, self->n_rows); y++)
    for (int32_t x = column; x < MIN (column + side, self->n_columns); x++)
      if (!self->cells[y * self->n_columns + x].is_still)
        return true;
  return false;
}

static void
add_run (const SpcStreamClip *self, QxlRegion *region, int32_t from, int32_t to,
         int32_t row, int32_t side)
{
  const QxlRect run = QXL_RECT (self->area.left + from * SPC_CLIP_CELL,
                                self->area.top + row * SPC_CLIP_CELL,
                                self->area.left + to * SPC_CLIP_CELL,
                                self->area.top + (row + side) * SPC_CLIP_CELL);
  const QxlRect inside = qxl_rect_intersect (&run, &self->area);

  qxl_region_add (region, &inside);
}

static void
add_blocks (const SpcStreamClip *self, QxlRegion *region, int32_t side)
{
  for (int32_t row = 0; row < self->n_rows; row += side) {
    int32_t from = -1;

    for (int32_t column = 0; column < self->n_columns + side; column += side) {
      bool moves =
          column < self->n_columns && has_motion (self, column, row, side);

      if (moves && from < 0)
        from = column;
      if (!moves && from >= 0) {
        add_run (self, region, from, column, row, side);
        from = -1;
      }
    }
  }
}

/* from the finest grid on, until it is simple enough */
static void
make_region (const SpcStreamClip *self, QxlRegion *region)
{
  for (int32_t side = 1;; side *= 2) {
    pixman_region32_clear (region);
    add_blocks (self, region, side);
    if (pixman_region32_n_rects (region) <= SPC_MAX_CLIP_RECTS)
      return;
  }
}

bool
spc_stream_clip_update (SpcStreamClip *self, int64_t now_us)
{
  QxlRegion region;
  bool is_other;

  if (now_us - self->drawn_us <= PAUSE_US &&
      now_us - self->looked_us >= LOOK_US)
    look_for_still (self, now_us);
  if (!self->is_stale)
    return false;
  self->is_stale = false;
  pixman_region32_init (&region);
  make_region (self, &region);
  is_other = !qxl_region_is_empty (&region) &&
             !pixman_region32_equal (&region, &self->region);
  if (is_other)
    pixman_region32_copy (&self->region, &region);
  pixman_region32_fini (&region);
  return is_other;
}

const QxlRegion *
spc_stream_clip_region (const SpcStreamClip *self)
{
  return &self->region;
}

/* life */

/* all of @area moves */
static void
begin (SpcStreamClip *self, const QxlRect *area, int64_t now_us)
{
  self->area = *area;
  self->n_columns = cells_across (qxl_rect_width (area));
  self->n_rows = cells_across (qxl_rect_height (area));
  g_free (self->cells);
  self->cells = g_new0 (Cell, (gsize)self->n_columns * (gsize)self->n_rows);
  for (int32_t i = 0; i < self->n_columns * self->n_rows; i++)
    self->cells[i].changed_us = now_us;
  self->drawn_us = now_us;
  self->looked_us = now_us;
  self->is_stale = false;
  pixman_region32_clear (&self->region);
  qxl_region_add (&self->region, area);
}

SpcStreamClip *
spc_stream_clip_new (const QxlRect *area, int64_t now_us)
{
  SpcStreamClip *self = g_new0 (SpcStreamClip, 1);

  pixman_region32_init (&self->region);
  begin (self, area, now_us);
  return self;
}

void
spc_stream_clip_put (SpcStreamClip *self, const QxlRect *area, int64_t now_us)
{
  if (qxl_rect_width (area) != qxl_rect_width (&self->area) ||
      qxl_rect_height (area) != qxl_rect_height (&self->area)) {
    begin (self, area, now_us);
    return;
  }
  pixman_region32_translate (&self->region, area->left - self->area.left,
                             area->top - self->area.top);
  self->area = *area;
}

void
spc_stream_clip_free (SpcStreamClip *self)
{
  if (self == NULL)
    return;
  pixman_region32_fini (&self->region);
  g_free (self->cells);
  g_free (self);
}
