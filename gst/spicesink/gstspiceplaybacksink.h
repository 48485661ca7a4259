/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceplaybacksink.h – element spiceplaybacksink: sound for viewers. */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_PLAYBACK_SINK (gst_spice_playback_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstSpicePlaybackSink, gst_spice_playback_sink, GST,
                      SPICE_PLAYBACK_SINK, GstBaseSink)
GST_ELEMENT_REGISTER_DECLARE (spiceplaybacksink);

G_END_DECLS
