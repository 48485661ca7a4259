/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicedesk.h"

enum { N_SOUNDS = 2 }; /* by is_record */

struct _GstSpiceDesk {
  /* set at construction */
  SpcDesk *desk;    /* the server's */
  GstSpiceBus *bus; /* not owned */
  /* under the lock */
  GMutex lock;
  struct {
    GstSpiceDeskWishFunc func;
    gpointer user_data;
  } displays[SPC_MAX_DISPLAYS];
  struct {
    GstSpiceDeskVolumeFunc func;
    gpointer user_data;
  } sounds[N_SOUNDS];
};

/* structures */

static GstStructure *
monitor_structure (const SpcMonitor *monitor)
{
  return gst_structure_new (
      "monitor", "id", G_TYPE_UINT, (guint)monitor->id, "display-id",
      G_TYPE_UINT, (guint)monitor->display, "head", G_TYPE_UINT,
      (guint)monitor->head, "x", G_TYPE_INT, (gint)monitor->x, "y", G_TYPE_INT,
      (gint)monitor->y, "width", G_TYPE_UINT, (guint)monitor->width, "height",
      G_TYPE_UINT, (guint)monitor->height, "width-mm", G_TYPE_UINT,
      (guint)monitor->width_mm, "height-mm", G_TYPE_UINT,
      (guint)monitor->height_mm, NULL);
}

static void
append_structure (GValue *array, GstStructure *structure)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, structure);
  gst_value_array_append_and_take_value (array, &value);
}

/* those of one display, or of all (-1) */
static GstStructure *
wish_structure (const char *name, uint32_t client_id,
                const SpcMonitors *monitors, int display)
{
  GstStructure *wish = gst_structure_new (name, "connection-id", G_TYPE_UINT,
                                          (guint)client_id, NULL);
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, monitors->n);
  for (uint32_t i = 0; i < monitors->n; i++)
    if (display < 0 || monitors->items[i].display == display)
      append_structure (&array, monitor_structure (&monitors->items[i]));
  gst_structure_take_value (wish, "monitors", &array);
  return wish;
}

/* a display's wish has the fields of its first head, too */
static GstStructure *
display_structure (uint32_t client_id, const SpcMonitors *monitors,
                   const SpcMonitor *first)
{
  GstStructure *wish = wish_structure (GST_SPICE_MONITORS_EVENT, client_id,
                                       monitors, first->display);

  gst_structure_set (wish, "display-id", G_TYPE_UINT, (guint)first->display,
                     "x", G_TYPE_INT, (gint)first->x, "y", G_TYPE_INT,
                     (gint)first->y, "width", G_TYPE_UINT, (guint)first->width,
                     "height", G_TYPE_UINT, (guint)first->height, "width-mm",
                     G_TYPE_UINT, (guint)first->width_mm, "height-mm",
                     G_TYPE_UINT, (guint)first->height_mm, NULL);
  return wish;
}

/* host: loop thread */

static void
tell_displays (GstSpiceDesk *self, uint32_t client_id,
               const SpcMonitors *monitors)
{
  uint32_t told = 0;

  g_mutex_lock (&self->lock);
  for (uint32_t i = 0; i < monitors->n; i++) {
    const SpcMonitor *monitor = &monitors->items[i];
    guint id = monitor->display;

    if (told & 1u << id || !self->displays[id].func)
      continue;
    told |= 1u << id;
    self->displays[id].func (display_structure (client_id, monitors, monitor),
                             self->displays[id].user_data);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_monitors (uint32_t client_id, const SpcMonitors *monitors,
             gpointer user_data)
{
  GstSpiceDesk *self = user_data;

  tell_displays (self, client_id, monitors);
  gst_spice_bus_push (self->bus, wish_structure (GST_SPICE_MONITORS_MESSAGE,
                                                 client_id, monitors, -1));
}

static void
on_looks (uint32_t client_id, const SpcDisplayWish *wish, gpointer user_data)
{
  GstSpiceDesk *self = user_data;

  gst_spice_bus_push (
      self->bus,
      gst_structure_new ("spice-display-config", "connection-id", G_TYPE_UINT,
                         (guint)client_id, "wallpaper", G_TYPE_BOOLEAN,
                         !wish->no_wallpaper, "font-smoothing", G_TYPE_BOOLEAN,
                         !wish->no_font_smoothing, "animation", G_TYPE_BOOLEAN,
                         !wish->no_animation, "color-depth", G_TYPE_UINT,
                         (guint)wish->depth, NULL));
}

static void
on_volume (uint32_t client_id, const SpcVolumeWish *wish, gpointer user_data)
{
  GstSpiceDesk *self = user_data;
  double volume = wish->has_volume ? wish->loudest / (double)G_MAXUINT16 : -1.0;
  GstStructure *event = gst_structure_new (
      "spice-volume", "connection-id", G_TYPE_UINT, (guint)client_id, "stream",
      G_TYPE_STRING, wish->is_record ? "record" : "playback", "mute",
      G_TYPE_BOOLEAN, (gboolean)wish->mute, NULL);

  if (wish->has_volume)
    gst_structure_set (event, "volume", G_TYPE_DOUBLE, volume, NULL);
  gst_spice_bus_push (self->bus, event);
  g_mutex_lock (&self->lock);
  if (self->sounds[wish->is_record].func)
    self->sounds[wish->is_record].func (
        volume, wish->mute, self->sounds[wish->is_record].user_data);
  g_mutex_unlock (&self->lock);
}

static const SpcDeskHost host = {
    .monitors = on_monitors,
    .looks = on_looks,
    .volume = on_volume,
};

/* life */

GstSpiceDesk *
gst_spice_desk_new (SpcServer *server, GstSpiceBus *bus)
{
  GstSpiceDesk *self = g_new0 (GstSpiceDesk, 1);

  self->bus = bus;
  g_mutex_init (&self->lock);
  self->desk = spc_desk_new (server, &host, self);
  return self;
}

void
gst_spice_desk_free (GstSpiceDesk *self)
{
  if (!self)
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* elements */

void
gst_spice_desk_set_display (GstSpiceDesk *self, guint display_id,
                            GstSpiceDeskWishFunc func, gpointer user_data)
{
  g_return_if_fail (display_id < SPC_MAX_DISPLAYS);
  g_mutex_lock (&self->lock);
  self->displays[display_id].func = func;
  self->displays[display_id].user_data = user_data;
  g_mutex_unlock (&self->lock);
}

void
gst_spice_desk_set_volume (GstSpiceDesk *self, gboolean is_record,
                           GstSpiceDeskVolumeFunc func, gpointer user_data)
{
  g_mutex_lock (&self->lock);
  self->sounds[!!is_record].func = func;
  self->sounds[!!is_record].user_data = user_data;
  g_mutex_unlock (&self->lock);
}

void
gst_spice_desk_set_device (GstSpiceDesk *self, guint display_id,
                           const char *address, guint output)
{
  spc_desk_set_device (self->desk, (uint8_t)display_id,
                       address && *address ? address : NULL, output);
}

void
gst_spice_desk_bind_port (GstSpiceDesk *self, SpcAgentPort *port)
{
  spc_agent_port_set_desk (port, self->desk);
}

/* the server object */

void
gst_spice_desk_install (GObjectClass *klass)
{
  /**
   * GstSpiceServer::monitors-config:
   * @self: the server
   * @connection_id: stands for the viewer
   * @config: the message "spice-monitors-config", see docs/messages.md
   *
   * The wish of a viewer for the size of its displays counts from now on.
   */
  g_signal_new ("monitors-config", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
                GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void
gst_spice_desk_emit (gpointer server, const GstStructure *event)
{
  guint id = 0;

  if (!gst_structure_has_name (event, GST_SPICE_MONITORS_MESSAGE))
    return;
  gst_structure_get_uint (event, "connection-id", &id);
  g_signal_emit_by_name (server, "monitors-config", id, event);
}
