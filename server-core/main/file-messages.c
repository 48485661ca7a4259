/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file-messages.h"

#include "file-name.h"
#include "server-core/base/error.h"

#include <string.h>

#define GROUP "vdagent-file-xfer"

static uint32_t
get_u32 (const void *bytes)
{
  uint32_t value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static void
put_u32 (uint8_t *bytes, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

static void
put_u64 (uint8_t *bytes, uint64_t value)
{
  value = GUINT64_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/* START */

static bool
read_size (GKeyFile *keys, uint64_t *size, GError **error)
{
  g_autofree char *text = g_key_file_get_value (keys, GROUP, "size", error);

  /* not g_key_file_get_uint64(), for which -1 is the largest of all */
  return text &&
         g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, size, error);
}

/* In place. Not g_key_file_get_string(), which warns of two bad escapes. */
static bool
resolve_escapes (char *text, GError **error)
{
  static const char letters[] = "sntr\\", meanings[] = " \n\t\r\\";
  char *to = text;

  for (const char *from = text; *from != '\0'; from++, to++) {
    const char *letter;

    *to = *from;
    if (*from != '\\')
      continue;
    letter = from[1] != '\0' ? strchr (letters, *++from) : NULL;
    if (!letter) {
      g_set_error_literal (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                           "a file's name with \\ before none of s, n, t, r"
                           " and \\");
      return false;
    }
    *to = meanings[letter - letters];
  }
  *to = '\0';
  return true;
}

static bool
read_name (GKeyFile *keys, char **safe, GError **error)
{
  g_autofree char *name = g_key_file_get_value (keys, GROUP, "name", error);

  if (!name || !resolve_escapes (name, error))
    return false;
  if (!g_utf8_validate (name, -1, NULL)) {
    g_set_error_literal (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                         "a file's name that is no UTF-8");
    return false;
  }
  *safe = spc_file_name_make_safe (name);
  if (*safe)
    return true;
  g_set_error_literal (
      error, SPC_ERROR, SPC_ERROR_PROTOCOL,
      "a name that leads elsewhere, or of which nothing can be "
      "used");
  return false;
}

bool
spc_file_start_read (SpcFileStart *self, const void *body, size_t size,
                     GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  const char *text = (const char *)body + 4;
  size_t length;

  *self = (SpcFileStart){0};
  if (size < 4) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "a file's start of %zu bytes, at least 4 are needed", size);
    return false;
  }
  self->id = get_u32 (body);
  length = strnlen (text, size - 4); /* some viewers send the NUL */
  if (length > SPC_MAX_FILE_START) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "a file's description of %zu bytes, at most %u are allowed",
                 length, SPC_MAX_FILE_START);
    return false;
  }
  return g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE,
                                    error) &&
         read_size (keys, &self->size, error) &&
         read_name (keys, &self->name, error);
}

void
spc_file_start_clear (SpcFileStart *self)
{
  g_clear_pointer (&self->name, g_free);
}

/* STATUS */

size_t
spc_file_status_write (const SpcFileStatus *self, bool detailed,
                       uint8_t body[SPC_MAX_FILE_STATUS])
{
  bool is_known_to_all =
      self->result < VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE;

  put_u32 (body, self->id);
  put_u32 (body + 4, is_known_to_all || detailed
                         ? self->result
                         : VD_AGENT_FILE_XFER_STATUS_ERROR);
  if (!detailed)
    return 8;
  if (self->result == VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE) {
    put_u64 (body + 8, self->free_bytes);
    return 16;
  }
  if (self->result == VD_AGENT_FILE_XFER_STATUS_ERROR) {
    body[8] = VD_AGENT_FILE_XFER_STATUS_ERROR_GLIB_IO;
    put_u32 (body + 9, self->io_error);
    return 13;
  }
  return 8;
}

bool
spc_file_status_read (SpcFileStatus *self, const void *body, size_t size)
{
  *self = (SpcFileStatus){0};
  if (size < 8)
    return false;
  self->id = get_u32 (body);
  self->result = get_u32 ((const uint8_t *)body + 4);
  return true;
}
