/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "web-files.h"

#include "http-request.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (4u * 1024u * 1024u)

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

static GBytes *
read_all (int fd)
{
  g_autofree char *bytes = NULL;
  struct stat file;
  gssize n;

  if (fstat (fd, &file) != 0 || !S_ISREG (file.st_mode) ||
      file.st_size > MAX_FILE_BYTES)
    return NULL;
  bytes = g_malloc ((gsize)file.st_size + 1);
  n = pread (fd, bytes, (size_t)file.st_size, 0);
  return n == file.st_size
             ? g_bytes_new_take (g_steal_pointer (&bytes), (gsize)n)
             : NULL;
}

static GBytes *
read_file (const char *root, const char *path)
{
  g_autofree char *name = g_build_filename (root, path, NULL);
  int fd = open (name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GBytes *bytes;

  if (fd < 0)
    return NULL;
  bytes = read_all (fd);
  close (fd);
  return bytes;
}

static GBytes *
answer_with (const char *path, GBytes *file, gboolean is_head)
{
  gsize size;
  const char *data = g_bytes_get_data (file, &size);
  GString *answer = spc_http_answer (200, type_of (path), size);

  if (!is_head)
    g_string_append_len (answer, data, (gssize)size);
  g_bytes_unref (file);
  return g_string_free_to_bytes (answer);
}

GBytes *
spc_web_files_answer (const char *root, const char *path, gboolean is_head)
{
  GBytes *file = NULL;

  if (!root || !is_harmless (path))
    return g_string_free_to_bytes (spc_http_answer (404, NULL, 0));
  if (!g_str_equal (path, "/"))
    file = read_file (root, path);
  for (gsize i = 0; g_str_equal (path, "/") && i < G_N_ELEMENTS (first_pages);
       i++)
    if ((file = read_file (root, first_pages[i]))) {
      path = first_pages[i];
      break;
    }
  if (!file)
    return g_string_free_to_bytes (spc_http_answer (404, NULL, 0));
  return answer_with (path, file, is_head);
}
