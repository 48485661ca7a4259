/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceaudio.h"

#include "gst/common/gstspicefields.h"

/* of a property, from the first id on */
enum { INDEX_CODEC, INDEX_VOLUME, INDEX_MUTE, INDEX_SYNC };

static const GstSpiceField fields[] = {
    [INDEX_CODEC] = GST_SPICE_FIELD (GstSpiceAudioSettings, codec),
    [INDEX_VOLUME] = GST_SPICE_FIELD (GstSpiceAudioSettings, volume),
    [INDEX_MUTE] = GST_SPICE_FIELD (GstSpiceAudioSettings, mute),
    [INDEX_SYNC] = GST_SPICE_FIELD (GstSpiceAudioSettings, is_synced),
};

GType
gst_spice_audio_codec_get_type (void)
{
  static const GEnumValue values[] = {
      {SPC_AUDIO_AUTO, "Opus for viewers that take it, raw for others", "auto"},
      {SPC_AUDIO_OPUS, "Opus, raw for viewers without it", "opus"},
      {SPC_AUDIO_RAW, "Raw samples", "raw"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstSpiceAudioCodec", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

void
gst_spice_audio_volume (double volume, uint16_t amplitudes[2])
{
  double clamped = CLAMP (volume, 0.0, 1.0);

  amplitudes[0] = amplitudes[1] = (uint16_t)(clamped * G_MAXUINT16 + 0.5);
}

void
gst_spice_audio_settings_init (GstSpiceAudioSettings *self)
{
  *self = (GstSpiceAudioSettings){.codec = SPC_AUDIO_AUTO, .volume = 1.0};
}

void
gst_spice_audio_install_properties (GObjectClass *klass, guint first_id)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (
      klass, first_id + INDEX_CODEC,
      g_param_spec_enum ("codec", "Codec",
                         "How sound travels; counts from NULL to READY",
                         GST_TYPE_SPICE_AUDIO_CODEC, SPC_AUDIO_AUTO, flags));
  g_object_class_install_property (
      klass, first_id + INDEX_VOLUME,
      g_param_spec_double ("volume", "Volume",
                           "Linear volume that viewers are asked for, 1.0 is "
                           "100 %, more is taken for 100 %",
                           0.0, GST_SPICE_MAX_VOLUME, 1.0,
                           flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, first_id + INDEX_MUTE,
      g_param_spec_boolean ("mute", "Mute",
                            "Viewers are asked for silence, the volume kept",
                            FALSE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, first_id + INDEX_SYNC,
      g_param_spec_boolean ("volume-sync", "Volume sync",
                            "Take over volume and mute from viewers that tell "
                            "theirs",
                            FALSE, flags | GST_PARAM_MUTABLE_PLAYING));
}

gboolean
gst_spice_audio_set_property (GstSpiceAudioSettings *self, GstObject *object,
                              guint index, const GValue *value)
{
  gboolean is_known;

  GST_OBJECT_LOCK (object);
  is_known = gst_spice_fields_set (fields, G_N_ELEMENTS (fields), self, NULL,
                                   index, value);
  self->has_volume |= index == INDEX_VOLUME;
  self->has_mute |= index == INDEX_MUTE;
  GST_OBJECT_UNLOCK (object);
  return is_known;
}

gboolean
gst_spice_audio_get_property (const GstSpiceAudioSettings *self,
                              GstObject *object, guint index, GValue *value)
{
  return gst_spice_fields_get (fields, G_N_ELEMENTS (fields), self,
                               GST_OBJECT_GET_LOCK (object), index, value);
}

/* following viewers */

/* a thread of GStreamer's */
static void
notify (GstElement *element, gpointer user_data)
{
  GstSpiceAudioSettings *self = user_data;

  GST_OBJECT_LOCK (element);
  self->is_notifying = FALSE;
  GST_OBJECT_UNLOCK (element);
  g_object_notify (G_OBJECT (element), "volume");
  g_object_notify (G_OBJECT (element), "mute");
}

/* loop thread: handlers of a notify are not to be called here */
static void
on_volume (double volume, gboolean mute, gpointer user_data)
{
  GstSpiceAudioSettings *self = user_data;
  gboolean is_new = FALSE;

  GST_OBJECT_LOCK (self->element);
  if (self->is_synced) {
    if (volume >= 0.0)
      self->volume = volume;
    self->mute = mute;
    is_new = !self->is_notifying;
    self->is_notifying = TRUE;
  }
  GST_OBJECT_UNLOCK (self->element);
  if (is_new)
    gst_element_call_async (self->element, notify, self, NULL);
}

void
gst_spice_audio_follow (GstSpiceAudioSettings *self, GstElement *element,
                        GstSpiceDesk *desk, gboolean is_record)
{
  self->element = element;
  gst_spice_desk_set_volume (desk, is_record, on_volume, self);
}

void
gst_spice_audio_unfollow (GstSpiceDesk *desk, gboolean is_record)
{
  gst_spice_desk_set_volume (desk, is_record, NULL, NULL);
}
