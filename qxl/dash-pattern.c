/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/dash-pattern.h"

#include "qxl/path.h"

void
qxl_dash_pattern_init (QxlDashPattern *self, const QxlLineAttr *attr)
{
  guint shift = attr->flags & QXL_LINE_START_WITH_GAP ? 1 : 0;
  int64_t end = 0;

  self->n = attr->n_style;
  self->ends = g_new (int64_t, attr->n_style);
  for (guint i = 0; i < self->n; i++) {
    int32_t length = attr->style[(i + shift) % self->n];

    end += (uint8_t)qxl_fixed_round (length); /* clients keep a byte */
    self->ends[i] = end;
  }
  self->phase = 0;
  if (shift && end > 0)
    self->phase = self->ends[0] % end;
}

void
qxl_dash_pattern_clear (QxlDashPattern *self)
{
  g_clear_pointer (&self->ends, g_free);
}

int64_t
qxl_dash_pattern_period (const QxlDashPattern *self)
{
  return self->n > 0 ? self->ends[self->n - 1] : 0;
}

guint
qxl_dash_pattern_find (const QxlDashPattern *self, int64_t cell)
{
  int64_t at = cell % qxl_dash_pattern_period (self);
  guint low = 0, high = self->n - 1;

  while (low < high) {
    guint mid = low + (high - low) / 2;

    if (self->ends[mid] > at)
      high = mid;
    else
      low = mid + 1;
  }
  return low;
}

bool
qxl_dash_pattern_is_on (const QxlDashPattern *self, int64_t cell)
{
  return qxl_dash_pattern_find (self, cell) % 2 == 0;
}

int64_t
qxl_dash_pattern_next (const QxlDashPattern *self, int64_t cell)
{
  int64_t at = cell % qxl_dash_pattern_period (self);

  return cell - at + self->ends[qxl_dash_pattern_find (self, cell)];
}
