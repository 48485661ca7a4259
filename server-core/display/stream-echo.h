/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-echo.h – the last frame of a stream, once more when none follows.
 *
 * Viewers' decoders may give a frame back only when they get the next one, and
 * the last one may have been left out: without an echo the viewer would stay
 * behind until the region is repaired. Loop thread only. */
#pragma once

#include "qxl/image.h"
#include "server-core/base/loop.h"

typedef struct _SpcStreamEcho SpcStreamEcho;

/* @func is called a little after the last frame */
typedef void (*SpcStreamEchoFunc) (QxlImage *frame, gpointer user_data);
SpcStreamEcho *spc_stream_echo_new (SpcLoop *loop, SpcStreamEchoFunc func,
                                    gpointer user_data);
void spc_stream_echo_free (SpcStreamEcho *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamEcho, spc_stream_echo_free)

/* the newest frame; it is referenced for 100 ms at most; NULL: none is echoed
 */
void spc_stream_echo_note (SpcStreamEcho *self, QxlImage *frame);
