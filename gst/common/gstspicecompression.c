/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicecompression.h"

GType
gst_spice_image_compression_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_IMAGE_COMPRESSION_OFF, "None: plain pixels", "off"},
      {GST_SPICE_IMAGE_COMPRESSION_AUTO_GLZ, "QUIC for photos, else GLZ",
       "auto-glz"},
      {GST_SPICE_IMAGE_COMPRESSION_AUTO_LZ, "QUIC for photos, else LZ",
       "auto-lz"},
      {GST_SPICE_IMAGE_COMPRESSION_QUIC, "QUIC, made for photos", "quic"},
      {GST_SPICE_IMAGE_COMPRESSION_GLZ, "LZ that refers to earlier images",
       "glz"},
      {GST_SPICE_IMAGE_COMPRESSION_LZ, "LZ, made for drawings", "lz"},
      {GST_SPICE_IMAGE_COMPRESSION_LZ4,
       "LZ4, the fastest; LZ for viewers that do not take it", "lz4"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstSpiceImageCompression", values));
  return type;
}

GType
gst_spice_wan_compression_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_WAN_COMPRESSION_AUTO,
       "For viewers measured at less than 10 Mbit/s", "auto"},
      {GST_SPICE_WAN_COMPRESSION_ALWAYS, "For all viewers", "always"},
      {GST_SPICE_WAN_COMPRESSION_NEVER, "For none", "never"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstSpiceWanCompression", values));
  return type;
}
