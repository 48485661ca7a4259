/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinputsrc.h – element spiceinputsrc: what viewers type. */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_INPUT_SRC (gst_spice_input_src_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceInputSrc, gst_spice_input_src, GST,
                      SPICE_INPUT_SRC, GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE (spiceinputsrc);

G_END_DECLS
