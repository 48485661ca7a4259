/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scancodes.h"

#include <glib.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>

#define MAX_SCANCODE 0x245

typedef struct {
  uint16_t scancode, evdev;
  const char *name;
} Known;

/* evdev codes as in linux/input-event-codes.h */
static const Known known[] = {
    {0x001, 1, "Escape"},       {0x002, 2, "1"},
    {0x01e, 30, "a"},           {0x01c, 28, "Return"},
    {0x11c, 96, "KP_Enter"},    {0x01d, 29, "Control_L"},
    {0x11d, 97, "Control_R"},   {0x137, 99, "Print"},
    {0x038, 56, "Alt_L"},       {0x138, 100, "Alt_R"},
    {0x148, 103, "Up"},         {0x153, 111, "Delete"},
    {0x053, 83, "KP_Delete"},   {0x045, 69, "Num_Lock"},
    {0x245, 119, "Pause"},      {0x15b, 125, "Super_L"},
    {0x15d, 127, "Menu"},       {0x056, 86, "less"},
    {0x058, 88, "F12"},         {0x120, 113, "XF86AudioMute"},
    {0x079, 92, "Henkan_Mode"}, {0x072, 122, "Hangul"},
};

static void
test_known_keys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    uint16_t code = known[i].scancode;

    g_assert_cmpstr (spc_scancode_key_name (code), ==, known[i].name);
    g_assert_cmpuint (spc_scancode_evdev (code), ==, known[i].evdev);
    g_assert_cmphex (spc_scancode_from_evdev (known[i].evdev), ==, code);
  }
}

static void
test_every_entry_round_trips (void)
{
  unsigned n = 0;

  for (uint16_t code = 1; code <= MAX_SCANCODE; code++) {
    uint16_t evdev = spc_scancode_evdev (code);
    uint16_t back = spc_scancode_from_evdev (evdev);

    if (evdev == 0)
      continue;
    n++;
    if (code == 0x054 || code == 0x146) /* other codes of Print, Pause */
      continue;
    g_assert_cmphex (back, ==, code);
  }
  g_assert_cmpuint (n, >, 190);
}

static void
test_every_name_is_a_keysym (void)
{
  for (uint16_t code = 1; code <= MAX_SCANCODE; code++) {
    const char *name = spc_scancode_key_name (code);

    g_assert_cmpint (name != NULL, ==, spc_scancode_evdev (code) != 0);
    if (!name)
      continue;
    if (xkb_keysym_from_name (name, XKB_KEYSYM_NO_FLAGS) == XKB_KEY_NoSymbol)
      g_error ("scancode %#x: no keysym \"%s\"", code, name);
  }
}

static void
test_unknown_codes_give_nothing (void)
{
  g_assert_null (spc_scancode_key_name (0));
  g_assert_null (spc_scancode_key_name (0x246));
  g_assert_null (spc_scancode_key_name (0xffff));
  g_assert_cmpuint (spc_scancode_evdev (0), ==, 0);
  g_assert_cmpuint (spc_scancode_evdev (0xffff), ==, 0);
  g_assert_cmpuint (spc_scancode_from_evdev (0), ==, 0);
  g_assert_cmpuint (spc_scancode_from_evdev (0xffff), ==, 0);
}

typedef struct {
  const char *bytes;
  const char *keys; /* "+code -code …" */
} Sequence;

static const Sequence sequences[] = {
    {"\x1e", "+01e "},
    {"\x9e", "-01e "},
    {"\xe0\x48\xe0\xc8", "+148 -148 "},
    {"\xe1\x1d\x45\xe1\x9d\xc5", "+245 -245 "},
    {"\xe0\x2a\xe0\x37\xe0\xb7\xe0\xaa", "+137 -137 "},
    {"\xe0\x46\xe0\xc6", "+245 -245 "},
    {"\xe0\xe0\x1d", "+11d "},
    {"\xe1\xe0\x1d", "+11d "},
    {"\xe1\x1d\xe0\x48", "+148 "},
    {"\xe1\x10\x9d\x1e", "+010 -01d +01e "},
    {"\xe1\x1d\xe1\x9d\x2a\xaa", "+02a -02a "},
    {"\xe1\x1d\x1d\x45", "+01d +045 "},
    {"\xe0\x80\x1e", "+01e "},
};

static char *
parse (const void *bytes, gsize size)
{
  GString *keys = g_string_new (NULL);
  SpcScancodeParser parser = {0};
  const uint8_t *at = bytes;
  uint16_t scancode;
  bool pressed;

  for (gsize i = 0; i < size; i++)
    if (spc_scancode_parser_push (&parser, at[i], &scancode, &pressed))
      g_string_append_printf (keys, "%c%03x ", pressed ? '+' : '-', scancode);
  return g_string_free (keys, FALSE);
}

static void
test_parser_sequences (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sequences); i++) {
    const Sequence *s = &sequences[i];
    g_autofree char *keys = parse (s->bytes, strlen (s->bytes));

    g_assert_cmpstr (keys, ==, s->keys);
  }
}

static void
test_parser_takes_any_bytes (void)
{
  SpcScancodeParser parser = {0};

  for (unsigned i = 0; i < 1u << 24; i += 7) {
    for (unsigned shift = 0; shift < 24; shift += 8) {
      uint16_t scancode = 0;
      bool pressed;

      if (!spc_scancode_parser_push (&parser, (uint8_t)(i >> shift), &scancode,
                                     &pressed))
        continue;
      if (scancode == 0 || scancode > MAX_SCANCODE ||
          (scancode > 0x17f && scancode != 0x245))
        g_error ("bytes %06x: scancode %#x", i, scancode);
    }
  }
  g_assert_cmpuint (parser.prefix & 0x7f, <=, 0x61);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scancodes/known-keys", test_known_keys);
  g_test_add_func ("/scancodes/every-entry-round-trips",
                   test_every_entry_round_trips);
  g_test_add_func ("/scancodes/every-name-is-a-keysym",
                   test_every_name_is_a_keysym);
  g_test_add_func ("/scancodes/unknown-codes-give-nothing",
                   test_unknown_codes_give_nothing);
  g_test_add_func ("/scancodes/parser-sequences", test_parser_sequences);
  g_test_add_func ("/scancodes/parser-takes-any-bytes",
                   test_parser_takes_any_bytes);
  return g_test_run ();
}
