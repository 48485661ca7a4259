/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay.h – plays a recording of libspice-server as draw commands.
 *
 * Reads the recording's events from a stream and makes of each that does
 * something a batch with its time. A command that is malformed in itself is
 * refused, and the next one read; a file that is not as the format says ends
 * with an error, and one that is cut off ends before the event that is cut.
 * Whether commands fit the surfaces there are is for validate.h to say. Any
 * thread, one at a time; it waits for the stream. */
#pragma once

#include "command.h"
#include "validate.h"
#include <gio/gio.h>

typedef struct _QxlReplay QxlReplay;

/* Decodes a guest's QUIC image of @width × @height pixels; NULL and an error
 * if it is none. */
typedef QxlImage *(*QxlQuicFunc) (const uint8_t *data, size_t size,
                                  uint32_t width, uint32_t height,
                                  gpointer user_data, GError **error);

/* life */
/* keeps a reference to @stream, which it does not close */
QxlReplay *qxl_replay_new (GInputStream *stream);
void qxl_replay_free (QxlReplay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlReplay, qxl_replay_free)
/* where the pixels of images come from */
void qxl_replay_set_blocks (QxlReplay *self, QxlBlocks *blocks);
/* without it commands with such images are refused */
void qxl_replay_set_quic (QxlReplay *self, QxlQuicFunc decode,
                          gpointer user_data);

/* work */
/* The next event's commands, and in *@time_ns when they came, from the first
 * event on, never less than before. Of a command that was refused, an empty
 * batch. NULL without @error: the recording is over; NULL with: it is none from
 * here on, or @cancellable (or NULL) ended it. */
QxlBatch *qxl_replay_next (QxlReplay *self, uint64_t *time_ns,
                           GCancellable *cancellable, GError **error);

/* asking */
/* why the last command was refused; NULL: it was not */
const GError *qxl_replay_refusal (const QxlReplay *self);
/* those read so far, and among them those refused */
uint64_t qxl_replay_n_commands (const QxlReplay *self);
uint64_t qxl_replay_n_refused (const QxlReplay *self);
/* bytes of the stream taken */
uint64_t qxl_replay_offset (const QxlReplay *self);
/* did the recording end inside an event? */
bool qxl_replay_is_cut_off (const QxlReplay *self);
