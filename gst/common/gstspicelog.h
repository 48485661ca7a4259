/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicelog.h – server-core's log as GStreamer debug categories.
 *
 * Each of server-core's categories is one of ours ("spice", "spicelink", …), so
 * that GST_DEBUG=spice*:6 shows a whole handshake. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Sends server-core's log to GStreamer (first call) and takes the thresholds
 * over from GST_DEBUG (every call; a server calls it when it starts). */
void gst_spice_log_update (void);

G_END_DECLS
