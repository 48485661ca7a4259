/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-merge.h – a frame's changed tiles to few rectangles.
 *
 * Rectangles are in cells (one a tile), do not overlap each other within one
 * call, and their number is bounded. Pure; any thread. */
#pragma once

#include "geometry.h"

/* what a cell holds */
#define QXL_CELL_CLEAN 0u
#define QXL_CELL_DIRTY 1u
#define QXL_CELL_SOLID 0x80000000u /* | 0xRRGGBB: dirty, all of one colour */

typedef struct {
  unsigned cols, rows;
  uint32_t *cell; /* [rows][cols], owned by whoever made it */
} QxlCells;

typedef struct {
  QxlRect cells;
  uint32_t cell; /* what all of them hold */
} QxlCellRect;

/* Takes out up to @max rectangles of one solid colour and at least @min_cells
 * cells, and makes their cells clean; all other solid cells become dirty.
 * Returns how many. */
unsigned qxl_differ_merge_solid (QxlCells *self, unsigned min_cells,
                                 QxlCellRect *rects, unsigned max);

/* Covers all cells that are not clean. As long as @max (at least 1) rectangles
 * are enough they cover nothing else; when they are not, cells are taken
 * together by 2×2, 4×4 … until they are. Returns how many. */
unsigned qxl_differ_merge_dirty (const QxlCells *self, QxlCellRect *rects,
                                 unsigned max);
