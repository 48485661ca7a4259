/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file-name.h"

#include <string.h>

/* bytes with the dot: more is no extension but a name with a dot in it */
#define MAX_EXTENSION 16u

/* what separates the parts of a path on any system */
#define SEPARATORS "/\\"

static bool
leads_upwards (const char *path)
{
  for (gsize n = 0; *path; path += n) {
    path += strspn (path, SEPARATORS);
    n = strcspn (path, SEPARATORS);
    if (n == 2 && path[0] == '.' && path[1] == '.')
      return true;
  }
  return false;
}

static const char *
base_of (const char *path)
{
  const char *base = path;

  for (const char *p = path; *p; p++)
    if (strchr (SEPARATORS, *p))
      base = p + 1;
  return base;
}

/* Names are shown, and typed into terminals: what cannot be seen, or turns the
 * direction of what follows, has no place in them. */
static bool
is_allowed (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return false;
  default:
    return true;
  }
}

static GString *
filter (const char *name)
{
  GString *text = g_string_new (NULL);

  for (const char *p = name; *p; p = g_utf8_next_char (p))
    if (is_allowed (g_utf8_get_char (p)))
      g_string_append_unichar (text, g_utf8_get_char (p));
  return text;
}

/* a leading dot hides a file; the others are no names on some systems */
static void
strip (GString *text)
{
  gsize n = strspn (text->str, ". ");

  g_string_erase (text, 0, (gssize)n);
  while (text->len > 0 && strchr (". ", text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
}

/* where the extension with its dot begins, or the end */
static gsize
extension_of (const char *name, gsize length)
{
  const char *dot = strrchr (name, '.');

  if (!dot || dot == name || length - (gsize)(dot - name) > MAX_EXTENSION)
    return length;
  return (gsize)(dot - name);
}

static void
shorten (GString *text)
{
  gsize dot = extension_of (text->str, text->len);
  gsize end;

  if (text->len <= SPC_MAX_FILE_NAME)
    return;
  end = SPC_MAX_FILE_NAME - (text->len - dot);
  while ((text->str[end] & 0xc0) == 0x80) /* not inside a character */
    end--;
  g_string_erase (text, (gssize)end, (gssize)(dot - end));
}

char *
spc_file_name_make_safe (const char *name)
{
  GString *text;

  if (!g_utf8_validate (name, -1, NULL) || leads_upwards (name))
    return NULL;
  text = filter (base_of (name));
  strip (text);
  shorten (text);
  strip (text); /* it may end in a blank now */
  return g_string_free (text, text->len == 0);
}

char *
spc_file_name_number (const char *name, guint n)
{
  gsize dot = extension_of (name, strlen (name));

  if (n < 2)
    return g_strdup (name);
  return g_strdup_printf ("%.*s (%u)%s", (int)dot, name, n, name + dot);
}
