/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-weigher.h – which cells came by a shift, and the moves that bring
 * them.
 *
 * A shift is somebody's guess: it is worth as many changed cells as came by it
 * with all their pixels. Any thread, one at a time. */
#pragma once

#include "differ-changes.h"
#include "differ-order.h"

/* A move must save this many cells: less costs little as it is. */
#define QXL_MIN_GAIN 4u

typedef struct _QxlWeigher QxlWeigher;

/* life */
/* @changes: of pictures of @width × @height pixels; lives longer */
QxlWeigher *qxl_weigher_new (uint32_t width, uint32_t height,
                             QxlChanges *changes);
void qxl_weigher_free (QxlWeigher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlWeigher, qxl_weigher_free)

/* work, inside the area of what has changed */
/* the next calls are about other pictures */
void qxl_weigher_begin (QxlWeigher *self);
/* returns how many changed cells came by @shift */
unsigned qxl_weigher_weigh (QxlWeigher *self, const QxlPictures *pictures,
                            const QxlShift *shift);
/* After @shift was weighed, and @gain came: fills in up to @max moves that are
 * worth it, whose cells are taken then. Returns how many. */
unsigned qxl_weigher_take_moves (QxlWeigher *self, const QxlPictures *pictures,
                                 const QxlShift *shift, unsigned gain,
                                 QxlMove *moves, unsigned max);
