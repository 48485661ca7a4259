/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicereplay.h"

#include "gst/common/gstspicexz.h"
#include "gst/spicesink/gstspicequic.h"
#include "qxl/journal.h"
#include "qxl/replay.h"
#include "qxl/stream.h"

#include <stdio.h>
#include <string.h>

/* What comes within this time of each other, as recorded or as played, goes
 * together, up to so many commands with so large images: a viewer sees no
 * difference, and it takes fewer buffers. */
#define JOIN_NS 1000000u
#define JOIN_COMMANDS 64u
#define JOIN_BYTES (256u << 10)
/* of memory that batches use again and again */
#define KEPT_BYTES ((gsize)4 << 20)
/* the last event of a text is searched in so much of its end */
#define END_BYTES (4u << 20)
/* no event's line is longer */
#define EVENT_BYTES 128u

struct _GstSpiceReplay {
  GInputStream *stream;
  QxlBlocks *blocks; /* of images and buffers */
  gint64 aged_us;    /* when the blocks were last */
  /* one of them */
  QxlJournalReader *journal;
  QxlReplay *replay;
  /* of the text: what was read beyond the last batch */
  GstSpiceQuic quic; /* of the batch */
  QxlBatch *ahead;
  guint64 ahead_ns;
  GError *failure; /* comes after what was read before */
  gchar *refusal;
};

/* life */

/* does the file begin as a journal does? It is read from its start again. */
static gboolean
is_journal (const gchar *path, gboolean *journal, GError **error)
{
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, error);
  gchar magic[QXL_JOURNAL_MAGIC_SIZE];
  gsize n;

  if (!stream ||
      !g_input_stream_read_all (stream, magic, sizeof magic, &n, NULL, error))
    return FALSE;
  *journal =
      n == sizeof magic && memcmp (magic, QXL_JOURNAL_MAGIC, sizeof magic) == 0;
  return TRUE;
}

static QxlImage *
decode_quic (const uint8_t *data, size_t size, uint32_t width, uint32_t height,
             gpointer user_data, GError **error)
{
  return gst_spice_quic_decode (user_data, data, size, width, height, error);
}

/* takes @file */
static GstSpiceReplay *
replay_new (GInputStream *file, gboolean journal)
{
  GstSpiceReplay *self = g_new0 (GstSpiceReplay, 1);

  self->stream = file;
  self->blocks = qxl_blocks_new (KEPT_BYTES);
  if (journal) {
    self->journal = qxl_journal_reader_new (file);
    return self;
  }
  self->replay = qxl_replay_new (file);
  qxl_replay_set_blocks (self->replay, self->blocks);
  qxl_replay_set_quic (self->replay, decode_quic, &self->quic);
  return self;
}

GstSpiceReplay *
gst_spice_replay_open (const gchar *path, GError **error)
{
  g_autoptr (GInputStream) file = NULL;
  gboolean journal;

  if (!is_journal (path, &journal, error))
    return NULL;
  file = gst_spice_xz_open (path, NULL, error);
  return file ? replay_new (g_steal_pointer (&file), journal) : NULL;
}

void
gst_spice_replay_free (GstSpiceReplay *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->journal, qxl_journal_reader_free);
  g_clear_pointer (&self->replay, qxl_replay_free);
  g_clear_pointer (&self->ahead, qxl_batch_free);
  g_clear_error (&self->failure);
  qxl_blocks_unref (self->blocks);
  g_free (self->refusal);
  g_object_unref (self->stream);
  g_free (self);
}

/* reading */

/* the next event that does something */
static QxlBatch *
read_event (GstSpiceReplay *self, guint64 *time_ns)
{
  QxlBatch *batch;

  while ((batch = qxl_replay_next (self->replay, time_ns, NULL,
                                   &self->failure)) != NULL) {
    const GError *refusal = qxl_replay_refusal (self->replay);

    if (!qxl_batch_is_empty (batch))
      return batch;
    qxl_batch_free (batch);
    if (refusal) {
      g_free (self->refusal);
      self->refusal =
          g_strdup_printf ("command %" G_GUINT64_FORMAT
                           ", before byte %" G_GUINT64_FORMAT ": %s",
                           qxl_replay_n_commands (self->replay),
                           qxl_replay_offset (self->replay), refusal->message);
    }
  }
  return NULL;
}

/* moves the commands of @more behind those of @batch */
static void
append_batch (QxlBatch *batch, QxlBatch *more)
{
  g_array_append_vals (batch->commands, more->commands->data,
                       more->commands->len);
  g_array_set_clear_func (more->commands, NULL);
  qxl_batch_free (more);
}

/* bytes of its images */
static gsize
size_of (const QxlBatch *batch)
{
  gsize size = 0;

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    if (command->kind == QXL_COMMAND_DRAW &&
        command->u.draw->kind == QXL_DRAW_OPERATION)
      size += qxl_operation_size (command->u.draw->u.operation);
  }
  return size;
}

/* @join_ns: how far what goes together may lie apart */
static QxlBatch *
read_joined (GstSpiceReplay *self, guint64 join_ns, guint64 *time_ns)
{
  QxlBatch *batch = g_steal_pointer (&self->ahead);
  gsize size;

  self->quic = (GstSpiceQuic){0};
  *time_ns = self->ahead_ns;
  if (!batch && !self->failure)
    batch = read_event (self, time_ns);
  size = batch ? size_of (batch) : 0;
  while (batch && !self->failure) {
    self->ahead = read_event (self, &self->ahead_ns);
    if (!self->ahead || self->ahead_ns - *time_ns >= join_ns ||
        batch->commands->len >= JOIN_COMMANDS || size >= JOIN_BYTES)
      break;
    size += size_of (self->ahead);
    append_batch (batch, g_steal_pointer (&self->ahead));
  }
  return batch;
}

static GBytes *
next_of_text (GstSpiceReplay *self, guint64 join_ns, guint64 *time_ns,
              GError **error)
{
  g_autoptr (QxlBatch) batch = read_joined (self, join_ns, time_ns);
  g_autoptr (QxlWriter) writer = NULL;

  if (!batch) {
    if (self->failure)
      g_propagate_error (error, g_steal_pointer (&self->failure));
    return NULL;
  }
  writer = qxl_writer_new ();
  qxl_stream_write_batch (batch, writer);
  return qxl_writer_steal_in (writer, self->blocks);
}

/* lets go of what no batch has needed for some time */
static void
age_blocks (GstSpiceReplay *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->aged_us < G_USEC_PER_SEC)
    return;
  self->aged_us = now_us;
  qxl_blocks_age (self->blocks);
}

GBytes *
gst_spice_replay_next (GstSpiceReplay *self, gdouble rate, guint64 *time_ns,
                       GError **error)
{
  age_blocks (self);
  if (self->replay)
    return next_of_text (self, (guint64)(JOIN_NS * MAX (rate, 1.0)), time_ns,
                         error);
  return qxl_journal_reader_next (self->journal, QXL_JOURNAL_FIRST_DISPLAY,
                                  time_ns, NULL, error);
}

guint64
gst_spice_replay_n_refused (const GstSpiceReplay *self)
{
  return self->replay ? qxl_replay_n_refused (self->replay) : 0;
}

const gchar *
gst_spice_replay_refusal (const GstSpiceReplay *self)
{
  return self->refusal;
}

gboolean
gst_spice_replay_is_cut_off (const GstSpiceReplay *self)
{
  return self->replay ? qxl_replay_is_cut_off (self->replay)
                      : qxl_journal_reader_is_cut_off (self->journal);
}

/* the end */

/* a whole line "event COUNTER WHAT TYPE TIME" */
static gboolean
parse_event (const gchar *line, gsize size, guint64 *time_ns)
{
  gchar text[EVENT_BYTES];
  const gchar *end = memchr (line, '\n', MIN (size, sizeof text - 1));
  gint counter, what, type, taken = 0;

  if (!end)
    return FALSE;
  memcpy (text, line, (gsize)(end - line));
  text[end - line] = '\0';
  return sscanf (text, "event %d %d %d %" G_GUINT64_FORMAT "%n", &counter,
                 &what, &type, time_ns, &taken) == 4 &&
         text[taken] == '\0';
}

static gboolean
last_event (const gchar *data, gsize size, guint64 *time_ns)
{
  static const gchar word[] = "\nevent ";
  const gsize length = sizeof word - 1;

  for (gsize at = size; at-- > 0;)
    if (data[at] == '\n' && size - at >= length &&
        memcmp (data + at, word, length) == 0 &&
        parse_event (data + at + 1, size - at - 1, time_ns))
      return TRUE;
  return FALSE;
}

/* bytes from @start on, or NULL */
static GBytes *
read_part (GInputStream *stream, goffset start, gsize size)
{
  g_autofree gchar *data = g_malloc (size);
  gsize n;

  if (!g_seekable_seek (G_SEEKABLE (stream), start, G_SEEK_SET, NULL, NULL) ||
      !g_input_stream_read_all (stream, data, size, &n, NULL, NULL))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), n);
}

static gboolean
find_end_of_text (GInputStream *stream, goffset size, guint64 *time_ns)
{
  static const gchar header[] = "SPICE_REPLAY 1\n";
  const gsize length = sizeof header - 1;
  gsize part = (gsize)MIN (size, (goffset)END_BYTES);
  g_autoptr (GBytes) start = read_part (stream, 0, EVENT_BYTES);
  g_autoptr (GBytes) end = read_part (stream, size - (goffset)part, part);
  guint64 first_ns, last_ns;
  const gchar *data;
  gsize n;

  if (!start || !end)
    return FALSE;
  data = g_bytes_get_data (start, &n);
  if (n < length || memcmp (data, header, length) != 0 ||
      !parse_event (data + length, n - length, &first_ns))
    return FALSE;
  data = g_bytes_get_data (end, &n);
  if (!last_event (data, n, &last_ns))
    return FALSE;
  *time_ns = last_ns > first_ns ? last_ns - first_ns : 0;
  return TRUE;
}

/* from head to head; bodies are not read */
static gboolean
find_end_of_journal (GInputStream *stream, guint64 *time_ns)
{
  g_autoptr (QxlJournalReader) reader = qxl_journal_reader_new (stream);

  return qxl_journal_reader_find_end (reader, time_ns, NULL);
}

gboolean
gst_spice_replay_find_end (const gchar *path, guint64 *time_ns)
{
  g_autoptr (GInputStream) stream = gst_spice_xz_open (path, NULL, NULL);
  gboolean journal;
  goffset size;

  if (!stream || !G_IS_SEEKABLE (stream) ||
      !g_seekable_can_seek (G_SEEKABLE (stream)) ||
      !is_journal (path, &journal, NULL))
    return FALSE;
  if (journal)
    return find_end_of_journal (stream, time_ns);
  if (!g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_END, NULL, NULL))
    return FALSE;
  size = g_seekable_tell (G_SEEKABLE (stream));
  return find_end_of_text (stream, size, time_ns);
}
