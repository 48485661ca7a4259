/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesecrets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* bytes of the longest secret, and of the end of its line */
#define MAX_SECRET 1024u
#define MAX_END 2u

static const struct {
  GstSpiceSetting file, secret;
  gsize max; /* bytes */
} secrets[] = {
    {GST_SPICE_SETTING_PASSWORD_FILE, GST_SPICE_SETTING_PASSWORD,
     SPC_MAX_PASSWORD},
    {GST_SPICE_SETTING_TLS_KEY_PASSWORD_FILE,
     GST_SPICE_SETTING_TLS_KEY_PASSWORD, MAX_SECRET},
    {GST_SPICE_SETTING_MIGRATION_KEY_FILE, GST_SPICE_SETTING_MIGRATION_KEY,
     MAX_SECRET},
};

/* Up to the end of the first line, of the file, or of @line, whose size is
 * @size; how many bytes that is, -1 with errno. */
static gssize
read_line (int fd, char *line, gsize size)
{
  gsize n = 0;

  while (n < size && !memchr (line, '\n', n)) {
    gssize got = read (fd, line + n, size - n);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    n += (gsize)got;
  }
  return (gssize)n;
}

/* what is read without its line's end, which may be another system's */
static gsize
cut_line (char *line, gsize n)
{
  const char *end = memchr (line, '\n', n);

  if (end) {
    n = (gsize)(end - line);
    if (n > 0 && line[n - 1] == '\r')
      n--;
  }
  line[n] = 0;
  return n;
}

/* NULL, or why it is none; for g_free */
static char *
complain (const char *line, gsize n, gsize max)
{
  if (n == 0)
    return g_strdup ("its first line is empty");
  if (n > max)
    return g_strdup_printf ("its first line has more than %zu bytes", max);
  if (strlen (line) < n)
    return g_strdup ("its first line has a zero byte");
  return NULL;
}

/* NULL, or why there is none; for g_free */
static char *
read_secret (const char *path, gsize max, char *line, gsize size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n = fd < 0 ? -1 : read_line (fd, line, size);
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (n < 0)
    return g_strdup (g_strerror (code));
  return complain (line, cut_line (line, (gsize)n), max);
}

bool
gst_spice_secrets_load (GstSpiceSettings *settings, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++) {
    const char *path = gst_spice_settings_string (settings, secrets[i].file);
    char line[MAX_SECRET + MAX_END + 1];
    g_autofree char *why = NULL;

    if (!path || gst_spice_settings_string (settings, secrets[i].secret))
      continue;
    why = read_secret (path, secrets[i].max, line, sizeof line - 1);
    if (!why)
      g_value_set_string (&settings->values[secrets[i].secret], line);
    explicit_bzero (line, sizeof line);
    if (why)
      return gst_spice_setting_refuse (secrets[i].file, path, why, error);
  }
  return true;
}
