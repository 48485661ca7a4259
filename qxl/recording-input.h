/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recording-input.h – what was read of a recording and not yet taken.
 *
 * A window on a stream: the next bytes lie in it in one piece, as many as are
 * asked for, so that lines and blocks can be looked at where they are. At the
 * stream's end, when the stream fails, and when what came is refused, it is
 * over, and nothing more can be had. Any thread, one at a time; it waits for
 * the stream. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Most bytes in one piece. */
#define QXL_RECORDING_INPUT_BYTES (256u << 10)

typedef struct {
  GInputStream *stream;      /* owned */
  GCancellable *cancellable; /* what may end a wait; not owned, or NULL */
  uint8_t *bytes;            /* owned */
  size_t pos, size;          /* of the bytes, those taken and all */
  uint64_t offset;           /* of the next byte in the stream */
  bool is_over;
  GError *error; /* NULL: not failed */
} QxlRecordingInput;

/* keeps a reference to @stream */
void qxl_recording_input_init (QxlRecordingInput *self, GInputStream *stream);
void qxl_recording_input_clear (QxlRecordingInput *self);
/* fails with G_IO_ERROR_INVALID_DATA and the offset, unless it is over */
void qxl_recording_input_refuse (QxlRecordingInput *self, const char *format,
                                 va_list args);

/* Makes the next @n bytes, QXL_RECORDING_INPUT_BYTES at most, lie in one piece,
 * which moves what lay there; false if there are fewer. */
bool qxl_recording_input_need (QxlRecordingInput *self, size_t n);
static inline const char *
qxl_recording_input_next (const QxlRecordingInput *self)
{
  return (const char *)self->bytes + self->pos;
}
/* takes the next @n bytes, which are there */
static inline void
qxl_recording_input_skip (QxlRecordingInput *self, size_t n)
{
  self->pos += n;
  self->offset += n;
}
/* the same where those bytes are not all there */
const char *qxl_recording_input_find_further (QxlRecordingInput *self,
                                              char stop, size_t n);
/* where the next @stop lies among the next @n bytes at most; NULL: nowhere */
static inline const char *
qxl_recording_input_find (QxlRecordingInput *self, char stop, size_t n)
{
  return !self->is_over && self->size - self->pos >= n
             ? memchr (self->bytes + self->pos, stop, n)
             : qxl_recording_input_find_further (self, stop, n);
}
/* takes up to @size bytes; returns how many, 0 if it is over */
size_t qxl_recording_input_read (QxlRecordingInput *self, uint8_t *to,
                                 size_t size);
