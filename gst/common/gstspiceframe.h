/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceframe.h – GStreamer's pixel formats and ours. Tables; any thread. */
#pragma once

#include "qxl/format.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

/* what displays take without conversion, the cheapest first */
#define GST_SPICE_VIDEO_FORMATS                                                \
  "{ BGRx, BGRA, RGBx, RGBA, xRGB, ARGB, xBGR, ABGR, RGB, BGR, RGB16, BGR16, " \
  "RGB15, BGR15 }"
/* what cursors take: straight alpha */
#define GST_SPICE_CURSOR_FORMATS "{ BGRA, ARGB, RGBA, ABGR }"

/* QXL_FORMAT_INVALID for what displays do not take */
QxlFormat gst_spice_format_from_video (GstVideoFormat format);

/* One row of a format with alpha as B G R A, alpha kept as it is. */
void gst_spice_row_to_bgra (GstVideoFormat format, uint8_t *to,
                            const uint8_t *from, gsize n_pixels);

G_END_DECLS
