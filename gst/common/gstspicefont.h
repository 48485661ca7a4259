/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefont.h – a small font, so that an application can write at once.
 *
 * Letters of 5×7 pixels in cells of 6×8. Any thread. */
#pragma once

#include <glib.h>

#define GST_SPICE_FONT_WIDTH 5
#define GST_SPICE_FONT_HEIGHT 7
#define GST_SPICE_FONT_CELL_WIDTH 6
#define GST_SPICE_FONT_CELL_HEIGHT 8

/* the 7 rows of a letter, from the top; bit 4 is the leftmost pixel. What is
 * no ASCII is shown as a question mark. */
const guint8 *gst_spice_font_rows (gunichar letter);
