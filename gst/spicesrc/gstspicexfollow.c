/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexfollow.h"

#define WISH_NAME "application/x-spice-monitors-config"

void
gst_spice_x_follow_init (GstSpiceXFollow *self, GstElement *element)
{
  *self = (GstSpiceXFollow){.element = element};
  g_mutex_init (&self->lock);
}

void
gst_spice_x_follow_clear (GstSpiceXFollow *self)
{
  g_mutex_clear (&self->lock);
}

/* property */

void
gst_spice_x_follow_install (GObjectClass *klass, guint id)
{
  g_object_class_install_property (
      klass, id,
      g_param_spec_boolean ("resize-display", "Resize display",
                            "Give the display the size viewers wish for "
                            "(RandR)",
                            FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                GST_PARAM_MUTABLE_READY));
}

void
gst_spice_x_follow_set (GstSpiceXFollow *self, const GValue *value)
{
  g_mutex_lock (&self->lock);
  self->is_wanted = g_value_get_boolean (value);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_x_follow_get (GstSpiceXFollow *self, GValue *value)
{
  g_mutex_lock (&self->lock);
  g_value_set_boolean (value, self->is_wanted);
  g_mutex_unlock (&self->lock);
}

/* work */

/* the resizer's thread */
static void
on_resized (guint width, guint height, const GError *error, gpointer user_data)
{
  GstSpiceXFollow *self = user_data;

  if (error != NULL)
    GST_ELEMENT_WARNING (self->element, RESOURCE, WRITE,
                         ("The X display did not become %u by %u: %s.", width,
                          height, error->message),
                         (NULL));
}

void
gst_spice_x_follow_start (GstSpiceXFollow *self, const char *display)
{
  g_mutex_lock (&self->lock);
  if (self->is_wanted && self->resize == NULL)
    self->resize = gst_spice_x_resize_new (display, on_resized, self);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_x_follow_stop (GstSpiceXFollow *self)
{
  GstSpiceXResize *resize;

  g_mutex_lock (&self->lock);
  resize = g_steal_pointer (&self->resize);
  g_mutex_unlock (&self->lock);
  gst_spice_x_resize_free (resize);
}

gboolean
gst_spice_x_follow_take (GstSpiceXFollow *self, GstEvent *event)
{
  const GstStructure *wish = gst_event_get_structure (event);
  guint width = 0, height = 0;
  gboolean is_taken;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_UPSTREAM || wish == NULL ||
      !gst_structure_has_name (wish, WISH_NAME) ||
      !gst_structure_get_uint (wish, "width", &width) ||
      !gst_structure_get_uint (wish, "height", &height))
    return FALSE;
  g_mutex_lock (&self->lock);
  is_taken = self->resize != NULL;
  if (is_taken)
    gst_spice_x_resize_set (self->resize, width, height);
  g_mutex_unlock (&self->lock);
  if (is_taken)
    gst_event_unref (event);
  return is_taken;
}
