/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dash.h – the pixels that dashed lines meet.
 *
 * A dash is a rectangle of width one around its piece of the line; of its
 * pixels those count whose coordinates lie in it, the left and top edge
 * included. Two dashes that meet at a corner are joined by a miter. Each figure
 * is a layer of the tally. To the pixel the same as with clients, whose
 * floating point decides where an edge between dashes lies on pixels. Any
 * thread. */
#pragma once

#include "operation.h"
#include "tally.h"

/* @has_all_miters: clients draw them all with operations that done twice do
 * something else than done once; with others only those in which the corner's
 * own pixel is. Dash lengths that are all 0, or none at all: nothing is met. */
void qxl_dash_path (const QxlPath *path, const QxlLineAttr *attr,
                    bool has_all_miters, QxlTally *tally);
