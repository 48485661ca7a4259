/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tally.h – how often lines met each pixel of a box.
 *
 * A raster operation done k times on a pixel with the same operand is the same
 * as done once if k is odd, and as done twice if k is even. So it is enough to
 * know which pixels were met at all, and which of them an even number of
 * times. Within a layer each pixel counts once. Any thread, one at a time.
 * Memory: three bits a pixel of the box, touched where it is drawn. */
#pragma once

#include "geometry.h"
#include <glib.h>

typedef struct _QxlTally QxlTally;

/* life */
/* NULL if the box is empty or memory is short */
QxlTally *qxl_tally_new (const QxlRect *box);
void qxl_tally_free (QxlTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlTally, qxl_tally_free)

/* counting */
const QxlRect *qxl_tally_box (const QxlTally *self);
/* pixels from @left to before @right; those outside the box are left out */
void qxl_tally_add (QxlTally *self, int32_t y, int64_t left, int64_t right);
/* what is added before the end of the layer counts once */
void qxl_tally_begin_layer (QxlTally *self);
void qxl_tally_end_layer (QxlTally *self);

/* asking */
typedef enum { QXL_TALLY_MET, QXL_TALLY_EVEN } QxlTallyKind;

/* @n_rects rectangles in the order of a region's, some of all there are */
typedef void (*QxlTallyFunc) (const QxlRect *rects, guint n_rects,
                              gpointer user_data);
/* calls @func until it had all pixels of @kind, each of them once */
void qxl_tally_foreach (const QxlTally *self, QxlTallyKind kind,
                        QxlTallyFunc func, gpointer user_data);
