/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-order.h – moves inside a picture, one after the other.
 *
 * All moves are meant as at once: each takes what was in its place before any
 * of them. Pure; any thread. */
#pragma once

#include "geometry.h"

#define QXL_MAX_MOVES 16u

typedef struct {
  QxlRect to;    /* inside the picture */
  QxlPoint from; /* top left, of the same size and inside the picture */
} QxlMove;

/* what is moved, in its old place */
static inline QxlRect
qxl_move_source (const QxlMove *self)
{
  return QXL_RECT (self->from.x, self->from.y,
                   self->from.x + qxl_rect_width (&self->to),
                   self->from.y + qxl_rect_height (&self->to));
}

/* Orders up to QXL_MAX_MOVES so that none reads what one before has written;
 * where they wait for each other in a circle, some are left out. Of two that
 * write the same pixels the later stays the later, unless that would be a
 * circle. Returns how many there are. */
unsigned qxl_moves_put_in_order (QxlMove *moves, unsigned n);
