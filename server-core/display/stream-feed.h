/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-feed.h – one encoder of a stream, and who is fed by it.
 *
 * Viewers that take the same codec at about the same rate are fed by one
 * encoder. Packets come to the loop in the order of their frames. Who begins in
 * the middle gets nothing before a key frame; wishes for one are granted a few
 * times a second at most. Loop thread only. */
#pragma once

#include "server-core/base/jobs.h"
#include "server-core/video/video-encoder.h"

typedef struct _SpcStreamFeed SpcStreamFeed;

typedef struct {
  void (*packet) (const SpcVideoPacket *packet, gpointer user_data);
  /* The encoder is no more. Once; the feed may be freed in it. */
  void (*failed) (const GError *error, gpointer user_data);
} SpcStreamFeedFuncs;

/* @factory: NULL: none, what the server makes itself is left. NULL with @error:
 * nobody makes that codec. */
SpcStreamFeed *spc_stream_feed_new (SpcLoop *loop, SpcJobs *jobs,
                                    SpcVideoFactory *factory,
                                    const SpcVideoOrder *order,
                                    const SpcStreamFeedFuncs *funcs,
                                    gpointer user_data, GError **error);
/* nothing is called any more */
void spc_stream_feed_free (SpcStreamFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamFeed, spc_stream_feed_free)

uint8_t spc_stream_feed_codec (const SpcStreamFeed *self);
void spc_stream_feed_push (SpcStreamFeed *self, QxlImage *frame,
                           int64_t time_us);
/* the next frame, or one soon, is to be a key frame */
void spc_stream_feed_want_key (SpcStreamFeed *self);
void spc_stream_feed_set_bitrate (SpcStreamFeed *self, uint32_t bitrate_bps);
