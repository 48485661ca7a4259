/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicevideo.h"

GType
gst_spice_streaming_video_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_STREAMING_VIDEO_OFF, "Nothing: all is sent as pictures",
       "off"},
      {GST_SPICE_STREAMING_VIDEO_ALL, "Every region that changes quickly",
       "all"},
      {GST_SPICE_STREAMING_VIDEO_FILTER,
       "Those of them that cost fewer bytes as video", "filter"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstSpiceStreamingVideo", values));
  return type;
}
