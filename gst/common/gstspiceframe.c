/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceframe.h"

/* clang-format off */
static const struct {
  GstVideoFormat theirs;
  QxlFormat ours;
} formats[] = {
  { GST_VIDEO_FORMAT_BGRx,  QXL_FORMAT_BGRX },
  { GST_VIDEO_FORMAT_BGRA,  QXL_FORMAT_BGRA },
  { GST_VIDEO_FORMAT_RGBx,  QXL_FORMAT_RGBX },
  { GST_VIDEO_FORMAT_RGBA,  QXL_FORMAT_RGBA },
  { GST_VIDEO_FORMAT_xRGB,  QXL_FORMAT_XRGB },
  { GST_VIDEO_FORMAT_ARGB,  QXL_FORMAT_ARGB },
  { GST_VIDEO_FORMAT_xBGR,  QXL_FORMAT_XBGR },
  { GST_VIDEO_FORMAT_ABGR,  QXL_FORMAT_ABGR },
  { GST_VIDEO_FORMAT_RGB,   QXL_FORMAT_RGB },
  { GST_VIDEO_FORMAT_BGR,   QXL_FORMAT_BGR },
  { GST_VIDEO_FORMAT_RGB16, QXL_FORMAT_RGB16 },
  { GST_VIDEO_FORMAT_BGR16, QXL_FORMAT_BGR16 },
  { GST_VIDEO_FORMAT_RGB15, QXL_FORMAT_RGB15 },
  { GST_VIDEO_FORMAT_BGR15, QXL_FORMAT_BGR15 },
};
/* clang-format on */

QxlFormat
gst_spice_format_from_video (GstVideoFormat format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].theirs == format)
      return formats[i].ours;
  return QXL_FORMAT_INVALID;
}

void
gst_spice_row_to_bgra (GstVideoFormat format, uint8_t *to, const uint8_t *from,
                       gsize n_pixels)
{
  QxlFormat ours = gst_spice_format_from_video (format);
  gsize alpha =
      format == GST_VIDEO_FORMAT_ARGB || format == GST_VIDEO_FORMAT_ABGR ? 0
                                                                         : 3;

  g_return_if_fail (qxl_format_has_alpha (ours));
  qxl_format_row_to_bgrx (ours, to, from, n_pixels);
  for (gsize i = 0; i < n_pixels; i++)
    to[i * 4 + 3] = from[i * 4 + alpha];
}
