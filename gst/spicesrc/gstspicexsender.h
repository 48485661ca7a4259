/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexsender.h – puts data into properties of other programs' windows.
 *
 * What is larger than a property should be goes in pieces, each when the
 * program has taken the one before (INCR). A program that takes none for a
 * time, or whose window goes, is given up. The clipboard's thread only. */
#pragma once

#include "gst/spicesrc/gstspicexdisplay.h"

G_BEGIN_DECLS

typedef struct _GstSpiceXSender GstSpiceXSender;

/* life; @display outlives it */
GstSpiceXSender *gst_spice_x_sender_new (const GstSpiceXDisplay *display);
void gst_spice_x_sender_free (GstSpiceXSender *self);

/* false: too many programs are taking pieces. Otherwise the property stands, or
 * the announcement of pieces, and the program may be told. */
bool gst_spice_x_sender_put (GstSpiceXSender *self, xcb_window_t window,
                             xcb_atom_t property, xcb_atom_t form,
                             GBytes *data);

/* events and errors of the display */
void gst_spice_x_sender_on_property (GstSpiceXSender *self,
                                     const xcb_property_notify_event_t *event);
void gst_spice_x_sender_on_window_gone (GstSpiceXSender *self,
                                        xcb_window_t window);

G_END_DECLS
