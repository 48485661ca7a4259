/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstqxlreplaysrc.h – element qxlreplaysrc: recorded draw commands as buffers.
 */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_QXL_REPLAY_SRC (gst_qxl_replay_src_get_type ())
G_DECLARE_FINAL_TYPE (GstQxlReplaySrc, gst_qxl_replay_src, GST, QXL_REPLAY_SRC,
                      GstPushSrc)
GST_ELEMENT_REGISTER_DECLARE (qxlreplaysrc)

G_END_DECLS
