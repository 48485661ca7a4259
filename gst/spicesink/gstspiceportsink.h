/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceportsink.h – element `spiceportsink`: bytes to a SPICE viewer. */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_PORT_SINK (gst_spice_port_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstSpicePortSink, gst_spice_port_sink, GST,
                      SPICE_PORT_SINK, GstBaseSink)
GST_ELEMENT_REGISTER_DECLARE (spiceportsink)

G_END_DECLS
