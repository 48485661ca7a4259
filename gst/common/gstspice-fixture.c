/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"

#include "server-core/wire/messages-display.h"
#include "server-core/wire/messages-main.h"

static SpcTransport *
connect_to (NetFixture *net, int port)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", (guint)port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  return spc_transport_new_socket (net->loop, g_steal_pointer (&socket));
}

WireClient *
fixture_begin_link (NetFixture *net, int port, const WireClientSetup *setup)
{
  return wire_client_new (connect_to (net, port), setup);
}

WireClient *
fixture_link (NetFixture *net, int port, const WireClientSetup *setup)
{
  WireClient *client = fixture_begin_link (net, port, setup);

  NET_RUN_UNTIL (net, client->link_code != WIRE_PENDING);
  return client;
}

WireClient *
fixture_join (NetFixture *net, int port, uint32_t *id)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN, .password = ""};
  WireClient *client = fixture_link (net, port, &setup);
  SpcMainInit init;

  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (net, wire_client_count (client, SPICE_MSG_MAIN_INIT) > 0);
  wire_client_read (client, SPICE_MSG_MAIN_INIT, spc_main_init_fields, &init);
  *id = init.session_id;
  return client;
}

static void
on_message (WireClient *client, uint16_t type, const uint8_t *body,
            uint32_t size, gpointer canvas)
{
  wire_canvas_message (canvas, type, body, size);
}

WireClient *
fixture_look_as (NetFixture *net, int port, uint32_t id, uint8_t display_id,
                 const SpcCaps *caps, WireCanvas *canvas)
{
  const SpcDisplayInit init = {.pixmap_cache_id = 1,
                               .pixmap_cache_size = 20u << 20,
                               .glz_dictionary_id = 1,
                               .glz_dictionary_window = 8u << 20};
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_DISPLAY,
                           .channel_id = display_id,
                           .connection_id = id,
                           .password = "",
                           .channel_caps = *caps};
  WireClient *client;

  spc_caps_set (&setup.channel_caps, SPICE_DISPLAY_CAP_MONITORS_CONFIG);
  client = fixture_link (net, port, &setup);
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  client->func = on_message;
  client->user_data = canvas;
  wire_client_send_fields (client, SPICE_MSGC_DISPLAY_INIT,
                           spc_display_init_fields, &init);
  return client;
}

WireClient *
fixture_look (NetFixture *net, int port, uint32_t id, uint8_t display_id,
              WireCanvas *canvas)
{
  return fixture_look_as (net, port, id, display_id, &(SpcCaps){0}, canvas);
}

void
fixture_viewer_init (FixtureViewer *self, NetFixture *net, int port,
                     uint8_t display_id)
{
  uint32_t id;

  self->canvas = wire_canvas_new ();
  self->main = fixture_join (net, port, &id);
  self->display = fixture_look (net, port, id, display_id, self->canvas);
}

void
fixture_viewer_init_codec (FixtureViewer *self, NetFixture *net, int port,
                           uint32_t codec_cap)
{
  SpcCaps caps = {0};
  uint32_t id;

  spc_caps_set (&caps, SPICE_DISPLAY_CAP_MULTI_CODEC);
  if (codec_cap != 0)
    spc_caps_set (&caps, codec_cap);
  self->canvas = wire_canvas_new ();
  self->main = fixture_join (net, port, &id);
  self->display = fixture_look_as (net, port, id, 0, &caps, self->canvas);
}

void
fixture_viewer_clear (FixtureViewer *self)
{
  wire_client_free (self->display);
  wire_client_free (self->main);
  wire_canvas_free (self->canvas);
}

gboolean
fixture_viewer_shows (FixtureViewer *self, uint32_t width, uint32_t height,
                      uint32_t color)
{
  return wire_canvas_has_surface (self->canvas, 0, width, height) &&
         wire_canvas_pixel (self->canvas, 0, 0, 0) == color &&
         wire_canvas_pixel (self->canvas, 0, width - 1, height - 1) == color;
}

GstElement *
fixture_launch (const char *line)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

typedef struct {
  GstMessageType type;
  const char *name;
  GstMessage *found;
} Wait;

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Wait *wait = data;
  const GstStructure *structure = gst_message_get_structure (message);

  if (wait->found || !(GST_MESSAGE_TYPE (message) & wait->type))
    return G_SOURCE_CONTINUE;
  if (!wait->name ||
      (structure && gst_structure_has_name (structure, wait->name)))
    wait->found = gst_message_ref (message);
  return wait->found ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

GstMessage *
fixture_wait_message (NetFixture *net, GstElement *pipeline,
                      GstMessageType type, const char *name)
{
  Wait wait = {type, name, NULL};
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GSource *watch = gst_bus_create_watch (bus);

  g_source_set_callback (watch, G_SOURCE_FUNC (on_bus_message), &wait, NULL);
  g_source_attach (watch, net->context);
  NET_RUN_UNTIL (net, wait.found != NULL);
  g_source_destroy (watch);
  g_source_unref (watch);
  return wait.found;
}

int
fixture_port (gpointer element)
{
  int port = 0;

  g_object_get (element, "current-port", &port, NULL);
  g_assert_cmpint (port, >, 0);
  return port;
}

char *
fixture_error_text (GstElement *element)
{
  g_autoptr (GstBus) own_bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, own_bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_READY), ==,
                   GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (own_bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  return g_strdup (error->message);
}

void
fixture_stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}
