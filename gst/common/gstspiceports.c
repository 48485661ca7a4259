/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceports.h"

#include "gst/common/gstspiceport.h"
#include "server-core/base/limits.h"

#include <string.h>

struct _GstSpicePort {
  /* set at construction, read by any thread */
  SpcPortKind kind;
  char *name;
  guint id;
  gboolean broadcast;
  GstSpiceBus *bus; /* not owned */
  SpcPort *channel; /* owned until released by both sides */
  /* under the table's lock */
  gboolean has_side[GST_SPICE_N_SIDES];
  gboolean is_open[GST_SPICE_N_SIDES];
  gboolean was_open;
};

/* A channel's number is not given to another port of the session: viewers may
 * not have noticed that the first one has gone. */
typedef struct {
  SpcPortKind kind;
  guint id;
  char *name;
} Number;

struct _GstSpicePorts {
  /* set at construction */
  SpcServer *server;
  GstSpiceBus *bus;
  /* under the lock */
  GMutex lock;
  GPtrArray *ports;   /* GstSpicePort, referenced */
  GPtrArray *numbers; /* Number */
};

/* events */

static const char *const event_names[] = {
    [SPC_PORT_OPENED] = "opened",
    [SPC_PORT_CLOSED] = "closed",
    [SPC_PORT_BREAK] = "break",
};

const char *
gst_spice_port_event_name (const SpcLetter *letter)
{
  switch (letter->kind) {
  case SPC_LETTER_ATTACHED:
    return "client-attached";
  case SPC_LETTER_DETACHED:
    return "client-detached";
  default:
    return event_names[letter->event];
  }
}

gboolean
gst_spice_port_event_from_name (const char *name, SpcPortEvent *event)
{
  for (gsize i = 0; name && i < G_N_ELEMENTS (event_names); i++)
    if (g_str_equal (event_names[i], name)) {
      *event = (SpcPortEvent)i;
      return TRUE;
    }
  return FALSE;
}

/* loop thread */
static void
on_news (SpcLetterKind kind, uint8_t event, uint32_t client_id,
         gpointer user_data)
{
  GstSpicePort *port = user_data;
  const SpcLetter letter = {.kind = kind, .event = event};

  gst_spice_bus_push (
      port->bus,
      gst_structure_new ("spice-port-event", "port-name", G_TYPE_STRING,
                         port->name, "port-type", G_TYPE_STRING,
                         gst_spice_port_kind_name (port->kind), "event",
                         G_TYPE_STRING, gst_spice_port_event_name (&letter),
                         "connection-id", G_TYPE_UINT, (guint)client_id, NULL));
}

/* life */

static void
clear_port (gpointer data)
{
  GstSpicePort *port = data;

  g_free (port->name);
}

static void
unref_port (gpointer port)
{
  g_atomic_rc_box_release_full (port, clear_port);
}

static void
free_number (gpointer data)
{
  Number *number = data;

  g_free (number->name);
  g_free (number);
}

static void
free_ports (gpointer data)
{
  GstSpicePorts *self = data;

  g_ptr_array_unref (self->ports);
  g_ptr_array_unref (self->numbers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GQuark
ports_quark (void)
{
  return g_quark_from_static_string ("gst-spice-ports");
}

void
gst_spice_ports_bind (SpcServer *server, GstSpiceBus *bus)
{
  GstSpicePorts *self = g_new0 (GstSpicePorts, 1);

  self->server = server;
  self->bus = bus;
  g_mutex_init (&self->lock);
  self->ports = g_ptr_array_new_with_free_func (unref_port);
  self->numbers = g_ptr_array_new_with_free_func (free_number);
  g_object_set_qdata_full (G_OBJECT (server), ports_quark (), self, free_ports);
}

GstSpicePorts *
gst_spice_ports_of (SpcServer *server)
{
  return g_object_get_qdata (G_OBJECT (server), ports_quark ());
}

/* the table: lock held */

static GstSpicePort *
find_port (GstSpicePorts *self, const char *name)
{
  for (guint i = 0; i < self->ports->len; i++) {
    GstSpicePort *port = g_ptr_array_index (self->ports, i);

    if (g_str_equal (port->name, name))
      return port;
  }
  return NULL;
}

static gboolean
is_in_use (GstSpicePorts *self, SpcPortKind kind, guint id)
{
  for (guint i = 0; i < self->ports->len; i++) {
    GstSpicePort *port = g_ptr_array_index (self->ports, i);

    if (port->kind == kind && port->id == id)
      return TRUE;
  }
  return FALSE;
}

/* that has a name; NULL: it is free */
static Number *
find_number (GstSpicePorts *self, SpcPortKind kind, guint id)
{
  for (guint i = 0; i < self->numbers->len; i++) {
    Number *number = g_ptr_array_index (self->numbers, i);

    if (number->kind == kind && number->id == id)
      return number;
  }
  return NULL;
}

static int
number_of_name (GstSpicePorts *self, const SpcPortConfig *config)
{
  for (guint i = 0; i < self->numbers->len; i++) {
    Number *number = g_ptr_array_index (self->numbers, i);

    if (number->kind == config->kind &&
        g_str_equal (number->name, config->name))
      return (int)number->id;
  }
  return -1;
}

static void
name_number (GstSpicePorts *self, const SpcPortConfig *config, guint id)
{
  Number *number = find_number (self, config->kind, id);

  if (!number) {
    number = g_new0 (Number, 1);
    number->kind = config->kind;
    number->id = id;
    g_ptr_array_add (self->numbers, number);
  }
  g_free (number->name);
  number->name = g_strdup (config->name);
}

/* The one the name had, or a new one, or one whose port is gone. -1: all are in
 * use */
static int
choose_number (GstSpicePorts *self, const SpcPortConfig *config)
{
  guint n = config->kind == SPC_PORT_SMARTCARD ? 1 : SPC_MAX_PORTS;
  int id = number_of_name (self, config);

  for (guint i = 0; i < n && id < 0; i++)
    if (!find_number (self, config->kind, i))
      id = (int)i;
  for (guint i = 0; i < n && id < 0; i++)
    if (!is_in_use (self, config->kind, i))
      id = (int)i;
  if (id >= 0)
    name_number (self, config, (guint)id);
  return id;
}

static GstSpicePort *
add_port (GstSpicePorts *self, const SpcPortConfig *wanted, GError **error)
{
  int id = choose_number (self, wanted);
  SpcPortConfig config = *wanted;
  GstSpicePort *port;

  if (id < 0) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
                 "The server has no room for a further port of type %s.",
                 gst_spice_port_kind_name (wanted->kind));
    return NULL;
  }
  port = g_atomic_rc_box_new0 (GstSpicePort);
  port->kind = wanted->kind;
  port->name = g_strdup (wanted->name);
  port->id = config.id = (uint8_t)id;
  port->broadcast = wanted->broadcast;
  port->bus = self->bus;
  port->channel = spc_port_new (self->server, &config);
  spc_port_set_func (port->channel, on_news, g_atomic_rc_box_acquire (port),
                     unref_port);
  g_ptr_array_add (self->ports, port);
  spc_server_add_channel (self->server, SPC_CHANNEL (port->channel));
  return port;
}

static gboolean
check_side (const GstSpicePort *port, GstSpicePortSide side,
            const SpcPortConfig *config, GError **error)
{
  if (port->kind != config->kind || port->broadcast != config->broadcast) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                 "Two elements have port \"%s\", one as %s%s, one as %s%s.",
                 port->name, gst_spice_port_kind_name (port->kind),
                 port->broadcast ? " with broadcast" : "",
                 gst_spice_port_kind_name (config->kind),
                 config->broadcast ? " with broadcast" : "");
    return FALSE;
  }
  if (port->has_side[side]) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
                 "The server has a %s of port \"%s\" already.",
                 side == GST_SPICE_SIDE_SINK ? "spiceportsink" : "spiceportsrc",
                 port->name);
    return FALSE;
  }
  return TRUE;
}

/* the side that decides has changed: viewers are told */
static void
update_open (GstSpicePort *port)
{
  GstSpicePortSide decides = port->has_side[GST_SPICE_SIDE_SINK]
                                 ? GST_SPICE_SIDE_SINK
                                 : GST_SPICE_SIDE_SRC;
  gboolean is_open = port->has_side[decides] && port->is_open[decides];

  if (is_open == port->was_open)
    return;
  port->was_open = is_open;
  spc_port_post_event (port->channel,
                       is_open ? SPC_PORT_OPENED : SPC_PORT_CLOSED);
}

/* elements */

GstSpicePort *
gst_spice_ports_acquire (GstSpicePorts *self, GstSpicePortSide side,
                         const SpcPortConfig *config, GError **error)
{
  GstSpicePort *port;

  g_mutex_lock (&self->lock);
  port = find_port (self, config->name);
  if (port && !check_side (port, side, config, error))
    port = NULL;
  else if (!port)
    port = add_port (self, config, error);
  if (port) {
    port->has_side[side] = TRUE;
    update_open (port);
  }
  g_mutex_unlock (&self->lock);
  return port;
}

void
gst_spice_ports_release (GstSpicePorts *self, GstSpicePort *port,
                         GstSpicePortSide side)
{
  SpcPort *channel = NULL;

  g_mutex_lock (&self->lock);
  port->has_side[side] = port->is_open[side] = FALSE;
  update_open (port);
  if (!port->has_side[GST_SPICE_SIDE_SINK] &&
      !port->has_side[GST_SPICE_SIDE_SRC]) {
    channel = g_steal_pointer (&port->channel);
    g_ptr_array_remove (self->ports, port);
  }
  g_mutex_unlock (&self->lock);
  if (!channel)
    return;
  spc_server_remove_channel (self->server, SPC_CHANNEL (channel));
  g_object_unref (channel);
}

SpcPort *
gst_spice_port_channel (GstSpicePort *port)
{
  return port->channel;
}

void
gst_spice_ports_set_open (GstSpicePorts *self, GstSpicePort *port,
                          GstSpicePortSide side, gboolean is_open)
{
  g_mutex_lock (&self->lock);
  port->is_open[side] = is_open;
  update_open (port);
  g_mutex_unlock (&self->lock);
}

/* the application */

gboolean
gst_spice_ports_send_event (GstSpicePorts *self, const char *name,
                            SpcPortEvent event)
{
  GstSpicePort *port;
  gboolean is_taken;

  g_mutex_lock (&self->lock);
  port = find_port (self, name);
  is_taken = port && spc_port_post_event (port->channel, event);
  g_mutex_unlock (&self->lock);
  return is_taken;
}
