/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexplace.h"

#include "gst/common/gstspicefields.h"

enum {
  INDEX_DISPLAY_NAME,
  INDEX_X_OFFSET,
  INDEX_Y_OFFSET,
};

static const GstSpiceField fields[] = {
    [INDEX_DISPLAY_NAME] = GST_SPICE_FIELD (GstSpiceXPlace, display),
    [INDEX_X_OFFSET] = GST_SPICE_FIELD (GstSpiceXPlace, x_offset),
    [INDEX_Y_OFFSET] = GST_SPICE_FIELD (GstSpiceXPlace, y_offset),
};

void
gst_spice_x_place_clear (GstSpiceXPlace *self)
{
  g_clear_pointer (&self->display, g_free);
}

/* properties */

void
gst_spice_x_place_install (GObjectClass *klass, guint first_id)
{
  const GParamFlags ready =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags always =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (
      klass, first_id + INDEX_DISPLAY_NAME,
      g_param_spec_string ("display-name", "Display name",
                           "X display to type and click in (NULL = $DISPLAY)",
                           NULL, ready));
  g_object_class_install_property (
      klass, first_id + INDEX_X_OFFSET,
      g_param_spec_uint ("x-offset", "X offset",
                         "Column of the screen at the picture's left edge, in "
                         "pixels",
                         0, G_MAXINT16, 0, always));
  g_object_class_install_property (
      klass, first_id + INDEX_Y_OFFSET,
      g_param_spec_uint ("y-offset", "Y offset",
                         "Row of the screen at the picture's top edge, in "
                         "pixels",
                         0, G_MAXINT16, 0, always));
}

gboolean
gst_spice_x_place_set (GstSpiceXPlace *self, GstObject *object, guint index,
                       const GValue *value)
{
  gboolean is_known;

  GST_OBJECT_LOCK (object);
  is_known = gst_spice_fields_set (fields, G_N_ELEMENTS (fields), self, NULL,
                                   index, value);
  if (self->display && !*self->display)
    g_clear_pointer (&self->display, g_free);
  GST_OBJECT_UNLOCK (object);
  return is_known;
}

gboolean
gst_spice_x_place_get (const GstSpiceXPlace *self, GstObject *object,
                       guint index, GValue *value)
{
  return gst_spice_fields_get (fields, G_N_ELEMENTS (fields), self,
                               GST_OBJECT_GET_LOCK (object), index, value);
}

/* use */

char *
gst_spice_x_place_dup_display (const GstSpiceXPlace *self, GstObject *object)
{
  char *display;

  GST_OBJECT_LOCK (object);
  display = g_strdup (self->display);
  GST_OBJECT_UNLOCK (object);
  return display;
}

char *
gst_spice_x_place_dup_name (const GstSpiceXPlace *self, GstObject *object)
{
  char *display = gst_spice_x_place_dup_display (self, object);
  const char *usual = g_getenv ("DISPLAY");

  return display ? display : g_strdup (usual ? usual : "");
}

void
gst_spice_x_place_map (const GstSpiceXPlace *self, GstObject *object, double *x,
                       double *y)
{
  GST_OBJECT_LOCK (object);
  *x += self->x_offset;
  *y += self->y_offset;
  GST_OBJECT_UNLOCK (object);
}
