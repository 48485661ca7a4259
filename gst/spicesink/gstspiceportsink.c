/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceportsink
 * @title: spiceportsink
 * @short_description: sends bytes to a SPICE viewer
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 fdsrc ! spiceportsink port-name=org.example.chat
 *   spiceportsrc port-name=org.example.chat ! fdsink async=false
 * ]|
 * A chat with a program that has the viewer's port org.example.chat.
 * |[
 * gst-launch-1.0 fdsrc ! spiceportsink broadcast=true
 *   videotestsrc is-live=true ! spicesink
 * ]|
 * Remarks on a picture, for all viewers.
 *
 * One side of a byte-stream channel; the other one is spiceportsrc. Buffers
 * arrive without loss and in order, their boundaries mean nothing. While no
 * viewer has the channel, or it takes no more, buffers wait; at the end, until
 * the viewer has all.
 *
 * Viewers see the port open from the first STREAM_START in PAUSED to EOS or
 * READY. A custom downstream event whose structure is "spice-port-event" with
 * the string "event" being "break" is sent on in its place among the buffers,
 * and the action #GstSpicePortSink::port-event does the same at once.
 *
 * A port of type smartcard takes whole messages of a card reader's emulation,
 * headers in network order, cut anywhere.
 */
#include "gst/spicesink/gstspiceportsink.h"

#include "gst/common/gstspiceport.h"
#include "gst/spicesink/gstspicewait.h"

GST_DEBUG_CATEGORY_STATIC (port_sink_debug);
#define GST_CAT_DEFAULT port_sink_debug

struct _GstSpicePortSink {
  GstBaseSink parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GstSpicePortSettings settings;
  SpcPort *channel; /* between start and stop */
  /* between start and stop */
  GstSpicePort *port;
};

enum {
  PROP_0,
  PROP_FIRST_PORT,
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpicePortSink, gst_spice_port_sink, GST_TYPE_BASE_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (port_sink_debug, "spiceportsink", 0,
                                 "SPICE port sink"))
GST_ELEMENT_REGISTER_DEFINE (spiceportsink, "spiceportsink", GST_RANK_NONE,
                             GST_TYPE_SPICE_PORT_SINK)

/* states */

static gboolean
gst_spice_port_sink_start (GstBaseSink *sink)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (sink);

  self->port =
      gst_spice_port_open (&self->settings, self->user, GST_SPICE_SIDE_SINK);
  if (!self->port)
    return FALSE;
  GST_OBJECT_LOCK (self);
  self->channel = g_object_ref (gst_spice_port_channel (self->port));
  GST_OBJECT_UNLOCK (self);
  spc_port_lock_producer (self->channel);
  return TRUE;
}

static gboolean
gst_spice_port_sink_stop (GstBaseSink *sink)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (sink);

  GST_OBJECT_LOCK (self);
  g_clear_object (&self->channel);
  GST_OBJECT_UNLOCK (self);
  gst_spice_port_close (g_steal_pointer (&self->port), self->user,
                        GST_SPICE_SIDE_SINK);
  return TRUE;
}

static void
set_open (GstSpicePortSink *self, gboolean is_open)
{
  gst_spice_ports_set_open (gst_spice_user_ports (self->user), self->port,
                            GST_SPICE_SIDE_SINK, is_open);
}

static GstStateChangeReturn
gst_spice_port_sink_change_state (GstElement *element,
                                  GstStateChange transition)
{
  GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (gst_spice_port_sink_parent_class)
          ->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_open (GST_SPICE_PORT_SINK (element), FALSE);
  return ret;
}

static gboolean
gst_spice_port_sink_unlock (GstBaseSink *sink)
{
  spc_port_unlock_producer (GST_SPICE_PORT_SINK (sink)->channel);
  return TRUE;
}

static gboolean
gst_spice_port_sink_unlock_stop (GstBaseSink *sink)
{
  spc_port_lock_producer (GST_SPICE_PORT_SINK (sink)->channel);
  return TRUE;
}

/* streaming: what is interrupted by a pause goes on after it */

static GstFlowReturn
write_all (GstSpicePortSink *self, GstBuffer *buffer, const GstMapInfo *map)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstFlowReturn ret = GST_FLOW_OK;
  gsize done = 0;

  while (done < map->size && ret == GST_FLOW_OK) {
    gst_spice_wait_begin (sink);
    done += spc_port_write (self->channel, map->data + done, map->size - done);
    ret = gst_spice_wait_end (sink, buffer, done == map->size);
  }
  return ret;
}

static GstFlowReturn
gst_spice_port_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstMapInfo map;
  GstFlowReturn ret;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (sink, RESOURCE, READ, ("A buffer cannot be read."),
                       (NULL));
    return GST_FLOW_ERROR;
  }
  ret = write_all (GST_SPICE_PORT_SINK (sink), buffer, &map);
  gst_buffer_unmap (buffer, &map);
  return ret;
}

static gboolean
send_event (GstSpicePortSink *self, GstEvent *event)
{
  const GstStructure *structure = gst_event_get_structure (event);
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstFlowReturn ret;
  SpcPortEvent which;
  gboolean is_done;

  if (!gst_structure_has_name (structure, GST_SPICE_PORT_EVENT))
    return TRUE;
  if (!gst_spice_port_event_from_name (
          gst_structure_get_string (structure, "event"), &which) ||
      which != SPC_PORT_BREAK) {
    GST_WARNING_OBJECT (self, "ignores %" GST_PTR_FORMAT, structure);
    return FALSE;
  }
  do {
    gst_spice_wait_begin (sink);
    is_done = spc_port_write_event (self->channel, which);
    ret = gst_spice_wait_end (sink, event, is_done);
  } while (!is_done && ret == GST_FLOW_OK);
  return is_done;
}

static void
finish (GstSpicePortSink *self, GstEvent *event)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstFlowReturn ret;
  gboolean is_done;

  do {
    gst_spice_wait_begin (sink);
    is_done = spc_port_drain (self->channel);
    ret = gst_spice_wait_end (sink, event, is_done);
  } while (!is_done && ret == GST_FLOW_OK);
  set_open (self, FALSE);
}

/* A flush may have begun while the preroll lock was given away; the base class
 * looks for one before it calls us. */
static gboolean
gst_spice_port_sink_event (GstBaseSink *sink, GstEvent *event)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (sink);
  gboolean may_have_waited = TRUE, is_fine = TRUE;

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    finish (self, event);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM)
    is_fine = send_event (self, event);
  else
    may_have_waited = FALSE;
  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    set_open (self, TRUE);
  if (may_have_waited && sink->flushing) {
    gst_event_unref (event);
    return FALSE;
  }
  return GST_BASE_SINK_CLASS (gst_spice_port_sink_parent_class)
             ->event (sink, event) &&
         is_fine;
}

/* actions */

static gboolean
port_event (GstSpicePortSink *self, const char *name)
{
  g_autoptr (SpcPort) channel = NULL;
  SpcPortEvent event;

  GST_OBJECT_LOCK (self);
  g_set_object (&channel, self->channel);
  GST_OBJECT_UNLOCK (self);
  return channel && gst_spice_port_event_from_name (name, &event) &&
         event == SPC_PORT_BREAK && spc_port_post_event (channel, event);
}

/* object */

static void
gst_spice_port_sink_set_property (GObject *object, guint id,
                                  const GValue *value, GParamSpec *spec)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (object);

  if (!gst_spice_user_set_property (self->user, id, value) &&
      !gst_spice_port_set_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_PORT, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_port_sink_get_property (GObject *object, guint id, GValue *value,
                                  GParamSpec *spec)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (object);

  if (!gst_spice_user_get_property (self->user, id, value) &&
      !gst_spice_port_get_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_PORT, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_port_sink_finalize (GObject *object)
{
  GstSpicePortSink *self = GST_SPICE_PORT_SINK (object);

  gst_spice_user_free (self->user);
  gst_spice_port_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_spice_port_sink_parent_class)->finalize (object);
}

static void
gst_spice_port_sink_init (GstSpicePortSink *self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  self->user = gst_spice_user_new (GST_ELEMENT (self));
  gst_base_sink_set_sync (sink, FALSE);
  /* bytes may be long in coming */
  gst_base_sink_set_async_enabled (sink, FALSE);
}

static void
install_actions (GType type)
{
  /**
   * GstSpicePortSink::port-event:
   * @self: the element
   * @event: "break"
   *
   * Sends an event to the viewer, after what the element has taken so far.
   *
   * Returns: %FALSE when there is no such event, or too much waits
   */
  g_signal_new_class_handler ("port-event", type,
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (port_event), NULL, NULL, NULL,
                              G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
}

static void
gst_spice_port_sink_class_init (GstSpicePortSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = gst_spice_port_sink_set_property;
  object_class->get_property = gst_spice_port_sink_get_property;
  object_class->finalize = gst_spice_port_sink_finalize;
  element_class->change_state = gst_spice_port_sink_change_state;
  sink_class->start = gst_spice_port_sink_start;
  sink_class->stop = gst_spice_port_sink_stop;
  sink_class->unlock = gst_spice_port_sink_unlock;
  sink_class->unlock_stop = gst_spice_port_sink_unlock_stop;
  sink_class->render = gst_spice_port_sink_render;
  sink_class->event = gst_spice_port_sink_event;

  gst_spice_user_install_properties (object_class);
  gst_spice_port_install_properties (object_class, PROP_FIRST_PORT);
  install_actions (G_TYPE_FROM_CLASS (klass));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE port sink", "Sink/Network",
      "Sends bytes to a SPICE viewer, for example: gst-launch-1.0 fdsrc ! "
      "spiceportsink port-name=org.example.chat spiceportsrc "
      "port-name=org.example.chat ! fdsink async=false (a chat with a program "
      "that has the "
      "viewer's port of that name)",
      "gst-spice");
}
