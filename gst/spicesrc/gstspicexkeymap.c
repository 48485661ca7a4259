/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexkeymap.h"

#include <linux/input-event-codes.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>

/* X servers on Linux use the kernel's key numbers, moved up by this much. */
#define EVDEV_OFFSET 8u
/* Up to here the kernel numbered its keys after set 1. */
#define LAST_COMMON_CODE KEY_F12

typedef struct {
  uint16_t scancode;
  uint16_t evdev;
} KeyRow;

/* clang-format off */
static const KeyRow key_rows[] = {
  /* one byte, beyond the part the kernel kept */
  { 0x55, KEY_RESERVED },
  { 0x54, KEY_SYSRQ },            { 0x59, KEY_KPEQUAL },
  { 0x64, KEY_F13 },              { 0x65, KEY_F14 },
  { 0x66, KEY_F15 },              { 0x67, KEY_F16 },
  { 0x68, KEY_F17 },              { 0x69, KEY_F18 },
  { 0x6a, KEY_F19 },              { 0x6b, KEY_F20 },
  { 0x6c, KEY_F21 },              { 0x6d, KEY_F22 },
  { 0x6e, KEY_F23 },              { 0x70, KEY_KATAKANAHIRAGANA },
  { 0x73, KEY_RO },               { 0x76, KEY_F24 },
  { 0x77, KEY_HIRAGANA },         { 0x78, KEY_KATAKANA },
  { 0x79, KEY_HENKAN },           { 0x7b, KEY_MUHENKAN },
  { 0x7d, KEY_YEN },              { 0x7e, KEY_KPCOMMA },
  /* e0-prefixed */
  { 0x110, KEY_PREVIOUSSONG },    { 0x119, KEY_NEXTSONG },
  { 0x11c, KEY_KPENTER },         { 0x11d, KEY_RIGHTCTRL },
  { 0x120, KEY_MUTE },            { 0x121, KEY_CALC },
  { 0x122, KEY_PLAYPAUSE },       { 0x124, KEY_STOPCD },
  { 0x12e, KEY_VOLUMEDOWN },      { 0x130, KEY_VOLUMEUP },
  { 0x132, KEY_HOMEPAGE },        { 0x135, KEY_KPSLASH },
  { 0x137, KEY_SYSRQ },           { 0x138, KEY_RIGHTALT },
  { 0x146, KEY_PAUSE },           { 0x147, KEY_HOME },
  { 0x148, KEY_UP },              { 0x149, KEY_PAGEUP },
  { 0x14b, KEY_LEFT },            { 0x14d, KEY_RIGHT },
  { 0x14f, KEY_END },             { 0x150, KEY_DOWN },
  { 0x151, KEY_PAGEDOWN },        { 0x152, KEY_INSERT },
  { 0x153, KEY_DELETE },          { 0x15b, KEY_LEFTMETA },
  { 0x15c, KEY_RIGHTMETA },       { 0x15d, KEY_COMPOSE },
  { 0x15e, KEY_POWER },           { 0x15f, KEY_SLEEP },
  { 0x163, KEY_WAKEUP },          { 0x165, KEY_SEARCH },
  { 0x166, KEY_BOOKMARKS },       { 0x167, KEY_REFRESH },
  { 0x168, KEY_STOP },            { 0x169, KEY_FORWARD },
  { 0x16a, KEY_BACK },            { 0x16b, KEY_COMPUTER },
  { 0x16c, KEY_MAIL },            { 0x16d, KEY_MEDIA },
  /* e1-prefixed */
  { GST_SPICE_SCANCODE_PAUSE, KEY_PAUSE },
};
/* clang-format on */

static uint32_t
evdev_from_scancode (uint32_t scancode)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key_rows); i++)
    if (key_rows[i].scancode == scancode)
      return key_rows[i].evdev;
  return scancode <= LAST_COMMON_CODE ? scancode : KEY_RESERVED;
}

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
  uint32_t evdev = evdev_from_scancode (scancode);

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
