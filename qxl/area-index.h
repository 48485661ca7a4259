/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* area-index.h – which of many rectangles meet a given one.
 *
 * A pile of grids over an area: each rectangle lies in one cell of the grid
 * whose cells are just larger than it, so that few cells are looked at for
 * small rectangles and large ones alike. Entries are embedded in what they
 * stand for. One thread. */
#pragma once

#include "geometry.h"

#include <glib.h>

typedef struct _QxlAreaEntry QxlAreaEntry;

struct _QxlAreaEntry {
  gpointer owner; /* for the caller */
  /* private */
  QxlRect rect;
  bool is_inside; /* an index */
  guint level, cell;
  QxlAreaEntry *next, *prev;             /* in the cell */
  QxlAreaEntry *level_next, *level_prev; /* in the grid */
};

typedef struct _QxlAreaIndex QxlAreaIndex;

/* of the area from 0,0 on, at least 1x1 */
QxlAreaIndex *qxl_area_index_new (uint32_t width, uint32_t height);
/* entries are the caller's, and none may be inside any more */
void qxl_area_index_free (QxlAreaIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlAreaIndex, qxl_area_index_free)

/* @rect: not empty, inside the area; for one that is inside already it is a
 * new place. @entry is zeroed but for its owner before its first use. */
void qxl_area_index_put (QxlAreaIndex *self, QxlAreaEntry *entry,
                         const QxlRect *rect);
/* one that is not inside is left alone */
void qxl_area_index_remove (QxlAreaIndex *self, QxlAreaEntry *entry);

/* Adds to @found the owners of those that meet @rect, small ones first. When
 * there are more than @max_inside that lie in it wholly, or @max_crossing that
 * do not, it ends early and is false. */
bool qxl_area_index_find (const QxlAreaIndex *self, const QxlRect *rect,
                          guint max_inside, guint max_crossing,
                          GPtrArray *found);
