/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vector-index.h"

#include <string.h>

/* more than any vector has, unpacked */
#define MAX_FILE_SIZE ((size_t)64 * 1024 * 1024)

void
vector_free (Vector *self)
{
  g_free (self->name);
  g_free (self->codec);
  g_free (self->type);
  g_free (self->compare);
  g_free (self->palette);
  g_free (self->sequence);
  g_free (self->input.file);
  g_free (self->input.sha256);
  g_free (self->output.file);
  g_free (self->output.sha256);
  g_free (self);
}

/* fields of a line: values have no escapes and no nesting */

static const char *
find_value (const char *line, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\":", key);
  const char *at = strstr (line, quoted);

  return at ? at + strlen (quoted) : NULL;
}

/* "" if there is none */
static char *
string_value (const char *line, const char *key)
{
  const char *at = find_value (line, key);
  const char *end = at && *at == '"' ? strchr (at + 1, '"') : NULL;

  return end ? g_strndup (at + 1, (size_t)(end - at - 1)) : g_strdup ("");
}

/* 0 if there is none */
static uint32_t
number_value (const char *line, const char *key)
{
  const char *at = find_value (line, key);
  uint64_t value = at ? g_ascii_strtoull (at, NULL, 10) : 0;

  return (uint32_t)MIN (value, G_MAXUINT32);
}

/* 0 if there is none */
static double
real_value (const char *line, const char *key)
{
  const char *at = find_value (line, key);

  return at ? g_ascii_strtod (at, NULL) : 0;
}

static uint64_t
hex_value (const char *line, const char *key)
{
  g_autofree char *text = string_value (line, key);

  return g_ascii_strtoull (text, NULL, 16);
}

static Vector *
vector_new_from_line (const char *line)
{
  Vector *self = g_new0 (Vector, 1);

  self->name = string_value (line, "name");
  self->codec = string_value (line, "codec");
  self->type = string_value (line, "type");
  self->compare = string_value (line, "compare");
  self->width = number_value (line, "width");
  self->height = number_value (line, "height");
  self->stride = number_value (line, "stride");
  self->top_down = number_value (line, "top_down");
  self->input.file = string_value (line, "input");
  self->input.offset = number_value (line, "in_off");
  self->input.length = number_value (line, "in_len");
  self->input.sha256 = string_value (line, "in_sha256");
  self->output.file = string_value (line, "output");
  self->output.offset = number_value (line, "out_off");
  self->output.length = number_value (line, "out_len");
  self->output.sha256 = string_value (line, "out_sha256");
  self->image_type = (uint8_t)number_value (line, "image_type");
  self->image_flags = (uint8_t)number_value (line, "image_flags");
  self->payload_len = number_value (line, "payload_len");
  self->palette_unique = hex_value (line, "palette_unique");
  self->palette = string_value (line, "palette");
  self->palette_ents = number_value (line, "palette_ents");
  self->sequence = string_value (line, "sequence");
  self->window_pixels = number_value (line, "window_pixels");
  self->glz_id = number_value (line, "glz_id");
  self->win_head_dist = number_value (line, "win_head_dist");
  self->glz_size = number_value (line, "glz_size");
  self->psnr = real_value (line, "psnr");
  self->quality = (int)number_value (line, "quality");
  self->jpeg_size = number_value (line, "jpeg_size");
  return self;
}

GPtrArray *
vector_index_read (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "index.json", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *vectors;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  if (!lines[0] || !g_str_has_prefix (lines[0], "{\"format\":1,")) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "%s: not an index of format 1", path);
    return NULL;
  }
  vectors = g_ptr_array_new_with_free_func ((GDestroyNotify)vector_free);
  for (char **line = lines; *line; line++)
    if (g_str_has_prefix (*line, "{\"name\":"))
      g_ptr_array_add (vectors, vector_new_from_line (*line));
  return vectors;
}

/* files */

static GBytes *
unpack (const char *packed, size_t size, GError **error)
{
  g_autoptr (GInputStream) memory =
      g_memory_input_stream_new_from_data (packed, (gssize)size, NULL);
  g_autoptr (GConverter) gzip =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, gzip);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  uint8_t part[16384];
  gssize n;

  while ((n = g_input_stream_read (stream, part, sizeof part, NULL, error)) >
             0 &&
         bytes->len <= MAX_FILE_SIZE)
    g_byte_array_append (bytes, part, (guint)n);
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static GBytes *
read_file (const char *path, GError **error)
{
  g_autofree char *content = NULL;
  size_t size;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;
  if (g_str_has_suffix (path, ".gz"))
    return unpack (content, size, error);
  return g_bytes_new_take (g_steal_pointer (&content), size);
}

GBytes *
vector_bytes_read (const VectorBytes *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, self->file, NULL);
  g_autoptr (GBytes) file = read_file (path, error);
  g_autoptr (GBytes) range = NULL;
  g_autofree char *sha256 = NULL;

  if (!file)
    return NULL;
  if (self->offset > g_bytes_get_size (file) ||
      self->length > g_bytes_get_size (file) - self->offset) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "%s has %zu bytes, not %zu at %zu", path,
                 g_bytes_get_size (file), self->length, self->offset);
    return NULL;
  }
  range = g_bytes_new_from_bytes (file, self->offset, self->length);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, range);
  if (strcmp (sha256, self->sha256) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "%s: SHA-256 is %s, expected %s", path, sha256, self->sha256);
    return NULL;
  }
  return g_steal_pointer (&range);
}
