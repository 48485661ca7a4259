/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexresize.h – gives an X display the size a viewer wishes for (RandR).
 *
 * A thread of its own ("spice-xresize", begun by the first wish) with a
 * connection of its own; of the wishes that wait only the newest is fulfilled.
 * The display's first output that is connected gets a mode of that size, which
 * is made if there is none; modes made before are taken away. The size is kept
 * within what the display can have. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstSpiceXResize GstSpiceXResize;

/* its thread: @error says why a wish was not fulfilled, NULL: it was, or there
 * was nothing to do */
typedef void (*GstSpiceXResizeFunc) (guint width, guint height,
                                     const GError *error, gpointer user_data);

/* life; @display: NULL is $DISPLAY */
GstSpiceXResize *gst_spice_x_resize_new (const char *display,
                                         GstSpiceXResizeFunc func,
                                         gpointer user_data);
/* drops what waits; a display that does not answer holds up nothing */
void gst_spice_x_resize_free (GstSpiceXResize *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceXResize, gst_spice_x_resize_free)

/* work: pixels; the width is rounded down to a multiple of 4 */
void gst_spice_x_resize_set (GstSpiceXResize *self, guint width, guint height);

G_END_DECLS
