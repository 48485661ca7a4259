/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesrc.h – element spicesrc: what SPICE viewers send back. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_SRC (gst_spice_src_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceSrc, gst_spice_src, GST, SPICE_SRC, GstBin)
GST_ELEMENT_REGISTER_DECLARE (spicesrc);

G_END_DECLS
