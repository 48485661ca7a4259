/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* footprint.h – where a draw leaves its mark, and which pixels it is made of.
 *
 * For a valid draw, made when it comes: surfaces are asked for as they are
 * then. What a draw that is not opaque shows of what is below it, in its own
 * place, is not said. Any thread. */
#pragma once

#include "validate.h"

typedef struct {
  uint32_t surface_id;
  QxlRect area; /* of that surface, not empty */
  /* The pixel drawn at (x, y) is made of that at (x + dx, y + dy) only, and of
   * none where that is outside the area; else each may be made of all. */
  bool is_moved;
  int32_t dx, dy;
} QxlRead;

typedef struct {
  QxlRegion region; /* no pixel outside changes; inside the surface */
  bool is_opaque;   /* in the region nothing of what was there is left */
  guint n_reads;
  QxlRead reads[QXL_N_ROLES];
} QxlFootprint;

/* false: nothing is drawn, and there is nothing to clear */
bool qxl_footprint_init (QxlFootprint *self, const QxlDrawable *draw,
                         QxlShapeFunc shape, gpointer user_data);
void qxl_footprint_clear (QxlFootprint *self);
