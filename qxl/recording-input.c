/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/recording-input.h"

void
qxl_recording_input_init (QxlRecordingInput *self, GInputStream *stream)
{
  *self = (QxlRecordingInput){.stream = g_object_ref (stream)};
  self->bytes = g_malloc (QXL_RECORDING_INPUT_BYTES);
}

void
qxl_recording_input_clear (QxlRecordingInput *self)
{
  g_object_unref (self->stream);
  g_free (self->bytes);
  g_clear_error (&self->error);
}

void
qxl_recording_input_refuse (QxlRecordingInput *self, const char *format,
                            va_list args)
{
  g_autofree char *why = NULL;

  if (self->is_over)
    return;
  why = g_strdup_vprintf (format, args);
  self->is_over = true;
  self->error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "recording, byte %" G_GUINT64_FORMAT ": %s",
                             self->offset, why);
}

/* up to @room bytes of the stream; 0 if there are none: then it is over */
static size_t
read_stream (QxlRecordingInput *self, uint8_t *to, size_t room)
{
  gssize n =
      g_cancellable_set_error_if_cancelled (self->cancellable, &self->error)
          ? -1
          : g_input_stream_read (self->stream, to, room, self->cancellable,
                                 &self->error);

  self->is_over = n <= 0;
  return n > 0 ? (size_t)n : 0;
}

static size_t
left (const QxlRecordingInput *self)
{
  return self->size - self->pos;
}

bool
qxl_recording_input_need (QxlRecordingInput *self, size_t n)
{
  while (!self->is_over && left (self) < n) {
    if (self->pos > 0) {
      self->size = left (self);
      memmove (self->bytes, self->bytes + self->pos, self->size);
      self->pos = 0;
    }
    self->size += read_stream (self, self->bytes + self->size,
                               QXL_RECORDING_INPUT_BYTES - self->size);
  }
  return !self->is_over;
}

const char *
qxl_recording_input_find_further (QxlRecordingInput *self, char stop, size_t n)
{
  size_t looked_at = 0;

  while (looked_at < n && qxl_recording_input_need (self, looked_at + 1)) {
    const char *next = qxl_recording_input_next (self);
    size_t size = MIN (left (self), n);
    const char *at = memchr (next + looked_at, stop, size - looked_at);

    if (at != NULL)
      return at;
    looked_at = size;
  }
  return NULL;
}

size_t
qxl_recording_input_read (QxlRecordingInput *self, uint8_t *to, size_t size)
{
  size_t n;

  if (left (self) == 0 && size >= QXL_RECORDING_INPUT_BYTES && !self->is_over) {
    n = read_stream (self, to, size);
    self->offset += n;
    return n;
  }
  if (!qxl_recording_input_need (self, 1))
    return 0;
  n = MIN (size, left (self));
  memcpy (to, qxl_recording_input_next (self), n);
  qxl_recording_input_skip (self, n);
  return n;
}
