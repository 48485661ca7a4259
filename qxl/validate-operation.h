/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* validate-operation.h – the part of validate.h that checks operations.
 *
 * Plain functions on what is given; any thread. */
#pragma once

#include "validate.h"

typedef struct {
  const QxlDrawable *draw;
  QxlSurfaceShape dest; /* what is drawn on */
  QxlShapeFunc shape;
  gpointer user_data;
  GError **error;
} QxlDrawCheck;

/* sets the error: the draw, and what is wrong with it; returns false */
bool qxl_draw_check_refuse (const QxlDrawCheck *check, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* can pixels of that format be drawn on the surface? */
bool qxl_draw_check_format (const QxlDrawCheck *check, const char *what,
                            QxlFormat format);
/* a drawable of kind OPERATION, whose box has been found valid */
bool qxl_validate_operation (const QxlDrawCheck *check);
