/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded input from a file, as bytes or as text: whatever stands there, what
 * is read lies within its bounds, and comes back the same when it is written.
 *
 * An input is a file: records, or lines if it begins like text. */
#include "fuzz.h"
#include "gst/common/gstspiceinput.h"

#include <string.h>

/* beyond, a time has no text */
#define MAX_TIME ((GstClockTime)G_MAXINT64 / 2)

static void
check_bounds (const GstSpiceInput *input)
{
  g_assert_cmpuint (input->kind, >=, GST_SPICE_INPUT_KEY);
  g_assert_cmpuint (input->kind, <=, GST_SPICE_INPUT_LOCKS);
  g_assert_cmpuint (input->scancode, <=, 0x245);
  g_assert_cmpuint (input->button, <=, 16);
  g_assert_cmpuint (input->buttons, <=, G_MAXUINT16);
  g_assert_cmpuint (input->locks, <=, 7);
  g_assert_cmpuint (input->display, <=, 255);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (input->time));
}

/* what both forms have, which is what belongs to its kind */
static void
check_text (const GstSpiceInput *input)
{
  g_autofree char *text = gst_spice_input_to_text (input);
  g_autofree char *again = NULL;
  GstSpiceInput same;

  g_assert_cmpuint (strlen (text), <=, GST_SPICE_INPUT_MAX_TEXT);
  if (input->time > MAX_TIME)
    return;
  g_assert_true (gst_spice_input_from_text (&same, text));
  again = gst_spice_input_to_text (&same);
  g_assert_cmpstr (again, ==, text);
}

static void
check (const GstSpiceInput *input)
{
  guint8 bytes[GST_SPICE_INPUT_BYTES], again[GST_SPICE_INPUT_BYTES];
  GstSpiceInput same;

  check_bounds (input);
  gst_spice_input_write (input, bytes);
  g_assert_true (gst_spice_input_read (&same, bytes, sizeof bytes));
  gst_spice_input_write (&same, again);
  g_assert_cmpmem (again, sizeof again, bytes, sizeof bytes);
  check_text (input);
}

static void
read_records (const uint8_t *data, size_t size)
{
  GstSpiceInput input;

  for (size_t at = 0; at < size; at += GST_SPICE_INPUT_BYTES)
    if (gst_spice_input_read (&input, data + at, size - at))
      check (&input);
}

static void
read_lines (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GstSpiceInput input;

  for (guint i = 0; lines[i] != NULL; i++)
    if (gst_spice_input_from_text (&input, lines[i]))
      check (&input);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size > 0 && data[0] >= ' ')
    read_lines (data, size);
  else
    read_records (data, size);
  return 0;
}
