/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedisplaysink.h – element spicedisplaysink: a picture for viewers. */
#pragma once

#include "server-core/spc.h"

#include <gst/video/gstvideosink.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_DISPLAY_SINK (gst_spice_display_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceDisplaySink, gst_spice_display_sink, GST,
                      SPICE_DISPLAY_SINK, GstVideoSink)
GST_ELEMENT_REGISTER_DECLARE (spicedisplaysink);

/* for gstspicedisplayactions */
/* (transfer full) (nullable) what shows its picture; %NULL: not started. Any
 * thread. */
SpcDisplay *gst_spice_display_sink_ref_display (GstSpiceDisplaySink *self);

G_END_DECLS
