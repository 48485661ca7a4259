/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspiceresize.h"

#include "gst/common/gstspicefields.h"

/* encoders and scalers like rows of whole words */
#define WIDTH_STEP 4
#define MIN_SIDE 64
#define MAX_WIDTH 7680
#define MAX_HEIGHT 4320

typedef struct {
  gboolean is_on;
  guint min_width, min_height, max_width, max_height;
  gchar *device_address; /* or NULL */
  guint device_output;
} Settings;

struct _GstSpiceResize {
  /* under the lock */
  GMutex lock;
  Settings settings;
  guint wanted_width, wanted_height; /* 0: nobody has wished yet */
  GstSpiceDesk *desk;                /* between start and stop, not owned */
  GstSpiceNav *nav;                  /* same */
  guint display_id;
};

/* Property ids are high enough not to meet the element's own. */
enum {
  PROP_AUTO_RESIZE = 0x2000,
  PROP_MIN_WIDTH,
  PROP_MIN_HEIGHT,
  PROP_MAX_WIDTH,
  PROP_MAX_HEIGHT,
  PROP_DEVICE_ADDRESS,
  PROP_DEVICE_DISPLAY_ID,
};

/* in the order of the ids */
static const GstSpiceField fields[] = {
    GST_SPICE_FIELD (Settings, is_on),
    GST_SPICE_FIELD (Settings, min_width),
    GST_SPICE_FIELD (Settings, min_height),
    GST_SPICE_FIELD (Settings, max_width),
    GST_SPICE_FIELD (Settings, max_height),
    GST_SPICE_FIELD (Settings, device_address),
    GST_SPICE_FIELD (Settings, device_output),
};

static GQuark
resize_quark (void)
{
  return g_quark_from_static_string ("gst-spice-resize");
}

/* life */

GstSpiceResize *
gst_spice_resize_new (GstBaseSink *sink)
{
  GstSpiceResize *self = g_new0 (GstSpiceResize, 1);

  g_mutex_init (&self->lock);
  g_object_set_qdata (G_OBJECT (sink), resize_quark (), self);
  self->settings = (Settings){
      .min_width = MIN_SIDE,
      .min_height = MIN_SIDE,
      .max_width = MAX_WIDTH,
      .max_height = MAX_HEIGHT,
  };
  return self;
}

void
gst_spice_resize_free (GstSpiceResize *self)
{
  g_free (self->settings.device_address);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* properties */

static void
install_side (GObjectClass *klass, guint id, const char *name, const char *nick,
              const char *blurb, guint usual)
{
  g_object_class_install_property (
      klass, id,
      g_param_spec_uint (name, nick, blurb, WIDTH_STEP, SPC_MAX_MONITOR_SIDE,
                         usual,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                             GST_PARAM_MUTABLE_PLAYING));
}

static void
install_device (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_DEVICE_ADDRESS,
      g_param_spec_string (
          "device-address", "Device address",
          "Which device the display is, as \"pci/0000/02.0\", for an agent "
          "that asks; at most 255 bytes; empty: nobody is told",
          NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      klass, PROP_DEVICE_DISPLAY_ID,
      g_param_spec_uint ("device-display-id", "Device display id",
                         "Which output of the device the display is", 0,
                         G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                             GST_PARAM_MUTABLE_READY));
}

void
gst_spice_resize_install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_AUTO_RESIZE,
      g_param_spec_boolean (
          "auto-resize", "Auto resize",
          "Ask upstream for frames of the size of the viewer's window", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
              GST_PARAM_MUTABLE_PLAYING));
  install_side (klass, PROP_MIN_WIDTH, "min-width", "Min width",
                "Least width auto-resize asks for, pixels", MIN_SIDE);
  install_side (klass, PROP_MIN_HEIGHT, "min-height", "Min height",
                "Least height auto-resize asks for, pixels", MIN_SIDE);
  install_side (klass, PROP_MAX_WIDTH, "max-width", "Max width",
                "Largest width auto-resize asks for, pixels; counts before "
                "min-width",
                MAX_WIDTH);
  install_side (klass, PROP_MAX_HEIGHT, "max-height", "Max height",
                "Largest height auto-resize asks for, pixels; counts before "
                "min-height",
                MAX_HEIGHT);
  install_device (klass);
}

static gboolean
is_too_long (const char *address)
{
  if (!address || strlen (address) <= SPC_MAX_DEVICE_ADDRESS)
    return FALSE;
  g_warning ("A device's address has at most %u bytes.",
             SPC_MAX_DEVICE_ADDRESS);
  return TRUE;
}

gboolean
gst_spice_resize_set_property (GstSpiceResize *self, guint id,
                               const GValue *value)
{
  gboolean is_known;

  if (id == PROP_DEVICE_ADDRESS && is_too_long (g_value_get_string (value)))
    return TRUE;
  g_mutex_lock (&self->lock);
  is_known =
      gst_spice_fields_set (fields, G_N_ELEMENTS (fields), &self->settings,
                            NULL, id - PROP_AUTO_RESIZE, value);
  /* whatever has changed counts at once */
  if (is_known && self->nav && self->wanted_width > 0)
    gst_spice_nav_push_upstream (self->nav, gst_event_new_reconfigure ());
  g_mutex_unlock (&self->lock);
  return is_known;
}

gboolean
gst_spice_resize_get_property (GstSpiceResize *self, guint id, GValue *value)
{
  return gst_spice_fields_get (fields, G_N_ELEMENTS (fields), &self->settings,
                               &self->lock, id - PROP_AUTO_RESIZE, value);
}

/* wishes: loop thread */

static void
on_wish (GstStructure *wish, gpointer user_data)
{
  GstSpiceResize *self = user_data;

  g_mutex_lock (&self->lock);
  gst_structure_get_uint (wish, "width", &self->wanted_width);
  gst_structure_get_uint (wish, "height", &self->wanted_height);
  gst_spice_nav_push_latest (
      self->nav, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, wish),
      self->settings.is_on);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_resize_start (GstSpiceResize *self, GstSpiceDesk *desk,
                        guint display_id, GstSpiceNav *nav)
{
  g_autofree gchar *address = NULL;
  guint output;

  g_mutex_lock (&self->lock);
  self->wanted_width = self->wanted_height = 0;
  self->desk = desk;
  self->nav = nav;
  self->display_id = display_id;
  address = g_strdup (self->settings.device_address);
  output = self->settings.device_output;
  g_mutex_unlock (&self->lock);
  gst_spice_desk_set_device (desk, display_id, address, output);
  gst_spice_desk_set_display (desk, display_id, on_wish, self);
}

void
gst_spice_resize_stop (GstSpiceResize *self)
{
  gst_spice_desk_set_display (self->desk, self->display_id, NULL, NULL);
  gst_spice_desk_set_device (self->desk, self->display_id, NULL, 0);
  g_mutex_lock (&self->lock);
  self->desk = NULL;
  self->nav = NULL;
  g_mutex_unlock (&self->lock);
}

/* caps */

GstCaps *
gst_spice_resize_prefer (GstCaps *caps, int width, int height)
{
  GstCaps *all = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const GstStructure *structure = gst_caps_get_structure (caps, i);
    GstStructure *sized;

    if (!gst_structure_has_name (structure, "video/x-raw"))
      continue;
    sized = gst_structure_copy (structure);
    gst_structure_set (sized, "width", G_TYPE_INT, width, "height", G_TYPE_INT,
                       height, NULL);
    gst_caps_append_structure_full (
        all, sized, gst_caps_features_copy (gst_caps_get_features (caps, i)));
  }
  gst_caps_append (all, caps);
  return all;
}

/* false: as it comes */
static gboolean
get_wanted (GstSpiceResize *self, int *width, int *height)
{
  const Settings *settings = &self->settings;
  gboolean is_wanted;

  g_mutex_lock (&self->lock);
  is_wanted = settings->is_on && self->wanted_width > 0;
  *width = (int)MIN (MAX (self->wanted_width, settings->min_width),
                     settings->max_width) /
           WIDTH_STEP * WIDTH_STEP;
  *height = (int)MIN (MAX (self->wanted_height, settings->min_height),
                      settings->max_height);
  g_mutex_unlock (&self->lock);
  return is_wanted;
}

GstCaps *
gst_spice_resize_get_caps (GstBaseSink *sink, GstCaps *filter)
{
  GstSpiceResize *self = g_object_get_qdata (G_OBJECT (sink), resize_quark ());
  GstCaps *caps = gst_pad_get_pad_template_caps (GST_BASE_SINK_PAD (sink));
  GstCaps *all;
  int width, height;

  if (get_wanted (self, &width, &height))
    caps = gst_spice_resize_prefer (caps, width, height);
  if (!filter)
    return caps;
  all = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (caps);
  return all;
}
