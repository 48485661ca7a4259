/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "web-files.h"

#include "http-request.h"
#include "server-core/base/limits.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* what is tried for "/" */
static const char *const first_pages[] = {"/index.html", "/spice_auto.html",
                                          "/spice.html"};

static const struct {
  const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".svg", "image/svg+xml"},
    {".ico", "image/x-icon"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *
type_of (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i].suffix))
      return types[i].type;
  return "application/octet-stream";
}

/* no part may be hidden, which "." and ".." are as well */
static gboolean
is_harmless (const char *path)
{
  return path[0] == '/' && !strstr (path, "/.") && !strchr (path, '\\') &&
         g_utf8_validate (path, -1, NULL);
}

static gboolean
open_file (SpcWebFile *self, const char *root, const char *path)
{
  g_autofree char *name = g_build_filename (root, path, NULL);
  struct stat status;
  int fd = open (name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    return FALSE;
  *self = (SpcWebFile){.fd = fd};
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) &&
      status.st_size <= SPC_MAX_WEB_FILE) {
    self->size = (guint64)status.st_size;
    return TRUE;
  }
  spc_web_file_close (self);
  return FALSE;
}

/* the path that was found; NULL: none */
static const char *
find_file (SpcWebFile *self, const char *root, const char *path)
{
  if (!g_str_equal (path, "/"))
    return open_file (self, root, path) ? path : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (first_pages); i++)
    if (open_file (self, root, first_pages[i]))
      return first_pages[i];
  return NULL;
}

GBytes *
spc_web_files_answer (const char *root, const char *path, const char *framers,
                      gboolean is_head, SpcWebFile *file)
{
  const char *found = NULL;
  guint64 size;

  *file = (SpcWebFile){.fd = -1};
  if (root && is_harmless (path))
    found = find_file (file, root, path);
  if (!found)
    return g_string_free_to_bytes (spc_http_answer (404, NULL, 0, framers));
  size = file->size;
  if (is_head)
    spc_web_file_close (file);
  return g_string_free_to_bytes (
      spc_http_answer (200, type_of (found), (gsize)size, framers));
}

GBytes *
spc_web_file_next (SpcWebFile *self)
{
  gsize wanted = (gsize)MIN (self->size - self->offset, SPC_WEB_PIECE);
  g_autofree char *bytes = NULL;
  gssize n;

  if (self->fd < 0 || wanted == 0)
    return NULL;
  bytes = g_malloc (wanted);
  n = pread (self->fd, bytes, wanted, (off_t)self->offset);
  if (n <= 0)
    return NULL;
  self->offset += (guint64)n;
  return g_bytes_new_take (g_steal_pointer (&bytes), (gsize)n);
}

void
spc_web_file_close (SpcWebFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  *self = (SpcWebFile){.fd = -1};
}
