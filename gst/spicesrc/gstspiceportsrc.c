/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-spiceportsrc
 * @title: spiceportsrc
 * @short_description: gives the bytes a SPICE viewer sends
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 spiceportsrc port-name=org.example.chat ! fdsink async=false
 *   fdsrc ! spiceportsink port-name=org.example.chat
 * ]|
 * A chat with a program that has the viewer's port org.example.chat.
 *
 * One side of a byte-stream channel; the other one is spiceportsink. Without
 * that one, viewers see the port open while this element is PAUSED or PLAYING.
 *
 * A live source: buffers come as the viewer sends them, stamped with their time
 * of arrival, without loss and in order. When downstream takes no more, the
 * viewer is made to wait, and nobody else. In READY and PAUSED bytes wait, too.
 *
 * Events of the viewer come downstream in their place among the buffers, as
 * custom events whose structure is "spice-port-event" with the string "event":
 * "opened", "closed", "break", or "client-attached" and "client-detached" when
 * a viewer takes the channel and leaves it. The same is told on the bus.
 *
 * A port of type smartcard gives whole messages for a card reader's emulation,
 * headers in network order, one a buffer.
 */
#include "gst/spicesrc/gstspiceportsrc.h"

#include "gst/common/gstspiceport.h"

GST_DEBUG_CATEGORY_STATIC (port_src_debug);
#define GST_CAT_DEFAULT port_src_debug

struct _GstSpicePortSrc {
  GstPushSrc parent;
  /* set at construction */
  GstSpiceUser *user;
  /* object lock */
  GstSpicePortSettings settings;
  /* in READY and above */
  GstSpicePort *port;
  SpcPort *channel; /* the port's */
};

enum {
  PROP_0,
  PROP_FIRST_PORT,
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SPICE_PORT_CAPS));

G_DEFINE_FINAL_TYPE_WITH_CODE (
    GstSpicePortSrc, gst_spice_port_src, GST_TYPE_PUSH_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                           gst_spice_user_child_proxy_init)
        GST_DEBUG_CATEGORY_INIT (port_src_debug, "spiceportsrc", 0,
                                 "SPICE port source"))
GST_ELEMENT_REGISTER_DEFINE (spiceportsrc, "spiceportsrc", GST_RANK_NONE,
                             GST_TYPE_SPICE_PORT_SRC)

/* states */

static gboolean
open_port (GstSpicePortSrc *self)
{
  self->port =
      gst_spice_port_open (&self->settings, self->user, GST_SPICE_SIDE_SRC);
  if (!self->port)
    return FALSE;
  self->channel = gst_spice_port_channel (self->port);
  spc_port_post_consumer (self->channel, true);
  return TRUE;
}

static void
close_port (GstSpicePortSrc *self)
{
  if (!self->port)
    return;
  spc_port_post_consumer (self->channel, false);
  self->channel = NULL;
  gst_spice_port_close (g_steal_pointer (&self->port), self->user,
                        GST_SPICE_SIDE_SRC);
}

static void
set_open (GstSpicePortSrc *self, gboolean is_open)
{
  gst_spice_ports_set_open (gst_spice_user_ports (self->user), self->port,
                            GST_SPICE_SIDE_SRC, is_open);
}

static GstStateChangeReturn
gst_spice_port_src_change_state (GstElement *element, GstStateChange transition)
{
  GstSpicePortSrc *self = GST_SPICE_PORT_SRC (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !open_port (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_spice_port_src_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
      ret != GST_STATE_CHANGE_FAILURE)
    set_open (self, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_open (self, FALSE);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL ||
      (transition == GST_STATE_CHANGE_NULL_TO_READY &&
       ret == GST_STATE_CHANGE_FAILURE))
    close_port (self);
  return ret;
}

static gboolean
gst_spice_port_src_unlock (GstBaseSrc *src)
{
  spc_port_unlock_consumer (GST_SPICE_PORT_SRC (src)->channel);
  return TRUE;
}

static gboolean
gst_spice_port_src_unlock_stop (GstBaseSrc *src)
{
  spc_port_lock_consumer (GST_SPICE_PORT_SRC (src)->channel);
  return TRUE;
}

/* streaming */

static void
push_event (GstSpicePortSrc *self, const SpcLetter *letter)
{
  GstStructure *structure =
      gst_structure_new (GST_SPICE_PORT_EVENT, "event", G_TYPE_STRING,
                         gst_spice_port_event_name (letter), "connection-id",
                         G_TYPE_UINT, (guint)letter->client_id, NULL);

  GST_DEBUG_OBJECT (self, "%" GST_PTR_FORMAT, structure);
  gst_pad_push_event (
      GST_BASE_SRC_PAD (self),
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, structure));
}

static GstFlowReturn
gst_spice_port_src_create (GstPushSrc *src, GstBuffer **buffer)
{
  GstSpicePortSrc *self = GST_SPICE_PORT_SRC (src);
  SpcLetter *letter;

  *buffer = NULL;
  while (!*buffer) {
    letter = spc_port_read (self->channel, -1);
    if (!letter)
      return GST_FLOW_FLUSHING;
    if (letter->kind == SPC_LETTER_DATA)
      *buffer = gst_buffer_new_wrapped_bytes (letter->data);
    else
      push_event (self, letter);
    spc_port_give_back (self->channel, letter);
  }
  return GST_FLOW_OK;
}

/* object */

static void
gst_spice_port_src_set_property (GObject *object, guint id, const GValue *value,
                                 GParamSpec *spec)
{
  GstSpicePortSrc *self = GST_SPICE_PORT_SRC (object);

  if (!gst_spice_user_set_property (self->user, id, value) &&
      !gst_spice_port_set_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_PORT, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_port_src_get_property (GObject *object, guint id, GValue *value,
                                 GParamSpec *spec)
{
  GstSpicePortSrc *self = GST_SPICE_PORT_SRC (object);

  if (!gst_spice_user_get_property (self->user, id, value) &&
      !gst_spice_port_get_property (&self->settings, GST_OBJECT (self),
                                    id - PROP_FIRST_PORT, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_spice_port_src_finalize (GObject *object)
{
  GstSpicePortSrc *self = GST_SPICE_PORT_SRC (object);

  gst_spice_user_free (self->user);
  gst_spice_port_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_spice_port_src_parent_class)->finalize (object);
}

static void
gst_spice_port_src_init (GstSpicePortSrc *self)
{
  GstBaseSrc *src = GST_BASE_SRC (self);

  self->user = gst_spice_user_new (GST_ELEMENT (self));
  gst_base_src_set_live (src, TRUE);
  gst_base_src_set_format (src, GST_FORMAT_TIME);
  gst_base_src_set_do_timestamp (src, TRUE);
}

static void
gst_spice_port_src_class_init (GstSpicePortSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_spice_port_src_set_property;
  object_class->get_property = gst_spice_port_src_get_property;
  object_class->finalize = gst_spice_port_src_finalize;
  element_class->change_state = gst_spice_port_src_change_state;
  src_class->unlock = gst_spice_port_src_unlock;
  src_class->unlock_stop = gst_spice_port_src_unlock_stop;
  GST_PUSH_SRC_CLASS (klass)->create = gst_spice_port_src_create;

  gst_spice_user_install_properties (object_class);
  gst_spice_port_install_properties (object_class, PROP_FIRST_PORT);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "SPICE port source", "Source/Network",
      "Gives the bytes a SPICE viewer sends, for example: gst-launch-1.0 "
      "spiceportsrc port-name=org.example.chat ! fdsink async=false fdsrc ! "
      "spiceportsink "
      "port-name=org.example.chat (a chat with a program that has the viewer's "
      "port of that name)",
      "gst-spice");
}
