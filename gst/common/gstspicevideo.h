/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicevideo.h – what an application may say of what is sent as video.
 *
 * The type of the property "streaming-video", and what "video-codecs" means.
 * Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_STREAMING_VIDEO (gst_spice_streaming_video_get_type ())

/**
 * GstSpiceStreamingVideo:
 * @GST_SPICE_STREAMING_VIDEO_OFF: nothing: all is sent as pictures
 * @GST_SPICE_STREAMING_VIDEO_ALL: every region that changes quickly
 * @GST_SPICE_STREAMING_VIDEO_FILTER: those of them that cost fewer bytes as
 * video
 *
 * Which regions of a desktop are sent as video. The numbers are those of
 * libspice-server.
 */
typedef enum {
  GST_SPICE_STREAMING_VIDEO_OFF = 1,
  GST_SPICE_STREAMING_VIDEO_ALL = 2,
  GST_SPICE_STREAMING_VIDEO_FILTER = 3,
} GstSpiceStreamingVideo;

GType gst_spice_streaming_video_get_type (void);

G_END_DECLS
