/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-items.h – what a viewer is told of a stream, in its pipe.
 *
 * Items of one viewer: ids are its own, and so are the times. Loop thread
 * only. */
#pragma once

#include "qxl/geometry.h"
#include "server-core/channel/connection.h"

/* what a stream is made of, for STREAM_CREATE */
typedef struct {
  uint32_t id;
  uint8_t codec;   /* SPICE_VIDEO_CODEC_TYPE_… */
  QxlRect dest;    /* on the primary surface; frames are of its size */
  uint32_t report; /* the name its reports have; 0: none are asked for */
} SpcStreamTraits;

/* @clip: where frames may be painted */
SpcItem *spc_stream_create_item_new (const SpcStreamTraits *traits,
                                     const QxlRegion *clip);
SpcItem *spc_stream_clip_item_new (uint32_t id, const QxlRegion *clip);
SpcItem *spc_stream_destroy_item_new (uint32_t id);

/* a frame, as its viewer's pipe holds it */
typedef struct {
  uint32_t id;
  bool is_sized;     /* its place is told: it is not that of the stream */
  QxlRect dest;      /* of its size */
  uint32_t time_ms;  /* multimedia time to show it at */
  int64_t time_us;   /* monotonic, of what it shows */
  int64_t queued_us; /* since when it waits */
  bool is_key;
  GBytes *bytes;
} SpcStreamFrame;

/* the bytes are referenced */
SpcItem *spc_stream_data_item_new (const SpcStreamFrame *frame);
/* NULL when @item is something else */
const SpcStreamFrame *spc_stream_data_item_frame (const SpcItem *item);
