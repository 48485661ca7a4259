/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video-codec.h"

#include <glib.h>
#include <spice/enums.h>
#include <spice/protocol.h>

static const SpcVideoCodec codecs[] = {
    {SPICE_VIDEO_CODEC_TYPE_MJPEG, SPICE_DISPLAY_CAP_CODEC_MJPEG, "mjpeg"},
    {SPICE_VIDEO_CODEC_TYPE_VP8, SPICE_DISPLAY_CAP_CODEC_VP8, "vp8"},
    {SPICE_VIDEO_CODEC_TYPE_H264, SPICE_DISPLAY_CAP_CODEC_H264, "h264"},
    {SPICE_VIDEO_CODEC_TYPE_VP9, SPICE_DISPLAY_CAP_CODEC_VP9, "vp9"},
    {SPICE_VIDEO_CODEC_TYPE_H265, SPICE_DISPLAY_CAP_CODEC_H265, "h265"},
};

const SpcVideoCodec *
spc_video_codec_at (unsigned n)
{
  return n < G_N_ELEMENTS (codecs) ? &codecs[n] : NULL;
}

const SpcVideoCodec *
spc_video_codec_find (uint8_t number)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].number == number)
      return &codecs[i];
  return NULL;
}

const SpcVideoCodec *
spc_video_codec_by_name (const char *name)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_ascii_strcasecmp (codecs[i].name, name) == 0)
      return &codecs[i];
  return NULL;
}
