/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-changes.h – which cells (tiles) of a picture have changed, roughly.
 *
 * Some rows are compared: enough to know where to look for moves, and by how
 * many cells a shift is explained. Plain data, filled in by who finds out more;
 * any thread, one at a time. */
#pragma once

#include "differ-pictures.h"

typedef enum {
  QXL_CELL_SAME,    /* as far as is known */
  QXL_CELL_CHANGED, /* surely */
  QXL_CELL_TAKEN    /* a move brings it, whole */
} QxlCellState;

typedef struct {
  unsigned cols, rows;
  uint8_t *state;              /* QxlCellState, [rows][cols], owned */
  unsigned n_changed, n_taken; /* taken: of those that had changed */
  QxlRect area;                /* the smallest around changed cells, in cells */
} QxlChanges;

void qxl_changes_init (QxlChanges *self, uint32_t width, uint32_t height);
void qxl_changes_clear (QxlChanges *self);

/* Finds out which of the @wanted cells have changed; all others are the same,
 * none is taken. The area is left as it was. */
void qxl_changes_sample (QxlChanges *self, const QxlPictures *pictures,
                         const uint8_t *wanted);
/* the area of what was sampled */
void qxl_changes_find_area (QxlChanges *self);
/* from the first to the last changed cell of a row of cells, in cells; false
 * when there is none */
bool qxl_changes_in_row (const QxlChanges *self, int32_t row, int32_t *left,
                         int32_t *right);

static inline uint8_t *
qxl_changes_at (const QxlChanges *self, int32_t col, int32_t row)
{
  return &self->state[(size_t)row * self->cols + (size_t)col];
}
