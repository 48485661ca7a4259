/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicerecorder.h"

#include "qxl/journal.h"
#include "qxl/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>

/* one system call takes so much of small records */
#define BUFFER_BYTES 65536u

struct _GstSpiceRecorder {
  /* set at construction */
  GstElement *owner; /* not owned */
  gchar *path;
  guint display;
  /* under the lock */
  GMutex lock;
  GOutputStream *stream;
  QxlJournalWriter *journal; /* NULL: the recording has ended */
  gint64 start_us;           /* of the first record, or 0 */
};

/* life */

static GOutputStream *
open_file (const gchar *path, GError **error)
{
  g_autoptr (GOutputStream) file = NULL;
  gint fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0) {
    gint code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s",
                 path, g_strerror (code));
    return NULL;
  }
  file = g_unix_output_stream_new (fd, TRUE);
  return g_buffered_output_stream_new_sized (file, BUFFER_BYTES);
}

GstSpiceRecorder *
gst_spice_recorder_new (GstElement *owner, const gchar *path, guint display,
                        GError **error)
{
  g_autoptr (GOutputStream) stream = open_file (path, error);
  QxlJournalWriter *journal;
  GstSpiceRecorder *self;

  if (!stream)
    return NULL;
  journal = qxl_journal_writer_new (stream, error);
  if (!journal)
    return NULL;
  self = g_new0 (GstSpiceRecorder, 1);
  self->owner = owner;
  self->path = g_strdup (path);
  self->display = display;
  self->stream = g_steal_pointer (&stream);
  self->journal = journal;
  g_mutex_init (&self->lock);
  return self;
}

void
gst_spice_recorder_free (GstSpiceRecorder *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->journal, qxl_journal_writer_free);
  g_output_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

/* writing */

/* with the lock */
static gboolean
write_record (GstSpiceRecorder *self, GBytes *bytes, GError **error)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->start_us == 0)
    self->start_us = now_us;
  return qxl_journal_writer_add (
             self->journal, (uint16_t)self->display,
             (uint64_t)(now_us - self->start_us) * GST_USECOND, bytes, error) &&
         g_output_stream_flush (self->stream, NULL, error);
}

static void
add (GstSpiceRecorder *self, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  if (self->journal && !write_record (self, bytes, &error))
    g_clear_pointer (&self->journal, qxl_journal_writer_free);
  g_mutex_unlock (&self->lock);
  if (error)
    GST_ELEMENT_WARNING (self->owner, RESOURCE, WRITE,
                         ("The recording in \"%s\" has ended.", self->path),
                         ("%s", error->message));
}

void
gst_spice_recorder_add_batch (GstSpiceRecorder *self, const QxlBatch *batch)
{
  g_autoptr (QxlWriter) writer = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!self)
    return;
  writer = qxl_writer_new ();
  qxl_stream_write_batch (batch, writer);
  bytes = qxl_writer_steal (writer);
  add (self, bytes);
}

void
gst_spice_recorder_add_bytes (GstSpiceRecorder *self, GBytes *bytes)
{
  if (self)
    add (self, bytes);
}
