/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recording.h – sticky reader of a recording's words and data.
 *
 * A recording is lines of words and decimal numbers with blocks of bytes
 * between them. The reader takes them one by one
 * from a stream; at the first that is not what was asked for it fails, and at
 * the stream's end it is over: from then on every step is harmless and gives 0.
 * It holds 256 KiB of what it read, and of objects that are larger one, which
 * grows only as bytes really come. Any thread, one at a time; it waits for the
 * stream. */
#pragma once

#include "geometry.h"
#include <gio/gio.h>

/* Most bytes of one object: those of the largest surface. */
#define QXL_RECORDING_MAX_BYTES (1u << 30)

typedef struct _QxlRecording QxlRecording;

/* life */
/* keeps a reference to @stream, which it does not close */
QxlRecording *qxl_recording_new (GInputStream *stream);
void qxl_recording_free (QxlRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlRecording, qxl_recording_free)
/* what may end a wait from now on; not owned; NULL: nothing */
void qxl_recording_set_cancellable (QxlRecording *self,
                                    GCancellable *cancellable);

/* state */
bool qxl_recording_is_over (
    const QxlRecording *self); /* failed or at the end */
/* NULL: not failed; G_IO_ERROR_INVALID_DATA, or what the stream said */
const GError *qxl_recording_error (const QxlRecording *self);
/* of the next byte */
uint64_t qxl_recording_offset (const QxlRecording *self);
/* makes it fail, unless it is over */
void qxl_recording_refuse (QxlRecording *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* lines */
/* is there no further byte? */
bool qxl_recording_at_end (QxlRecording *self);
/* does the next line begin with this word? */
bool qxl_recording_next_is (QxlRecording *self, const char *word);
/* takes a line that is just @line */
void qxl_recording_literal (QxlRecording *self, const char *line);
/* takes a line of @word (NULL: none) and @n numbers between -2^63 and 2^63 - 1
 */
void qxl_recording_numbers (QxlRecording *self, const char *word, int64_t *to,
                            guint n);
/* lines of a word and a number, in the width of its field, of either sign */
uint8_t qxl_recording_u8 (QxlRecording *self, const char *word);
uint16_t qxl_recording_u16 (QxlRecording *self, const char *word);
uint32_t qxl_recording_u32 (QxlRecording *self, const char *word);
uint64_t qxl_recording_u64 (QxlRecording *self, const char *word);
QxlPoint qxl_recording_point (QxlRecording *self, const char *word);
QxlPoint qxl_recording_point16 (QxlRecording *self, const char *word);
QxlRect qxl_recording_rect (QxlRecording *self, const char *name);

/* data; valid up to whatever is read next */
/* a block of just @size bytes; NULL if it is over */
const uint8_t *qxl_recording_binary (QxlRecording *self, const char *name,
                                     uint64_t size);
/* a block of at most @max_size bytes */
const uint8_t *qxl_recording_text (QxlRecording *self, const char *name,
                                   size_t max_size, size_t *size);
/* blocks as one */
const uint8_t *qxl_recording_chunks (QxlRecording *self, const char *name,
                                     size_t *size);
