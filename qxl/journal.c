/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/journal.h"

#include "qxl/bytes.h"
#include "qxl/refuse.h"

#include <string.h>

#define VERSION 1u
#define HEAD_SIZE 16u
/* a body grows by as much before it is known to come */
#define STEP_BYTES (1u << 20)

struct _QxlJournalWriter {
  GOutputStream *stream;
  uint64_t last_ns;
};

struct _QxlJournalReader {
  GInputStream *stream;
  bool has_header, is_over, is_cut_off;
  bool has_first;
  uint16_t first_display;
  uint64_t offset, last_ns;
};

typedef struct {
  uint32_t size;
  uint16_t kind, display;
  uint64_t time_ns;
} Head;

/* writing */

static bool
write_all (QxlJournalWriter *self, GBytes *bytes, GError **error)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  return g_output_stream_write_all (self->stream, data, size, NULL, NULL,
                                    error);
}

QxlJournalWriter *
qxl_journal_writer_new (GOutputStream *stream, GError **error)
{
  g_autoptr (QxlJournalWriter) self = g_new0 (QxlJournalWriter, 1);
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) header = NULL;

  self->stream = g_object_ref (stream);
  qxl_writer_bytes (writer, QXL_JOURNAL_MAGIC, QXL_JOURNAL_MAGIC_SIZE);
  qxl_writer_u32 (writer, VERSION);
  qxl_writer_u32 (writer, 0);
  header = qxl_writer_steal (writer);
  return write_all (self, header, error) ? g_steal_pointer (&self) : NULL;
}

void
qxl_journal_writer_free (QxlJournalWriter *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->stream);
  g_free (self);
}

bool
qxl_journal_writer_add (QxlJournalWriter *self, uint16_t display,
                        uint64_t time_ns, GBytes *batch, GError **error)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) head = NULL;
  size_t size = g_bytes_get_size (batch);

  if (size > QXL_JOURNAL_MAX_BYTES)
    return qxl_refuse (error,
                       "batch of %" G_GSIZE_FORMAT " bytes; a record takes %u",
                       size, QXL_JOURNAL_MAX_BYTES);
  self->last_ns = MAX (self->last_ns, time_ns);
  qxl_writer_u32 (writer, (uint32_t)size);
  qxl_writer_u16 (writer, QXL_JOURNAL_BATCH);
  qxl_writer_u16 (writer, display);
  qxl_writer_u64 (writer, self->last_ns);
  head = qxl_writer_steal (writer);
  return write_all (self, head, error) && write_all (self, batch, error);
}

/* reading */

QxlJournalReader *
qxl_journal_reader_new (GInputStream *stream)
{
  QxlJournalReader *self = g_new0 (QxlJournalReader, 1);

  self->stream = g_object_ref (stream);
  return self;
}

void
qxl_journal_reader_free (QxlJournalReader *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->stream);
  g_free (self);
}

static bool
refuse_file (QxlJournalReader *self, GError **error, const char *what,
             uint64_t value)
{
  self->is_over = true;
  return qxl_refuse (
      error, "recording, byte %" G_GUINT64_FORMAT ": %s %" G_GUINT64_FORMAT,
      self->offset, what, value);
}

/* false: over, with or without an error; then *@n tells how many bytes came */
static bool
read_some (QxlJournalReader *self, uint8_t *to, size_t size, size_t *n,
           GCancellable *cancellable, GError **error)
{
  bool ok =
      g_input_stream_read_all (self->stream, to, size, n, cancellable, error);

  self->offset += *n;
  self->is_over = !ok || *n < size;
  return !self->is_over;
}

static bool
read_header (QxlJournalReader *self, GCancellable *cancellable, GError **error)
{
  uint8_t bytes[QXL_JOURNAL_HEADER_SIZE] = {0};
  QxlReader reader;
  GError *failure = NULL;
  size_t n;
  uint32_t version;

  read_some (self, bytes, sizeof bytes, &n, cancellable, &failure);
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return false;
  }
  if (memcmp (bytes, QXL_JOURNAL_MAGIC, QXL_JOURNAL_MAGIC_SIZE) != 0 ||
      n < sizeof bytes)
    return refuse_file (self, error, "header expected, bytes", n);
  qxl_reader_init (&reader, bytes + QXL_JOURNAL_MAGIC_SIZE, 8);
  version = qxl_reader_u32 (&reader);
  if (version != VERSION)
    return refuse_file (self, error, "unknown version", version);
  self->has_header = true;
  return true;
}

static bool
read_head (QxlJournalReader *self, Head *head, GCancellable *cancellable,
           GError **error)
{
  uint8_t bytes[HEAD_SIZE];
  QxlReader reader;
  size_t n;

  if (!read_some (self, bytes, sizeof bytes, &n, cancellable, error)) {
    self->is_cut_off = n > 0;
    return false;
  }
  qxl_reader_init (&reader, bytes, sizeof bytes);
  head->size = qxl_reader_u32 (&reader);
  head->kind = qxl_reader_u16 (&reader);
  head->display = qxl_reader_u16 (&reader);
  head->time_ns = qxl_reader_u64 (&reader);
  if (head->size > QXL_JOURNAL_MAX_BYTES)
    return refuse_file (self, error, "a record is too large, bytes",
                        head->size);
  if (head->time_ns < self->last_ns)
    return refuse_file (self, error, "time falls to", head->time_ns);
  self->last_ns = head->time_ns;
  return true;
}

/* The body, whose memory grows only as bytes really come. */
static GBytes *
read_body (QxlJournalReader *self, size_t size, GCancellable *cancellable,
           GError **error)
{
  g_autofree uint8_t *body = NULL;
  size_t room = 0, got = 0, n;

  do {
    uint8_t *grown;

    room = MIN (size, MAX (room * 2, STEP_BYTES));
    grown = g_try_realloc (body, MAX (room, 1));
    if (grown == NULL) {
      refuse_file (self, error, "no memory for bytes", room);
      return NULL;
    }
    body = grown;
    if (!read_some (self, body + got, room - got, &n, cancellable, error)) {
      self->is_cut_off = true;
      return NULL;
    }
    got = room;
  } while (got < size);
  return g_bytes_new_take (g_steal_pointer (&body), size);
}

static bool
is_of (QxlJournalReader *self, const Head *head, uint16_t display)
{
  if (!self->has_first)
    self->first_display = head->display;
  self->has_first = true;
  if (display == QXL_JOURNAL_FIRST_DISPLAY)
    display = self->first_display;
  return head->display == display;
}

GBytes *
qxl_journal_reader_next (QxlJournalReader *self, uint16_t display,
                         uint64_t *time_ns, GCancellable *cancellable,
                         GError **error)
{
  Head head;

  if (self->is_over ||
      (!self->has_header && !read_header (self, cancellable, error)))
    return NULL;
  while (read_head (self, &head, cancellable, error)) {
    GBytes *body = read_body (self, head.size, cancellable, error);

    if (body == NULL)
      return NULL;
    *time_ns = head.time_ns;
    if (head.kind == QXL_JOURNAL_BATCH && is_of (self, &head, display))
      return body;
    g_bytes_unref (body);
  }
  return NULL;
}

bool
qxl_journal_reader_find_end (QxlJournalReader *self, uint64_t *time_ns,
                             GCancellable *cancellable)
{
  bool found = false;
  Head head;

  if (!self->has_header && !read_header (self, cancellable, NULL))
    return false;
  while (!self->is_over && read_head (self, &head, cancellable, NULL)) {
    gssize n = g_input_stream_skip (self->stream, head.size, cancellable, NULL);

    if (n != (gssize)head.size)
      break;
    self->offset += head.size;
    *time_ns = head.time_ns;
    found = true;
  }
  self->is_over = true;
  return found;
}

uint64_t
qxl_journal_reader_offset (const QxlJournalReader *self)
{
  return self->offset;
}

bool
qxl_journal_reader_is_cut_off (const QxlJournalReader *self)
{
  return self->is_cut_off;
}
