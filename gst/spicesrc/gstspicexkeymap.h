/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexkeymap.h – which X keycode stands for a key.
 *
 * A key is given by its place (a scancode as in server-core's scancodes.h,
 * which needs no layout) or by a keysym name (which is looked up in the
 * keyboard mapping of the display). Plain data and pure functions: no
 * connection, no lock. Threads: any, one at a time per keymap. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* X keeps one byte for a keycode; the first eight mean nothing. */
#define GST_SPICE_X_MAX_KEYCODES 256u

typedef struct {
  uint8_t first; /* keycode of the first row */
  uint8_t width; /* keysyms a row; column 1 is reached with Shift */
  GArray *syms;  /* of uint32_t, `width` a keycode */
} GstSpiceXKeymap;

/* life */
void gst_spice_x_keymap_init (GstSpiceXKeymap *self);
void gst_spice_x_keymap_clear (GstSpiceXKeymap *self);
/* Replaces the mapping with what a display answered. */
void gst_spice_x_keymap_set (GstSpiceXKeymap *self, uint8_t first,
                             uint8_t width, const uint32_t *syms, guint n_syms);

/* look-up: a keycode, or 0 when there is no such key */
uint8_t gst_spice_x_keymap_from_scancode (const GstSpiceXKeymap *self,
                                          uint32_t scancode);
uint8_t gst_spice_x_keymap_from_name (const GstSpiceXKeymap *self,
                                      const char *name, bool *needs_shift);
uint8_t gst_spice_x_keymap_from_keysym (const GstSpiceXKeymap *self,
                                        uint32_t keysym, guint column);

G_END_DECLS
