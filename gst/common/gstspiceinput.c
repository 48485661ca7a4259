/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceinput.h"

#include "server-core/inputs/scancodes.h"

#include <string.h>

#define MAX_SCANCODE 0x245u
#define MAX_BUTTON 16u
#define MAX_LOCKS 7u
#define MAX_DISPLAY 255u
#define MAX_WORDS 8

/* bytes */

/* where fields lie; docs/input.md */
enum {
  AT_KIND = 0,
  AT_PRESSED = 1,
  AT_DISPLAY = 2,
  AT_LOCKS = 3,
  AT_CONNECTION = 4,
  AT_TIME = 8,
  AT_SCANCODE = 16,
  AT_BUTTONS = 18,
  AT_BUTTON = 20,
  AT_X = 24,
  AT_Y = 28,
};

static gboolean
is_meant (const GstSpiceInput *self)
{
  return self->kind >= GST_SPICE_INPUT_KEY &&
         self->kind <= GST_SPICE_INPUT_LOCKS &&
         self->scancode <= MAX_SCANCODE && self->button <= MAX_BUTTON &&
         self->locks <= MAX_LOCKS && self->display <= MAX_DISPLAY &&
         GST_CLOCK_TIME_IS_VALID (self->time);
}

/**
 * gst_spice_input_write: (skip)
 * @self: an input
 * @bytes: (array fixed-size=32) (out caller-allocates): where to
 *
 * Writes one input.
 */
void
gst_spice_input_write (const GstSpiceInput *self, guint8 *bytes)
{
  memset (bytes, 0, GST_SPICE_INPUT_BYTES);
  bytes[AT_KIND] = (guint8)self->kind;
  bytes[AT_PRESSED] = self->pressed ? 1 : 0;
  bytes[AT_DISPLAY] = (guint8)self->display;
  bytes[AT_LOCKS] = (guint8)self->locks;
  GST_WRITE_UINT32_LE (bytes + AT_CONNECTION, self->connection_id);
  GST_WRITE_UINT64_LE (bytes + AT_TIME, self->time);
  GST_WRITE_UINT16_LE (bytes + AT_SCANCODE, self->scancode);
  GST_WRITE_UINT16_LE (bytes + AT_BUTTONS, self->buttons);
  bytes[AT_BUTTON] = (guint8)self->button;
  GST_WRITE_UINT32_LE (bytes + AT_X, (guint32)self->x);
  GST_WRITE_UINT32_LE (bytes + AT_Y, (guint32)self->y);
}

/* records lie at any address, which GST_READ_UINT64_LE does not allow */
static guint64
read_number (const guint8 *at, gsize n_bytes)
{
  guint64 value = 0;

  for (gsize i = n_bytes; i-- > 0;)
    value = value << 8 | at[i];
  return value;
}

/**
 * gst_spice_input_read: (skip)
 * @self: (out caller-allocates): what is read
 * @bytes: (array length=size): from where
 * @size: how much there is
 *
 * Reads one input of %GST_SPICE_INPUT_BYTES; more may follow it.
 *
 * Returns: %FALSE when these bytes are too few or no input
 */
gboolean
gst_spice_input_read (GstSpiceInput *self, const guint8 *bytes, gsize size)
{
  if (size < GST_SPICE_INPUT_BYTES || bytes[AT_PRESSED] > 1)
    return FALSE;
  *self = (GstSpiceInput){
      .kind = bytes[AT_KIND],
      .pressed = bytes[AT_PRESSED],
      .display = bytes[AT_DISPLAY],
      .locks = bytes[AT_LOCKS],
      .connection_id = (guint)read_number (bytes + AT_CONNECTION, 4),
      .time = read_number (bytes + AT_TIME, 8),
      .scancode = (guint)read_number (bytes + AT_SCANCODE, 2),
      .buttons = (guint)read_number (bytes + AT_BUTTONS, 2),
      .button = bytes[AT_BUTTON],
      .x = (gint32)read_number (bytes + AT_X, 4),
      .y = (gint32)read_number (bytes + AT_Y, 4),
  };
  return is_meant (self);
}

/* text */

static const char *const kind_names[] = {
    [GST_SPICE_INPUT_KEY] = "key",       [GST_SPICE_INPUT_MOVE] = "move",
    [GST_SPICE_INPUT_MOTION] = "motion", [GST_SPICE_INPUT_BUTTON] = "button",
    [GST_SPICE_INPUT_SCROLL] = "scroll", [GST_SPICE_INPUT_LOCKS] = "locks",
};

/* the words of each kind: "p" press or release, "s" scancode, "n" name of the
 * key (for people), the rest numbers */
static const char *const kind_words[] = {
    [GST_SPICE_INPUT_KEY] = "psn",    [GST_SPICE_INPUT_MOVE] = "dxym",
    [GST_SPICE_INPUT_MOTION] = "xym", [GST_SPICE_INPUT_BUTTON] = "pbm",
    [GST_SPICE_INPUT_SCROLL] = "ym",  [GST_SPICE_INPUT_LOCKS] = "l",
};

static void
append_word (GString *text, const GstSpiceInput *self, char word)
{
  const char *name = spc_scancode_key_name ((uint16_t)self->scancode);

  switch (word) {
  case 'p':
    g_string_append (text, self->pressed ? " press" : " release");
    break;
  case 's':
    g_string_append_printf (text, " 0x%x", self->scancode);
    break;
  case 'n':
    g_string_append_printf (text, " %s", name ? name : "-");
    break;
  case 'd':
    g_string_append_printf (text, " %u", self->display);
    break;
  case 'x':
    g_string_append_printf (text, " %d", self->x);
    break;
  case 'y':
    g_string_append_printf (text, " %d", self->y);
    break;
  case 'm':
    g_string_append_printf (text, " 0x%x", self->buttons);
    break;
  case 'b':
    g_string_append_printf (text, " %u", self->button);
    break;
  case 'l':
    g_string_append_printf (text, " %u", self->locks);
    break;
  }
}

/**
 * gst_spice_input_to_text:
 * @self: an input
 *
 * Returns: (transfer full): it as a line, with its end
 */
gchar *
gst_spice_input_to_text (const GstSpiceInput *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (is_meant (self), g_string_free (text, FALSE));
  g_string_append_printf (text, "%" G_GUINT64_FORMAT ".%09u %08x %s",
                          self->time / GST_SECOND,
                          (guint)(self->time % GST_SECOND), self->connection_id,
                          kind_names[self->kind]);
  for (const char *word = kind_words[self->kind]; *word; word++)
    append_word (text, self, *word);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static gboolean
read_unsigned (const char *word, guint base, guint max, guint *number)
{
  guint64 value;

  if (base == 16 && g_str_has_prefix (word, "0x"))
    word += 2;
  if (!g_ascii_string_to_unsigned (word, base, 0, max, &value, NULL))
    return FALSE;
  *number = (guint)value;
  return TRUE;
}

static gboolean
read_signed (const char *word, gint *number)
{
  gint64 value;

  if (!g_ascii_string_to_signed (word, 10, G_MININT32, G_MAXINT32, &value,
                                 NULL))
    return FALSE;
  *number = (gint)value;
  return TRUE;
}

/* seconds, a dot, nine digits */
static gboolean
read_time (const char *word, GstClockTime *time)
{
  const char *dot = strchr (word, '.');
  g_autofree char *seconds = dot ? g_strndup (word, (gsize)(dot - word)) : NULL;
  guint64 whole, rest;

  if (!dot || strlen (dot + 1) != 9 ||
      !g_ascii_string_to_unsigned (seconds, 10, 0, G_MAXINT64 / GST_SECOND - 1,
                                   &whole, NULL) ||
      !g_ascii_string_to_unsigned (dot + 1, 10, 0, GST_SECOND - 1, &rest, NULL))
    return FALSE;
  *time = whole * GST_SECOND + rest;
  return TRUE;
}

static gboolean
read_word (GstSpiceInput *self, char word, const char *text)
{
  switch (word) {
  case 'p':
    self->pressed = g_str_equal (text, "press");
    return self->pressed || g_str_equal (text, "release");
  case 's':
    return read_unsigned (text, 16, MAX_SCANCODE, &self->scancode);
  case 'n':
    return TRUE;
  case 'd':
    return read_unsigned (text, 10, MAX_DISPLAY, &self->display);
  case 'x':
    return read_signed (text, &self->x);
  case 'y':
    return read_signed (text, &self->y);
  case 'm':
    return read_unsigned (text, 16, G_MAXUINT16, &self->buttons);
  case 'b':
    return read_unsigned (text, 10, MAX_BUTTON, &self->button);
  default:
    return read_unsigned (text, 10, MAX_LOCKS, &self->locks);
  }
}

static GstSpiceInputKind
find_kind (const char *name)
{
  for (guint i = GST_SPICE_INPUT_KEY; i <= GST_SPICE_INPUT_LOCKS; i++)
    if (g_str_equal (kind_names[i], name))
      return i;
  return 0;
}

/**
 * gst_spice_input_from_text:
 * @self: (out caller-allocates): what is read
 * @line: a line, with or without its end
 *
 * Returns: %FALSE when the line is no input
 */
gboolean
gst_spice_input_from_text (GstSpiceInput *self, const gchar *line)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *text = NULL;
  const char *wanted;

  *self = (GstSpiceInput){0};
  if (strnlen (line, GST_SPICE_INPUT_MAX_TEXT + 1) > GST_SPICE_INPUT_MAX_TEXT)
    return FALSE;
  text = g_strchomp (g_strdup (line));
  words = g_strsplit (text, " ", MAX_WORDS);
  if (g_strv_length (words) < 4 || !read_time (words[0], &self->time) ||
      !read_unsigned (words[1], 16, G_MAXUINT32, &self->connection_id))
    return FALSE;
  self->kind = find_kind (words[2]);
  if (!self->kind)
    return FALSE;
  wanted = kind_words[self->kind];
  if (g_strv_length (words) != 3 + strlen (wanted))
    return FALSE;
  for (guint i = 0; wanted[i]; i++)
    if (!read_word (self, wanted[i], words[3 + i]))
      return FALSE;
  return TRUE;
}
