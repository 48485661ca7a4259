/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer keeps all copied bytes in one buffer and remembers between which
 * of them the chunks lie; draining cuts the buffer into slices of one GBytes.
 */
#include "qxl/bytes.h"

#include <string.h>

/* bytes of the buffer at first: a message of most kinds */
#define FIRST_ROOM ((size_t)256)

typedef struct {
  size_t buffer_pos; /* the chunk lies before this byte of the buffer */
  GBytes *bytes;     /* owned */
} Chunk;

struct _QxlWriter {
  uint8_t *buffer; /* owned; NULL: nothing is in it */
  size_t size, room;
  GArray *chunks; /* of Chunk, in order */
  size_t chunk_bytes;
};

/* reader */

void
qxl_reader_init (QxlReader *self, const void *data, size_t size)
{
  *self = (QxlReader){.data = data, .size = size};
}

const uint8_t *
qxl_reader_bytes (QxlReader *self, size_t n)
{
  const uint8_t *at;

  if (self->failed || n > self->size - self->pos) {
    self->failed = true;
    return NULL;
  }
  at = self->data + self->pos;
  self->pos += n;
  return at;
}

/* @n is known where it is called, which makes it a single access */
static inline uint64_t
read_le (QxlReader *self, unsigned n)
{
  const uint8_t *at = qxl_reader_bytes (self, n);
  uint64_t value = 0;

  if (!at)
    return 0;
  memcpy (&value, at, n);
  return GUINT64_FROM_LE (value);
}

uint8_t
qxl_reader_u8 (QxlReader *self)
{
  return (uint8_t)read_le (self, 1);
}

uint16_t
qxl_reader_u16 (QxlReader *self)
{
  return (uint16_t)read_le (self, 2);
}

uint32_t
qxl_reader_u32 (QxlReader *self)
{
  return (uint32_t)read_le (self, 4);
}

uint64_t
qxl_reader_u64 (QxlReader *self)
{
  return read_le (self, 8);
}

bool
qxl_reader_finish (const QxlReader *self, const char *what, GError **error)
{
  if (!self->failed)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s: malformed or too short, %" G_GSIZE_FORMAT
               " bytes given, read up to byte %" G_GSIZE_FORMAT,
               what, self->size, self->pos);
  return false;
}

/* writer */

static inline void
put_le (uint8_t *to, uint64_t value, unsigned n)
{
  const uint64_t bytes = GUINT64_TO_LE (value);

  memcpy (to, &bytes, n);
}

/* where the next @n bytes go, which count as written */
static inline uint8_t *
extend (QxlWriter *self, size_t n)
{
  size_t pos = self->size;

  g_assert (n <= G_MAXUINT / 2 && pos <= G_MAXUINT / 2);
  if (n > self->room - pos) {
    self->room = MAX (MAX (2 * self->room, pos + n), FIRST_ROOM);
    self->buffer = g_realloc (self->buffer, self->room);
  }
  self->size = pos + n;
  return self->buffer + pos;
}

static inline void
write_le (QxlWriter *self, uint64_t value, unsigned n)
{
  put_le (extend (self, n), value, n);
}

static void
clear_chunk (gpointer data)
{
  Chunk *chunk = data;

  g_clear_pointer (&chunk->bytes, g_bytes_unref);
}

QxlWriter *
qxl_writer_new (void)
{
  QxlWriter *self = g_new0 (QxlWriter, 1);

  self->chunks = g_array_new (FALSE, FALSE, sizeof (Chunk));
  g_array_set_clear_func (self->chunks, clear_chunk);
  return self;
}

void
qxl_writer_free (QxlWriter *self)
{
  if (!self)
    return;
  g_free (self->buffer);
  g_array_unref (self->chunks);
  g_free (self);
}

void
qxl_writer_u8 (QxlWriter *self, uint8_t value)
{
  write_le (self, value, 1);
}

void
qxl_writer_u16 (QxlWriter *self, uint16_t value)
{
  write_le (self, value, 2);
}

void
qxl_writer_u32 (QxlWriter *self, uint32_t value)
{
  write_le (self, value, 4);
}

void
qxl_writer_u64 (QxlWriter *self, uint64_t value)
{
  write_le (self, value, 8);
}

void
qxl_writer_bytes (QxlWriter *self, const void *data, size_t n)
{
  g_return_if_fail (n <= G_MAXUINT / 2);
  if (n > 0)
    memcpy (extend (self, n), data, n);
}

void
qxl_writer_zeros (QxlWriter *self, size_t n)
{
  g_return_if_fail (n <= G_MAXUINT / 2);
  if (n > 0)
    memset (extend (self, n), 0, n);
}

void
qxl_writer_ref (QxlWriter *self, GBytes *bytes)
{
  Chunk chunk = {.buffer_pos = self->size};

  if (g_bytes_get_size (bytes) == 0)
    return;
  chunk.bytes = g_bytes_ref (bytes);
  self->chunk_bytes += g_bytes_get_size (bytes);
  g_array_append_val (self->chunks, chunk);
}

size_t
qxl_writer_size (const QxlWriter *self)
{
  return self->size + self->chunk_bytes;
}

/* where the @n bytes at @pos of the message lie; NULL when they do not exist
 * or are not all in the buffer without a chunk between them. Searched from the
 * end, near which one patches. */
static uint8_t *
find_written (QxlWriter *self, size_t pos, size_t n)
{
  size_t run_end = self->size;
  size_t chunks_before = self->chunk_bytes;
  size_t run_start = 0;

  for (guint i = self->chunks->len; i > 0; i--) {
    const Chunk *chunk = &g_array_index (self->chunks, Chunk, i - 1);

    if (pos >= chunk->buffer_pos + chunks_before) {
      run_start = chunk->buffer_pos;
      break;
    }
    run_end = chunk->buffer_pos;
    chunks_before -= g_bytes_get_size (chunk->bytes);
  }
  if (pos < run_start + chunks_before || pos - chunks_before > run_end ||
      n > run_end - (pos - chunks_before))
    return NULL;
  return self->buffer + (pos - chunks_before);
}

void
qxl_writer_patch_u16 (QxlWriter *self, size_t pos, uint16_t value)
{
  uint8_t *at = find_written (self, pos, 2);

  g_return_if_fail (at != NULL);
  put_le (at, value, 2);
}

void
qxl_writer_patch_u32 (QxlWriter *self, size_t pos, uint32_t value)
{
  uint8_t *at = find_written (self, pos, 4);

  g_return_if_fail (at != NULL);
  put_le (at, value, 4);
}

void
qxl_writer_drain (QxlWriter *self, void (*take) (GBytes *, gpointer),
                  gpointer user_data)
{
  size_t pos = 0, end = self->size;
  g_autoptr (GBytes) buffer =
      g_bytes_new_take (g_steal_pointer (&self->buffer), end);
  GArray *chunks = self->chunks;

  self->size = self->room = 0;
  self->chunks = g_array_new (FALSE, FALSE, sizeof (Chunk));
  g_array_set_clear_func (self->chunks, clear_chunk);
  self->chunk_bytes = 0;

  for (guint i = 0; i < chunks->len; i++) {
    Chunk *chunk = &g_array_index (chunks, Chunk, i);

    if (chunk->buffer_pos > pos)
      take (g_bytes_new_from_bytes (buffer, pos, chunk->buffer_pos - pos),
            user_data);
    pos = chunk->buffer_pos;
    take (g_steal_pointer (&chunk->bytes), user_data);
  }
  if (end > pos)
    take (g_bytes_new_from_bytes (buffer, pos, end - pos), user_data);
  g_array_unref (chunks);
}

static void
append_piece (GBytes *piece, gpointer user_data)
{
  uint8_t **to = user_data;
  gsize size;
  const void *data = g_bytes_get_data (piece, &size);

  memcpy (*to, data, size);
  *to += size;
  g_bytes_unref (piece);
}

static void
keep_piece (GBytes *piece, gpointer user_data)
{
  *(GBytes **)user_data = piece;
}

GBytes *
qxl_writer_steal_in (QxlWriter *self, QxlBlocks *blocks)
{
  bool has_buffer = self->size > 0;
  size_t size = qxl_writer_size (self);
  GBytes *only = NULL;
  uint8_t *all, *to;

  if (self->chunks->len + (has_buffer ? 1u : 0u) <= 1) {
    qxl_writer_drain (self, keep_piece, &only);
    return only ? only : g_bytes_new (NULL, 0);
  }
  all = to = qxl_blocks_take (blocks, size);
  if (!all)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes", size); /* as g_malloc */
  qxl_writer_drain (self, append_piece, &to);
  return g_bytes_new_with_free_func (all, size, qxl_blocks_give, all);
}

GBytes *
qxl_writer_steal (QxlWriter *self)
{
  return qxl_writer_steal_in (self, NULL);
}
