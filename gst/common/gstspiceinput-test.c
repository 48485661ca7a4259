/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceinput.h"

#include <string.h>

typedef struct {
  GstSpiceInput input;
  const char *text;
  const char *hex;
} Case;

/* clang-format off */
static const Case cases[] = {
  { { .kind = GST_SPICE_INPUT_KEY, .time = 1500000001, .connection_id = 0x12ab,
      .pressed = TRUE, .scancode = 0x1e },
    "1.500000001 000012ab key press 0x1e a\n",
    "01010000ab120000012f6859000000001e000000000000000000000000000000" },
  { { .kind = GST_SPICE_INPUT_KEY, .connection_id = 0xffffffff,
      .scancode = 0x245 },
    "0.000000000 ffffffff key release 0x245 Pause\n",
    "01000000ffffffff000000000000000045020000000000000000000000000000" },
  { { .kind = GST_SPICE_INPUT_MOVE, .connection_id = 1, .display = 3,
      .x = 639, .y = 0, .buttons = 5 },
    "0.000000000 00000001 move 3 639 0 0x5\n",
    "0200030001000000000000000000000000000500000000007f02000000000000" },
  { { .kind = GST_SPICE_INPUT_MOTION, .connection_id = 1, .x = -2, .y = 7 },
    "0.000000000 00000001 motion -2 7 0x0\n",
    "030000000100000000000000000000000000000000000000feffffff07000000" },
  { { .kind = GST_SPICE_INPUT_BUTTON, .connection_id = 1, .pressed = TRUE,
      .button = 16, .buttons = 0x8000 },
    "0.000000000 00000001 button press 16 0x8000\n",
    "0401000001000000000000000000000000000080100000000000000000000000" },
  { { .kind = GST_SPICE_INPUT_SCROLL, .connection_id = 1, .y = -1 },
    "0.000000000 00000001 scroll -1 0x0\n",
    "050000000100000000000000000000000000000000000000" "00000000ffffffff" },
  { { .kind = GST_SPICE_INPUT_LOCKS, .connection_id = 1, .locks = 6 },
    "0.000000000 00000001 locks 6\n",
    "0600000601000000000000000000000000000000000000000000000000000000" },
};

static const char *const no_inputs[] = {
  "", "\n", "1 2 3", "1.500000001 12ab key press", 
  "1.500000001 12ab key press 0x1e", "1.5 12ab key press 0x1e a",
  "1.500000001 12ab key hold 0x1e a", "1.500000001 12ab key press 0x246 a",
  "1.500000001 12ab wink 1", "1.500000001 zz locks 1",
  "1.500000001 12ab locks 8", "1.500000001 12ab locks 1 1",
  "-1.500000001 12ab locks 1", "1.500000001 12ab move 256 0 0 0x0",
  "1.500000001 12ab move 0 2147483648 0 0x0",
  "1.500000001 12ab button press 17 0x0",
  "99999999999999999.500000001 12ab locks 1",
};
/* clang-format on */

static void
assert_same (const GstSpiceInput *a, const GstSpiceInput *b)
{
  g_assert_cmpuint (a->time, ==, b->time);
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmphex (a->connection_id, ==, b->connection_id);
  g_assert_cmpint (a->pressed, ==, b->pressed);
  g_assert_cmphex (a->scancode, ==, b->scancode);
  g_assert_cmpuint (a->button, ==, b->button);
  g_assert_cmphex (a->buttons, ==, b->buttons);
  g_assert_cmpuint (a->locks, ==, b->locks);
  g_assert_cmpuint (a->display, ==, b->display);
  g_assert_cmpint (a->x, ==, b->x);
  g_assert_cmpint (a->y, ==, b->y);
}

static void
test_bytes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 bytes[GST_SPICE_INPUT_BYTES];
    g_autoptr (GString) hex = g_string_new (NULL);
    GstSpiceInput back;

    gst_spice_input_write (&cases[i].input, bytes);
    for (gsize j = 0; j < sizeof bytes; j++)
      g_string_append_printf (hex, "%02x", bytes[j]);
    g_assert_cmpstr (hex->str, ==, cases[i].hex);
    g_assert_true (gst_spice_input_read (&back, bytes, sizeof bytes));
    assert_same (&back, &cases[i].input);
    g_assert_false (gst_spice_input_read (&back, bytes, sizeof bytes - 1));
  }
}

static void
test_bad_bytes (void)
{
  static const struct {
    guint at;
    guint8 value;
  } wrong[] = {{0, 0}, {0, 7}, {1, 2}, {3, 8}, {17, 3}, {20, 17}, {15, 0xff}};

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    guint8 bytes[GST_SPICE_INPUT_BYTES];
    GstSpiceInput back;

    gst_spice_input_write (&cases[0].input, bytes);
    if (wrong[i].at == 15)
      memset (bytes + 8, 0xff, 8);
    bytes[wrong[i].at] = wrong[i].value;
    g_assert_false (gst_spice_input_read (&back, bytes, sizeof bytes));
  }
}

static void
test_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = gst_spice_input_to_text (&cases[i].input);
    g_autofree char *without_end = g_strchomp (g_strdup (text));
    GstSpiceInput back;

    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpuint (strlen (text), <=, GST_SPICE_INPUT_MAX_TEXT);
    g_assert_true (gst_spice_input_from_text (&back, text));
    assert_same (&back, &cases[i].input);
    g_assert_true (gst_spice_input_from_text (&back, without_end));
  }
}

static void
test_bad_text (void)
{
  g_autofree char *long_line = g_strnfill (GST_SPICE_INPUT_MAX_TEXT + 1, ' ');
  GstSpiceInput input;

  for (gsize i = 0; i < G_N_ELEMENTS (no_inputs); i++)
    if (gst_spice_input_from_text (&input, no_inputs[i]))
      g_error ("taken for an input: %s", no_inputs[i]);
  g_assert_false (gst_spice_input_from_text (&input, long_line));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/input/bytes-there-and-back", test_bytes);
  g_test_add_func ("/input/bytes-that-are-no-input", test_bad_bytes);
  g_test_add_func ("/input/text-there-and-back", test_text);
  g_test_add_func ("/input/text-that-is-no-input", test_bad_text);
  return g_test_run ();
}
