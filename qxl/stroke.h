/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stroke.h – the pixels that a stroke meets.
 *
 * Solid lines are X11's lines of width zero; a pixel counts for each line that
 * meets it, and the last pixel of a figure is not met. Dashed lines are X11's
 * lines of width one, of which each figure counts once; see dash.h. The cost is
 * that of the rows inside the tally's box, wherever the lines begin and end.
 * Any thread. */
#pragma once

#include "operation.h"
#include "tally.h"

/* @counts: it matters how often a pixel is met, that is what is drawn there
 * done twice is something else than done once; the same for solid lines */
void qxl_stroke_path (const QxlPath *path, const QxlLineAttr *attr, bool counts,
                      QxlTally *tally);
