/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pointer-shape.h – a pointer's shape as it goes to viewers.
 *
 * Immutable and shared; any thread. Shapes are the same when their pixels and
 * hot spots are, whatever numbers their producers gave them. */
#pragma once

#include "cursor-cache.h"
#include "qxl/cursor.h"
#include "qxl/image.h"

typedef struct {
  gint ref_count;
  uint16_t width, height, hot_x, hot_y;
  GBytes *pixels; /* B G R A, straight alpha, rows without padding */
  SpcCursorContent content;
} SpcPointerShape;

/* @image: BGRA with straight alpha, at most SPC_MAX_CURSOR_SIDE a side; a hot
 * spot outside is moved to its edge */
SpcPointerShape *spc_pointer_shape_new (const QxlImage *image, uint16_t hot_x,
                                        uint16_t hot_y);
/* Of any type; larger ones shrink to SPC_MAX_CURSOR_SIDE. NULL: it is not what
 * it says it is. */
SpcPointerShape *spc_pointer_shape_new_qxl (const QxlCursorShape *shape,
                                            GError **error);
SpcPointerShape *spc_pointer_shape_ref (SpcPointerShape *self); /* NULL is */
void spc_pointer_shape_unref (SpcPointerShape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcPointerShape, spc_pointer_shape_unref)
/* NULL equals NULL alone */
bool spc_pointer_shape_equals (const SpcPointerShape *a,
                               const SpcPointerShape *b);
