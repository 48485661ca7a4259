/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceport.h"

#include "gst/common/gstspicefields.h"
#include "gst/common/gstspiceshare.h"
#include "server-core/base/limits.h"

#include <string.h>

enum {
  INDEX_TYPE,
  INDEX_NAME,
  INDEX_NUMBER,
  INDEX_BROADCAST,
};

static const GstSpiceField fields[] = {
    [INDEX_TYPE] = GST_SPICE_FIELD (GstSpicePortSettings, kind),
    [INDEX_NAME] = GST_SPICE_FIELD (GstSpicePortSettings, name),
    [INDEX_NUMBER] = GST_SPICE_FIELD (GstSpicePortSettings, number),
    [INDEX_BROADCAST] = GST_SPICE_FIELD (GstSpicePortSettings, broadcast),
};

/* by number; the protocol knows webdav channels by the first one's name */
static const struct {
  const char *name, *default_name;
} kinds[SPC_N_PORT_KINDS] = {
    [SPC_PORT_PLAIN] = {"port", "org.gst-spice.port."},
    [SPC_PORT_WEBDAV] = {"webdav", "org.spice-space.webdav."},
    [SPC_PORT_USBREDIR] = {"usbredir", "usbredir."},
    [SPC_PORT_SMARTCARD] = {"smartcard", "smartcard."},
};

static const char webdav_name[] = "org.spice-space.webdav.0";
/* names with a meaning of their own that no byte stream has */
static const char *const reserved_names[] = {
    "com.redhat.spice.0",       /* the agent */
    "org.spice-space.stream.0", /* a stream device */
};

GType
gst_spice_port_type_get_type (void)
{
  static const GEnumValue values[] = {
      {SPC_PORT_PLAIN, "Bytes for a program beside the viewer", "port"},
      {SPC_PORT_WEBDAV, "A folder the viewer shares", "webdav"},
      {SPC_PORT_USBREDIR, "A USB device of the viewer", "usbredir"},
      {SPC_PORT_SMARTCARD, "Smartcards of the viewer", "smartcard"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstSpicePortType", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

const char *
gst_spice_port_kind_name (SpcPortKind kind)
{
  return kinds[kind].name;
}

void
gst_spice_port_settings_clear (GstSpicePortSettings *self)
{
  g_clear_pointer (&self->name, g_free);
}

/* properties */

void
gst_spice_port_install_properties (GObjectClass *klass, guint first_id)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      klass, first_id + INDEX_TYPE,
      g_param_spec_enum ("port-type", "Port type",
                         "What viewers take the byte stream for",
                         GST_TYPE_SPICE_PORT_TYPE, SPC_PORT_PLAIN, flags));
  g_object_class_install_property (
      klass, first_id + INDEX_NAME,
      g_param_spec_string (
          "port-name", "Port name",
          "Name of the port, told to viewers; a spiceportsink and a "
          "spiceportsrc of one server with the same name are one port; none: "
          "made of type and number",
          NULL, flags));
  g_object_class_install_property (
      klass, first_id + INDEX_NUMBER,
      g_param_spec_uint ("port-number", "Port number",
                         "Stands for a name when there is none", 0,
                         SPC_MAX_PORTS - 1, 0, flags));
  g_object_class_install_property (
      klass, first_id + INDEX_BROADCAST,
      g_param_spec_boolean ("broadcast", "Broadcast",
                            "Send the same to all viewers, view-only ones, "
                            "too, wait for none, and hear none",
                            FALSE, flags));
}

gboolean
gst_spice_port_set_property (GstSpicePortSettings *self, GstObject *object,
                             guint index, const GValue *value)
{
  return gst_spice_fields_set (fields, G_N_ELEMENTS (fields), self,
                               GST_OBJECT_GET_LOCK (object), index, value);
}

gboolean
gst_spice_port_get_property (const GstSpicePortSettings *self,
                             GstObject *object, guint index, GValue *value)
{
  return gst_spice_fields_get (fields, G_N_ELEMENTS (fields), self,
                               GST_OBJECT_GET_LOCK (object), index, value);
}

/* opening */

/* the name that two elements must have in common: (transfer full) */
static char *
effective_name (const GstSpicePortSettings *self)
{
  if (self->name && *self->name)
    return g_strdup (self->name);
  return g_strdup_printf ("%s%u", kinds[self->kind].default_name, self->number);
}

static gboolean
check (const SpcPortConfig *config, GError **error)
{
  if (strlen (config->name) > SPC_MAX_PORT_NAME) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                 "The name of a port has %" G_GSIZE_FORMAT
                 " bytes, allowed are %u.",
                 strlen (config->name), SPC_MAX_PORT_NAME);
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (reserved_names); i++)
    if (g_str_equal (config->name, reserved_names[i])) {
      g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                   "A port cannot be called \"%s\": viewers take that for "
                   "something else.",
                   config->name);
      return FALSE;
    }
  return TRUE;
}

GstSpicePorts *
gst_spice_user_ports (GstSpiceUser *user)
{
  GstSpiceSession *session = gst_spice_user_session (user);

  return gst_spice_ports_of (gst_spice_session_server (session));
}

GstSpicePort *
gst_spice_port_open (const GstSpicePortSettings *self, GstSpiceUser *user,
                     GstSpicePortSide side)
{
  g_autoptr (GstElement) element = gst_spice_user_get_element (user);
  g_autofree char *name = NULL;
  SpcPortConfig config = {0};
  GstSpicePort *port = NULL;
  GError *error = NULL;

  GST_OBJECT_LOCK (element);
  config.kind = self->kind;
  config.name = name = effective_name (self);
  config.broadcast = self->broadcast;
  GST_OBJECT_UNLOCK (element);
  if (config.kind == SPC_PORT_PLAIN && g_str_equal (name, webdav_name))
    config.kind = SPC_PORT_WEBDAV;
  if (!gst_spice_user_open (user))
    return NULL;
  if (check (&config, &error))
    port = gst_spice_ports_acquire (gst_spice_user_ports (user), side, &config,
                                    &error);
  if (!port) {
    gst_spice_user_post_error (user, error);
    gst_spice_user_close (user);
  }
  return port;
}

void
gst_spice_port_close (GstSpicePort *port, GstSpiceUser *user,
                      GstSpicePortSide side)
{
  gst_spice_ports_release (gst_spice_user_ports (user), port, side);
  gst_spice_user_close (user);
}

/* the application */

static gboolean
port_event (GstSpiceServer *server, const char *port_name, const char *name)
{
  g_autoptr (GstSpiceSession) session =
      gst_spice_share_get_session (gst_spice_server_share (server));
  SpcPortEvent event;

  return session && port_name &&
         gst_spice_port_event_from_name (name, &event) &&
         event == SPC_PORT_BREAK &&
         gst_spice_ports_send_event (
             gst_spice_ports_of (gst_spice_session_server (session)), port_name,
             event);
}

void
gst_spice_port_install_server (GObjectClass *klass)
{
  /**
   * GstSpiceServer::port-event:
   * @self: the server
   * @port_name: the port
   * @event: "break"
   *
   * Sends an event to the viewer of a port, after what its spiceportsink has
   * taken so far.
   *
   * Returns: %FALSE when there is no such port or event, or too much waits
   */
  g_signal_new_class_handler ("port-event", G_TYPE_FROM_CLASS (klass),
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (port_event), NULL, NULL, NULL,
                              G_TYPE_BOOLEAN, 2, G_TYPE_STRING, G_TYPE_STRING);
}
