/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceportsrc.h – element `spiceportsrc`: bytes of a SPICE viewer. */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_PORT_SRC (gst_spice_port_src_get_type ())
G_DECLARE_FINAL_TYPE (GstSpicePortSrc, gst_spice_port_src, GST, SPICE_PORT_SRC,
                      GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE (spiceportsrc)

G_END_DECLS
