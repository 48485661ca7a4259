/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* video-codec.h – the codecs a stream may have.
 *
 * Named by the protocol's numbers (SPICE_VIDEO_CODEC_TYPE_…). Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint8_t number;   /* 1 to 5 */
  uint8_t cap;      /* the display capability of a client that decodes it */
  const char *name; /* "mjpeg", "vp8", "h264", "vp9", "h265" */
} SpcVideoCodec;

/* NULL: no such codec */
const SpcVideoCodec *spc_video_codec_find (uint8_t number);
/* @name in any case */
const SpcVideoCodec *spc_video_codec_by_name (const char *name);
/* the @n th, from 0; NULL beyond the last */
const SpcVideoCodec *spc_video_codec_at (unsigned n);
