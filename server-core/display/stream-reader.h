/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-reader.h – frames of a stream, read back from the picture.
 *
 * One at a time: of those that are asked for meanwhile only the newest is read,
 * after it, so that frames come in order. Loop thread only. */
#pragma once

#include "picture.h"

typedef struct _SpcStreamReader SpcStreamReader;

/* @image: of the size that was asked for */
typedef void (*SpcStreamReaderFunc) (QxlImage *image, int64_t time_us,
                                     gpointer user_data);
/* @picture outlives it */
SpcStreamReader *spc_stream_reader_new (SpcPicture *picture,
                                        SpcStreamReaderFunc func,
                                        gpointer user_data);
/* nothing is called any more */
void spc_stream_reader_free (SpcStreamReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamReader, spc_stream_reader_free)

/* the primary surface is read there from now on; what is of another size does
 * not come any more */
void spc_stream_reader_put (SpcStreamReader *self, const QxlRect *area);
/* what it shows now, as a frame of that time */
void spc_stream_reader_read (SpcStreamReader *self, int64_t time_us);
/* nothing is read after the frame at hand */
void spc_stream_reader_skip (SpcStreamReader *self);

bool spc_stream_reader_is_busy (const SpcStreamReader *self);
