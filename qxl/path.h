/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path.h – a path's figures as chains of straight lines.
 *
 * Fixed point becomes whole pixels and curves become lines, to the letter of
 * what SPICE clients do. Nothing is kept: a sink is told each point as it
 * comes. Any thread. */
#pragma once

#include "operation.h"

/* Most lines that all curves of a path become together; when they are spent,
 * the rest of the curves are drawn straight. A second of work. */
#define QXL_PATH_MAX_CURVE_LINES (1u << 24)

/* Most lines of curves that a client is asked to draw. */
#define QXL_PATH_MAX_TOLD_LINES (1u << 12)

/* How far from its points a path's pixels lie at most: a pixel by rounding, and
 * six at sharp joints of dashed lines. */
#define QXL_PATH_REACH 8

typedef struct {
  void (*begin) (gpointer user_data, QxlPoint point);
  void (*line_to) (gpointer user_data, QxlPoint point);
  void (*end) (gpointer user_data);
} QxlPathSink;

/* 28.4 fixed point to the nearest pixel, half a pixel down */
static inline int32_t
qxl_fixed_round (int32_t fixed)
{
  return (fixed >> 4) + ((fixed & 15) > 8);
}

/* @visible: only lines that may meet it need be right; a curve elsewhere
 * becomes one line. NULL: all */
void qxl_path_flatten (const QxlPath *path, const QxlRect *visible,
                       const QxlPathSink *sink, gpointer user_data);

/* Does halving its curves lead to lines, and not too many, at clients, too?
 * Where a part of one comes to be a point, they halve until their stack is
 * spent. */
bool qxl_path_has_ends (const QxlPath *path);

/* a box around all pixels that the path's lines may meet; empty if there are no
 * points */
QxlRect qxl_path_box (const QxlPath *path);
