/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinputsink.h – element spiceinputsink: types what was recorded. */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_INPUT_SINK (gst_spice_input_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceInputSink, gst_spice_input_sink, GST,
                      SPICE_INPUT_SINK, GstBaseSink)
GST_ELEMENT_REGISTER_DECLARE (spiceinputsink);

G_END_DECLS
