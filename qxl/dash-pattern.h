/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dash-pattern.h – dash lengths, as clients take them.
 *
 * Whole lengths, on and off in turn, that begin anew after the last one; with
 * an odd number of them two dashes follow each other. A cell is one pixel of
 * length. Any thread. */
#pragma once

#include "operation.h"

typedef struct {
  guint n;
  int64_t *ends; /* of each length, from the first one's start; owned */
  int64_t phase; /* the cell that figures begin with */
} QxlDashPattern;

/* life */
void qxl_dash_pattern_init (QxlDashPattern *self, const QxlLineAttr *attr);
void qxl_dash_pattern_clear (QxlDashPattern *self);

/* asking */
/* cells; 0: there is nothing to draw with, and nothing else may be asked */
int64_t qxl_dash_pattern_period (const QxlDashPattern *self);
/* which length a cell, any from 0, belongs to */
guint qxl_dash_pattern_find (const QxlDashPattern *self, int64_t cell);
bool qxl_dash_pattern_is_on (const QxlDashPattern *self, int64_t cell);
/* the cell that the next length begins with */
int64_t qxl_dash_pattern_next (const QxlDashPattern *self, int64_t cell);
