/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-span.h – runs of cells in a row of cells.
 *
 * Plain data; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* from @left on, @right excluded */
typedef struct {
  unsigned left, right;
} QxlSpan;

/* Goes on to the next run of cells that are not 0, of @n; false when there is
 * none. Begin with an empty span at 0. */
static inline bool
qxl_span_next (QxlSpan *self, const uint8_t *cells, unsigned n)
{
  self->left = self->right;
  while (self->left < n && cells[self->left] == 0)
    self->left++;
  self->right = self->left;
  while (self->right < n && cells[self->right] != 0)
    self->right++;
  return self->left < n;
}
