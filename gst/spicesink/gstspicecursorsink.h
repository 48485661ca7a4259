/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecursorsink.h – element spicecursorsink: the pointer's shape. */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_CURSOR_SINK (gst_spice_cursor_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceCursorSink, gst_spice_cursor_sink, GST,
                      SPICE_CURSOR_SINK, GstBaseSink)
GST_ELEMENT_REGISTER_DECLARE (spicecursorsink);

G_END_DECLS
