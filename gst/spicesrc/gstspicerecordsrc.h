/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicerecordsrc.h – element spicerecordsrc: a viewer's microphone. */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_RECORD_SRC (gst_spice_record_src_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceRecordSrc, gst_spice_record_src, GST,
                      SPICE_RECORD_SRC, GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE (spicerecordsrc);

G_END_DECLS
