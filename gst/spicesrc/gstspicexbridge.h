/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexbridge.h – joins an X display's selections with viewers' clipboards.
 *
 * What a program on the display has, every viewer is offered; what a viewer
 * has, programs are offered; the newest counts. Nothing but offers goes over
 * before somebody pastes. Any thread but callbacks of the server. */
#pragma once

#include "gst/common/gstspiceserver.h"

G_BEGIN_DECLS

typedef struct _GstSpiceXBridge GstSpiceXBridge;

/* life; @display: NULL: $DISPLAY; errors are of G_IO_ERROR. The server need not
 * run yet. */
GstSpiceXBridge *gst_spice_x_bridge_new (GstSpiceServer *server,
                                         const char *display, GError **error);
/* viewers are told that the display has nothing any more */
void gst_spice_x_bridge_free (GstSpiceXBridge *self);

G_END_DECLS
