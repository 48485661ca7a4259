/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceqxl.h – buffers of QXL commands (qxl/stream.h). Any thread. */
#pragma once

#include "qxl/stream.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_SPICE_QXL_NAME "application/x-spice-qxl"
#define GST_SPICE_QXL_CAPS GST_SPICE_QXL_NAME ", version = (int) 1"

gboolean gst_spice_caps_are_qxl (const GstCaps *caps);
/* A buffer's memory, which it keeps mapped. NULL: it cannot be read. */
GBytes *gst_spice_qxl_bytes (GstBuffer *buffer);

G_END_DECLS
