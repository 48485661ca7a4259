/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas.h – draws any drawable on a surface, as SPICE clients do.
 *
 * The pixels are those of the clients' own canvas, so that viewers who draw
 * commands themselves and those who are sent pictures see the same. Commands
 * are valid (validate.h); those that are not draw less, or nothing, but never
 * outside the surface. Any thread, one at a time for all surfaces that are
 * touched. */
#pragma once

#include "command.h"
#include "surface.h"

/* the surface of that id, or NULL */
typedef QxlSurface *(*QxlSurfaceFunc) (uint32_t surface_id, gpointer user_data);

/* @dest: of the drawable's surface_id. @find: for those it reads from. */
void qxl_canvas_draw (QxlSurface *dest, const QxlDrawable *draw,
                      QxlSurfaceFunc find, gpointer user_data);
