/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceencoderlog.h"

#define CATEGORY_NAME "spiceencoder"
#define CATEGORY_BLURB "SPICE video encoders"

GstDebugCategory *
gst_spice_encoder_log_category (void)
{
  static gsize category = 0;

  if (g_once_init_enter (&category)) {
    GstDebugCategory *made =
        _gst_debug_category_new (CATEGORY_NAME, 0, CATEGORY_BLURB);

    g_once_init_leave (&category, (gsize)made);
  }
  return (GstDebugCategory *)category;
}
