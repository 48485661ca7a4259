/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicefilmrate.h"

enum { PROP_ESTIMATED_BITRATE = 0x3000 };

static GQuark
rate_quark (void)
{
  return g_quark_from_static_string ("gst-spice-film-rate");
}

static guint
rate_of (GObject *sink)
{
  return GPOINTER_TO_UINT (g_object_get_qdata (sink, rate_quark ()));
}

void
gst_spice_film_rate_install_property (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_ESTIMATED_BITRATE,
      g_param_spec_uint (
          "estimated-bitrate", "Estimated bitrate",
          "Bits a second that the narrowest line bears of those a film goes "
          "over that comes encoded; 0: none has met its bound",
          0, G_MAXUINT, 0,
          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
}

gboolean
gst_spice_film_rate_get_property (GObject *sink, guint id, GValue *value)
{
  if (id != PROP_ESTIMATED_BITRATE)
    return FALSE;
  g_value_set_uint (value, rate_of (sink));
  return TRUE;
}

static void
tell (GstElement *sink, gpointer user_data)
{
  g_object_notify (G_OBJECT (sink), "estimated-bitrate");
  gst_element_post_message (
      sink, gst_message_new_element (
                GST_OBJECT (sink),
                gst_structure_new ("spice-film-bitrate", "bitrate", G_TYPE_UINT,
                                   rate_of (G_OBJECT (sink)), NULL)));
}

void
gst_spice_film_rate_set (GstElement *sink, guint bitrate_bps)
{
  if (bitrate_bps == rate_of (G_OBJECT (sink)))
    return;
  g_object_set_qdata (G_OBJECT (sink), rate_quark (),
                      GUINT_TO_POINTER (bitrate_bps));
  gst_element_call_async (sink, tell, NULL, NULL);
}
