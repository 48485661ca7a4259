/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicedisplaysettings.h"

#include "gst/common/gstspicefields.h"
#include "server-core/spc.h"

struct _GstSpiceDisplaySettings {
  GMutex lock;
  int display_id;
  char *record_location;
  guint max_monitors;
  gboolean is_film;
};

/* the element has no others of its own */
enum {
  PROP_0,
  PROP_DISPLAY_ID,
  PROP_RECORD_LOCATION,
  PROP_MAX_MONITORS,
  PROP_FILM,
};

/* in the order of the ids */
static const GstSpiceField fields[] = {
    GST_SPICE_FIELD (GstSpiceDisplaySettings, display_id),
    GST_SPICE_FIELD (GstSpiceDisplaySettings, record_location),
    GST_SPICE_FIELD (GstSpiceDisplaySettings, max_monitors),
    GST_SPICE_FIELD (GstSpiceDisplaySettings, is_film),
};

/* life */

GstSpiceDisplaySettings *
gst_spice_display_settings_new (void)
{
  GstSpiceDisplaySettings *self = g_new0 (GstSpiceDisplaySettings, 1);

  g_mutex_init (&self->lock);
  self->display_id = -1;
  self->max_monitors = SPC_MAX_DISPLAYS;
  return self;
}

void
gst_spice_display_settings_free (GstSpiceDisplaySettings *self)
{
  g_free (self->record_location);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* properties */

void
gst_spice_display_settings_install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_DISPLAY_ID,
      g_param_spec_int ("display-id", "Display id",
                        "Which head of the desktop this is; -1: the lowest "
                        "free one",
                        -1, SPC_MAX_DISPLAYS - 1, -1,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_RECORD_LOCATION,
      g_param_spec_string (
          "record-location", "Record location",
          "File to write all that is shown to, for qxlreplaysrc; empty: none",
          NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      klass, PROP_MAX_MONITORS,
      g_param_spec_uint ("max-monitors", "Max monitors",
                         "Heads that draw commands may lay out on the display; "
                         "counts from the next start",
                         1, SPC_MAX_DISPLAYS, SPC_MAX_DISPLAYS,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_FILM,
      g_param_spec_boolean ("film", "Film",
                            "Raw frames are a film: they are sent as video, "
                            "all of them; counts from the next caps",
                            FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

gboolean
gst_spice_display_settings_set_property (GstSpiceDisplaySettings *self,
                                         guint id, const GValue *value)
{
  return gst_spice_fields_set (fields, G_N_ELEMENTS (fields), self, &self->lock,
                               id - PROP_DISPLAY_ID, value);
}

gboolean
gst_spice_display_settings_get_property (GstSpiceDisplaySettings *self,
                                         guint id, GValue *value)
{
  return gst_spice_fields_get (fields, G_N_ELEMENTS (fields), self, &self->lock,
                               id - PROP_DISPLAY_ID, value);
}

/* asking */

int
gst_spice_display_settings_display_id (GstSpiceDisplaySettings *self)
{
  int id;

  g_mutex_lock (&self->lock);
  id = self->display_id;
  g_mutex_unlock (&self->lock);
  return id;
}

char *
gst_spice_display_settings_dup_record_location (GstSpiceDisplaySettings *self)
{
  char *path = NULL;

  g_mutex_lock (&self->lock);
  if (self->record_location && *self->record_location)
    path = g_strdup (self->record_location);
  g_mutex_unlock (&self->lock);
  return path;
}

guint
gst_spice_display_settings_max_monitors (GstSpiceDisplaySettings *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->max_monitors;
  g_mutex_unlock (&self->lock);
  return n;
}

gboolean
gst_spice_display_settings_is_film (GstSpiceDisplaySettings *self)
{
  gboolean is_film;

  g_mutex_lock (&self->lock);
  is_film = self->is_film;
  g_mutex_unlock (&self->lock);
  return is_film;
}
