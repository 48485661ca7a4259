/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-gain.h – the rectangle of cells that is worth most.
 *
 * Some cells are gains, some do not matter, some must not be touched. Pure, but
 * for the scratch memory it keeps; any thread, one at a time. */
#pragma once

#include "geometry.h"

#include <glib.h>

typedef enum {
  QXL_GAIN_NONE,      /* may be taken, counts nothing */
  QXL_GAIN_ONE,       /* counts one */
  QXL_GAIN_POOR,      /* may be taken, not at the edge if there are many */
  QXL_GAIN_FORBIDDEN, /* never taken */
} QxlGain;

typedef struct {
  unsigned left, height;
} QxlGainBar;

typedef struct {
  unsigned cols, rows;
  uint8_t *gain; /* QxlGain, [rows][cols], owned; the caller's to fill */
  /* private: scratch */
  uint32_t *sums; /* [rows + 1][cols + 1]: gains above and left of a corner */
  unsigned *heights; /* [cols]: allowed cells in a column, from a row upwards */
  QxlGainBar *bars;  /* [cols]: a stack, each higher than the one before */
} QxlGainMap;

void qxl_gain_map_init (QxlGainMap *self, unsigned cols, unsigned rows);
void qxl_gain_map_clear (QxlGainMap *self);

/* The rectangle without forbidden cells that holds most gains; its sides are
 * then taken away while they hold no gain, or too many poor cells. Returns how
 * many gains are left, 0 if there are none at all. */
unsigned qxl_gain_map_best (QxlGainMap *self, QxlRect *cells);
/* the same, of a part of the map that is not empty: sooner found */
unsigned qxl_gain_map_best_in (QxlGainMap *self, const QxlRect *area,
                               QxlRect *cells);
