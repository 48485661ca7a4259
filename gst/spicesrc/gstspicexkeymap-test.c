/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexkeymap.h"

#include <xkbcommon/xkbcommon-keysyms.h>

#define FIRST_KEYCODE 8
#define LAST_KEYCODE 255
#define WIDTH 2
#define EVDEV_UP 111
#define XFREE86_UP 98

typedef struct {
  uint8_t keycode;
  uint32_t plain, shifted;
} Row;

static const Row rows[] = {
    {38, XKB_KEY_a, XKB_KEY_A},
    {10, XKB_KEY_1, XKB_KEY_exclam},
    {26, XKB_KEY_e, XKB_KEY_eacute},
    {50, XKB_KEY_Shift_L, XKB_KEY_NoSymbol},
};

static void
fill (GstSpiceXKeymap *keymap, uint8_t up_keycode)
{
  uint32_t syms[(LAST_KEYCODE - FIRST_KEYCODE + 1) * WIDTH] = {0};

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    syms[(rows[i].keycode - FIRST_KEYCODE) * WIDTH] = rows[i].plain;
    syms[(rows[i].keycode - FIRST_KEYCODE) * WIDTH + 1] = rows[i].shifted;
  }
  syms[(up_keycode - FIRST_KEYCODE) * WIDTH] = XKB_KEY_Up;
  gst_spice_x_keymap_init (keymap);
  gst_spice_x_keymap_set (keymap, FIRST_KEYCODE, WIDTH, syms,
                          G_N_ELEMENTS (syms));
}

static void
test_scancodes (void)
{
  static const struct {
    uint32_t scancode;
    uint8_t keycode;
  } cases[] = {
      {0x01, 9},
      {0x1e, 38},
      {0x39, 65},
      {0x45, 77},
      {0x56, 94},
      {0x57, 95},
      {0x58, 96},
      {0x54, 107},
      {0x73, 97},
      {0x11c, 104},
      {0x11d, 105},
      {0x148, 111},
      {0x153, 119},
      {0x15b, 133},
      {0x15d, 135},
      {0x146, 127},
      {0x245, 127},
      {0x16d, 234},
      /* not keys */
      {0, 0},
      {0x55, 194},
      {0x7f, 0},
      {0x80, 0},
      {0x100, 0},
      {0x12a, 0},
      {0x1ff, 0},
      {0x346, 0},
      {G_MAXUINT32, 0},
  };
  GstSpiceXKeymap keymap;

  fill (&keymap, EVDEV_UP);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("scancode 0x%x", cases[i].scancode);
    g_assert_cmpuint (
        gst_spice_x_keymap_from_scancode (&keymap, cases[i].scancode), ==,
        cases[i].keycode);
  }
  gst_spice_x_keymap_clear (&keymap);
}

static void
test_other_keycodes (void)
{
  GstSpiceXKeymap keymap;

  fill (&keymap, XFREE86_UP);
  g_assert_cmpuint (gst_spice_x_keymap_from_scancode (&keymap, 0x1e), ==, 38);
  g_assert_cmpuint (gst_spice_x_keymap_from_scancode (&keymap, 0x148), ==, 0);
  gst_spice_x_keymap_clear (&keymap);
}

static void
test_names (void)
{
  static const struct {
    const char *name;
    uint8_t keycode;
    bool needs_shift;
  } cases[] = {
      {"a", 38, false},       {"A", 38, true},         {"exclam", 10, true},
      {"!", 10, true},        {"Up", EVDEV_UP, false}, {"1", 10, false},
      {"Shift_L", 50, false}, {"eacute", 26, true},    {"\303\251", 26, true},
  };
  static const char *const unknown[] = {"", "no such key", "F35", "\xff",
                                        "NoSymbol"};
  GstSpiceXKeymap keymap;
  bool needs_shift;

  fill (&keymap, EVDEV_UP);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("name \"%s\"", cases[i].name);
    g_assert_cmpuint (
        gst_spice_x_keymap_from_name (&keymap, cases[i].name, &needs_shift), ==,
        cases[i].keycode);
    g_assert_cmpint (needs_shift, ==, cases[i].needs_shift);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_cmpuint (
        gst_spice_x_keymap_from_name (&keymap, unknown[i], &needs_shift), ==,
        0);
  gst_spice_x_keymap_clear (&keymap);
}

static void
test_odd_mappings (void)
{
  static const uint32_t syms[600] = {[599] = XKB_KEY_a};
  GstSpiceXKeymap keymap;
  bool needs_shift;

  gst_spice_x_keymap_init (&keymap);
  g_assert_cmpuint (gst_spice_x_keymap_from_name (&keymap, "a", &needs_shift),
                    ==, 0);
  gst_spice_x_keymap_set (&keymap, FIRST_KEYCODE, 0, syms, 600);
  g_assert_cmpuint (keymap.syms->len, ==, 0);
  gst_spice_x_keymap_set (&keymap, FIRST_KEYCODE, 1, syms, 600);
  g_assert_cmpuint (keymap.syms->len, ==, 256 - FIRST_KEYCODE);
  g_assert_cmpuint (gst_spice_x_keymap_from_name (&keymap, "A", &needs_shift),
                    ==, 0);
  gst_spice_x_keymap_clear (&keymap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xkeymap/scancode-is-a-place", test_scancodes);
  g_test_add_func ("/xkeymap/other-keycodes-agree-on-the-common-part",
                   test_other_keycodes);
  g_test_add_func ("/xkeymap/name-finds-key-and-shift", test_names);
  g_test_add_func ("/xkeymap/odd-mapping-is-bounded", test_odd_mappings);
  return g_test_run ();
}
