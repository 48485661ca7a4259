/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-changes.h"
#include "qxl/differ-span.h"

#include <string.h>

#define TILE QXL_DIFFER_TILE
/* Rows of a cell that are compared, spread so that one hits a line of text. */
#define SAMPLE_FIRST 7u
#define SAMPLE_STEP 16u

/* life */

void
qxl_changes_init (QxlChanges *self, uint32_t width, uint32_t height)
{
  *self = (QxlChanges){.cols = (width + TILE - 1) / TILE,
                       .rows = (height + TILE - 1) / TILE};
  self->state = g_new0 (uint8_t, (size_t)self->cols * self->rows);
}

void
qxl_changes_clear (QxlChanges *self)
{
  g_clear_pointer (&self->state, g_free);
}

/* work */

static unsigned
sample_span (QxlChanges *self, const QxlPictures *pictures, const QxlSpan *span,
             uint32_t y)
{
  const uint8_t *old = qxl_pictures_old (pictures, 0, (int32_t)y);
  const uint8_t *new = qxl_pictures_new (pictures, 0, (int32_t)y);
  size_t cell_bytes = (size_t)TILE * pictures->bytes_per_pixel;
  size_t row_bytes = (size_t)pictures->width * pictures->bytes_per_pixel;
  size_t at = span->left * cell_bytes;
  size_t end = MIN (span->right * cell_bytes, row_bytes);
  uint8_t *states = qxl_changes_at (self, 0, (int32_t)(y / TILE));
  unsigned n = 0;

  while (at < end) {
    at += pictures->kernels->first_diff (new + at, old + at, end - at,
                                         pictures->visible_mask);
    if (at >= end)
      break;
    n += states[at / cell_bytes] == QXL_CELL_SAME;
    states[at / cell_bytes] = QXL_CELL_CHANGED;
    at = (at / cell_bytes + 1) * cell_bytes;
  }
  return n;
}

void
qxl_changes_sample (QxlChanges *self, const QxlPictures *pictures,
                    const uint8_t *wanted)
{
  unsigned cols = self->cols;

  memset (self->state, QXL_CELL_SAME, (size_t)cols * self->rows);
  self->n_changed = self->n_taken = 0;
  for (uint32_t y = SAMPLE_FIRST; y < pictures->height; y += SAMPLE_STEP) {
    const uint8_t *in_row = wanted + (size_t)(y / TILE) * cols;
    const uint8_t *row = qxl_pictures_new (pictures, 0, (int32_t)y);
    uint32_t next_y = MIN (y + SAMPLE_STEP, pictures->height - 1);
    const uint8_t *next = qxl_pictures_new (pictures, 0, (int32_t)next_y);
    QxlSpan span = {0};

    while (qxl_span_next (&span, in_row, cols))
      if (span.right - span.left < cols ||
          !qxl_differ_rows_is_same (pictures->rows, y, row, next))
        self->n_changed += sample_span (self, pictures, &span, y);
  }
}

bool
qxl_changes_in_row (const QxlChanges *self, int32_t row, int32_t *left,
                    int32_t *right)
{
  const uint8_t *states = qxl_changes_at (self, 0, row);

  *left = 0;
  *right = (int32_t)self->cols;
  while (*left < *right && states[*left] == QXL_CELL_SAME)
    (*left)++;
  while (*right > *left && states[*right - 1] == QXL_CELL_SAME)
    (*right)--;
  return *left < *right;
}

void
qxl_changes_find_area (QxlChanges *self)
{
  self->area = (QxlRect){0};
  for (int32_t row = 0; row < (int32_t)self->rows; row++) {
    QxlRect part = {.top = row, .bottom = row + 1};

    if (qxl_changes_in_row (self, row, &part.left, &part.right))
      self->area = qxl_rect_union (&self->area, &part);
  }
}
