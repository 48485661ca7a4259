/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesnapshot.h – what a display's surfaces show, as samples. Any thread.
 */
#pragma once

#include "server-core/spc.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* @image: BGRX or BGRA, whose pixels the sample keeps; @func (@data), if there
 * is one, is called when nobody has them any more. */
GstSample *gst_spice_snapshot_sample (QxlImage *image, GDestroyNotify func,
                                      gpointer data);

/* @width, @height: 0: all there is to the right, or below */
QxlRect gst_spice_snapshot_area (guint x, guint y, guint width, guint height);

/* Waits for what @area shows after all that was posted before; so not in a
 * callback of the server's loop. Where that is a context of the application
 * that nobody else runs, it runs it meanwhile. NULL: there is no such surface,
 * nothing of the area in it, the server stops, or it is such a callback. */
GstSample *gst_spice_snapshot_take (SpcDisplay *display, uint32_t surface_id,
                                    const QxlRect *area);

G_END_DECLS
