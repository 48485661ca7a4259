/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceencoderlog.h – the debug category of this room, "spiceencoder". */
#pragma once

#include <gst/gst.h>

GstDebugCategory *gst_spice_encoder_log_category (void);

#define GST_CAT_DEFAULT gst_spice_encoder_log_category ()
