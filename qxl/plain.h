/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plain.h – drawing commands as plain draws that show the same.
 *
 * Most of what drivers draw are fills with a colour, copies and moves, written
 * as the general commands that could do far more. As plain draws they are cut,
 * kept, shared and left out as those of frames are; a copy through few clip
 * rectangles becomes one of what is seen through each. Any thread. */
#pragma once

#include "command.h"

/* Clip rectangles through which a copy is taken apart; more are told with the
 * command, each for 16 bytes. */
#define QXL_PLAIN_MAX_RECTS 16u

/* Adds to @batch what draws the same as @draw, which it takes: plain draws, or
 * an operation whose clip lies inside the box, or nothing, where nothing would
 * be seen. Moves stay what they are, as they depend on the surface's size.
 * Plain draws are added as they are. */
void qxl_plain_draw (QxlBatch *batch, QxlDrawable *draw);
