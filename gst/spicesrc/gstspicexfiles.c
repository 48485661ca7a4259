/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexfiles.h"

#include <stdbool.h>
#include <string.h>

static GBytes *
take_string (GString *made)
{
  gsize size = made->len;

  if (size == 0) {
    g_string_free (made, TRUE);
    return NULL;
  }
  return g_bytes_new_take (g_string_free (made, FALSE), size);
}

static void
append_uri (GString *made, const char *path)
{
  g_autofree char *uri = NULL;

  if (!g_path_is_absolute (path) || !g_utf8_validate (path, -1, NULL))
    return;
  uri = g_filename_to_uri (path, NULL, NULL);
  if (uri != NULL)
    g_string_append_printf (made, "%s\r\n", uri);
}

GBytes *
gst_spice_x_files_to_uris (GBytes *list)
{
  gsize size;
  const char *text = g_bytes_get_data (list, &size);
  GString *made = g_string_new (NULL);
  gsize at = 0;

  /* the first one says what to do with the others */
  for (bool is_first = true; at < size; is_first = false) {
    gsize length = strnlen (text + at, size - at);
    g_autofree char *path = g_strndup (text + at, length);
    if (!is_first)
      append_uri (made, path);
    at += length + 1;
  }
  return take_string (made);
}

GBytes *
gst_spice_x_files_from_uris (GBytes *uris)
{
  gsize size;
  const char *data = g_bytes_get_data (uris, &size);
  g_autofree char *text = g_strndup (size ? data : "", size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *made = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *path =
        g_filename_from_uri (g_strstrip (lines[i]), NULL, NULL);
    if (path == NULL)
      continue;
    if (made->len == 0)
      g_string_append (made, "copy");
    g_string_append_c (made, '\0');
    g_string_append (made, path);
  }
  return take_string (made);
}
