/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-scroll.h – finds what moved from one picture to the next.
 *
 * Scrolled text, dragged windows: rectangles of the new picture that were
 * elsewhere in the old one, by any shift, several at once. Worth looking for
 * only where much has changed, which it finds out by itself, cheaply; when
 * nothing is found again and again, as in a film, it looks at every fourth
 * picture only. What it finds is a proposal: whoever moves things so must
 * compare afterwards, but for the tiles that it leaves out. Any thread, one at
 * a time. */
#pragma once

#include "differ-order.h"
#include "differ-votes.h"

typedef struct _QxlScroll QxlScroll;

/* life */
/* for pictures of @width × @height pixels */
QxlScroll *qxl_scroll_new (uint32_t width, uint32_t height);
void qxl_scroll_free (QxlScroll *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlScroll, qxl_scroll_free)

/* work */
/* Fills in up to QXL_MAX_MOVES @moves, to be done one after the other: none
 * reads what one before has written. Returns how many. @wanted: for each tile,
 * row by row, 0 if it is known not to have changed. */
unsigned qxl_scroll_find (QxlScroll *self, const QxlPictures *pictures,
                          const uint8_t *wanted, QxlMove *moves);
/* After moves were found, and done: clears in @wanted the tiles that are then
 * as in the new picture, since all their pixels were compared. */
void qxl_scroll_leave_out (const QxlScroll *self, uint8_t *wanted);
