/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexkeymap.h"

#include <linux/input-event-codes.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>

#include "server-core/inputs/scancodes.h"

/* X servers on Linux use the kernel's key numbers, moved up by this much. */
#define EVDEV_OFFSET 8u
/* Up to here the kernel numbered its keys after set 1. */
#define LAST_COMMON_CODE KEY_F12

static uint32_t
keysym_at (const GstSpiceXKeymap *self, guint row, guint column)
{
  return g_array_index (self->syms, uint32_t, row * self->width + column);
}

/* Displays without the kernel's numbers (their keyboards predate it) agree with
 * it on the common part only. The Up key is the usual way to tell. */
static bool
has_evdev_keycodes (const GstSpiceXKeymap *self)
{
  return gst_spice_x_keymap_from_keysym (self, XKB_KEY_Up, 0) ==
         KEY_UP + EVDEV_OFFSET;
}

static uint32_t
keysym_from_name (const char *name)
{
  uint32_t keysym = xkb_keysym_from_name (name, XKB_KEYSYM_NO_FLAGS);

  if (keysym != XKB_KEY_NoSymbol)
    return keysym;
  /* some senders name a character key by the character itself */
  if (!g_utf8_validate (name, -1, NULL) || g_utf8_strlen (name, -1) != 1)
    return XKB_KEY_NoSymbol;
  return xkb_utf32_to_keysym (g_utf8_get_char (name));
}

void
gst_spice_x_keymap_init (GstSpiceXKeymap *self)
{
  *self = (GstSpiceXKeymap){0};
  self->syms = g_array_new (FALSE, FALSE, sizeof (uint32_t));
}

void
gst_spice_x_keymap_clear (GstSpiceXKeymap *self)
{
  g_clear_pointer (&self->syms, g_array_unref);
}

void
gst_spice_x_keymap_set (GstSpiceXKeymap *self, uint8_t first, uint8_t width,
                        const uint32_t *syms, guint n_syms)
{
  guint rows = width ? n_syms / width : 0;

  rows = MIN (rows, GST_SPICE_X_MAX_KEYCODES - first);
  self->first = first;
  self->width = width;
  g_array_set_size (self->syms, 0);
  if (rows > 0)
    g_array_append_vals (self->syms, syms, rows * width);
}

uint8_t
gst_spice_x_keymap_from_scancode (const GstSpiceXKeymap *self,
                                  uint32_t scancode)
{
  uint32_t evdev = spc_scancode_evdev (MIN (scancode, G_MAXUINT16));

  if (evdev == KEY_RESERVED || evdev + EVDEV_OFFSET >= GST_SPICE_X_MAX_KEYCODES)
    return 0;
  if (evdev > LAST_COMMON_CODE && !has_evdev_keycodes (self))
    return 0;
  return evdev + EVDEV_OFFSET;
}

uint8_t
gst_spice_x_keymap_from_keysym (const GstSpiceXKeymap *self, uint32_t keysym,
                                guint column)
{
  guint rows = self->width ? self->syms->len / self->width : 0;

  if (column >= self->width || keysym == XKB_KEY_NoSymbol)
    return 0;
  for (guint row = 0; row < rows; row++)
    if (keysym_at (self, row, column) == keysym)
      return self->first + row;
  return 0;
}

uint8_t
gst_spice_x_keymap_from_name (const GstSpiceXKeymap *self, const char *name,
                              bool *needs_shift)
{
  uint32_t keysym = keysym_from_name (name);
  uint8_t keycode = gst_spice_x_keymap_from_keysym (self, keysym, 0);

  *needs_shift = false;
  if (keycode != 0)
    return keycode;
  *needs_shift = true;
  return gst_spice_x_keymap_from_keysym (self, keysym, 1);
}
