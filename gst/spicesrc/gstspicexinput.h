/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexinput.h – plays keys and pointer moves into an X display (XTEST).
 *
 * One connection of its own. It remembers what it holds down, so that letting
 * go of it (or freeing it) leaves no key or button stuck. Nothing a display
 * does, not even vanishing, ends the process: calls then do nothing and
 * is_alive tells. Threads: any, one at a time. Calls return when the request
 * is written to the socket; only new and a changed keyboard wait for answers.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _GstSpiceXInput GstSpiceXInput;

/* life; NULL is $DISPLAY; errors are of G_IO_ERROR */
GstSpiceXInput *gst_spice_x_input_new (const char *display, GError **error);
void gst_spice_x_input_free (GstSpiceXInput *self); /* lets go first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceXInput, gst_spice_x_input_free)
bool gst_spice_x_input_is_alive (GstSpiceXInput *self);

/* keys: scancode 0 and NULL mean "not known"; false when neither is a key of
 * this display. Pressing what is down already does nothing: the display makes
 * its own repeats. */
bool gst_spice_x_input_key (GstSpiceXInput *self, uint32_t scancode,
                            const char *name, bool pressed);
/* pointer, in pixels of the screen; buttons are X's: 1 left, 2 middle,
 * 3 right, 8 side, 9 extra */
bool gst_spice_x_input_button (GstSpiceXInput *self, int button, bool pressed);
void gst_spice_x_input_move_to (GstSpiceXInput *self, double x, double y);
void gst_spice_x_input_move_by (GstSpiceXInput *self, double dx, double dy);
/* in notches: y up, x left; parts of a notch add up */
void gst_spice_x_input_scroll (GstSpiceXInput *self, double dx, double dy);

/* Reads what the display had to say, so that it does not pile up. */
void gst_spice_x_input_drain (GstSpiceXInput *self);
void gst_spice_x_input_let_go (GstSpiceXInput *self);

G_END_DECLS
