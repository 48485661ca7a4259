/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicesecrets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* bytes of a secret's line, without its end */
#define MAX_LINE 1024

static const struct {
  GstSpiceSetting file, secret;
} secrets[] = {
    {GST_SPICE_SETTING_PASSWORD_FILE, GST_SPICE_SETTING_PASSWORD},
    {GST_SPICE_SETTING_TLS_KEY_PASSWORD_FILE,
     GST_SPICE_SETTING_TLS_KEY_PASSWORD},
    {GST_SPICE_SETTING_MIGRATION_KEY_FILE, GST_SPICE_SETTING_MIGRATION_KEY},
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

/* without its end; NULL, or why it is no secret */
static const char *
end_line (char *line, gsize n)
{
  char *end = memchr (line, '\n', n);

  if (!end && n > MAX_LINE)
    return "its first line has more than 1024 bytes";
  if (!end)
    end = line + n;
  else if (end > line && end[-1] == '\r')
    end--;
  *end = 0;
  if (end == line)
    return "its first line is empty";
  return strlen (line) < (gsize)(end - line) ? "its first line has a zero byte"
                                             : NULL;
}

/* NULL, or why there is none */
static const char *
read_secret (const char *path, char *line, gsize size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n = fd < 0 ? -1 : read_line (fd, line, size);
  int code = errno;

  if (fd >= 0)
    close (fd);
  return n < 0 ? g_strerror (code) : end_line (line, (gsize)n);
}

static bool
load (GstSpiceSettings *settings, GstSpiceSetting file, GstSpiceSetting secret,
      GError **error)
{
  const char *path = gst_spice_settings_string (settings, file);
  char line[MAX_LINE + 2];
  const char *why = read_secret (path, line, sizeof line - 1);
  g_autoptr (GError) cause = NULL;

  if (!why) {
    g_value_set_string (&settings->values[secret], line);
    if (!gst_spice_setting_check (secret, &settings->values[secret], &cause))
      why = cause->message;
  }
  explicit_bzero (line, sizeof line);
  return !why || gst_spice_setting_refuse (file, path, why, error);
}

bool
gst_spice_secrets_load (GstSpiceSettings *settings, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (gst_spice_settings_string (settings, secrets[i].file) &&
        !gst_spice_settings_string (settings, secrets[i].secret) &&
        !load (settings, secrets[i].file, secrets[i].secret, error))
      return false;
  return true;
}
