/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hardening-fixture.h"

#include "server-core/channel/server-private.h"
#include "server-core/inputs/inputs.h"
#include "server-core/main/agent-desk.h"

#define WIDTH 64u
#define HEIGHT 48u
#define LINE_BYTES (1u << 20)

/* the application */

static void
on_rules (SpcFileRules *rules, gpointer user_data)
{
  *rules = (SpcFileRules){.is_on = true};
}

static void
on_open (const SpcFile *file, gpointer user_data)
{
  Hardening *self = user_data;

  self->last_file = file->handle;
  g_string_append_printf (self->files, "open %u %s; ", file->id, file->name);
}

static void
on_write (uint64_t handle, GBytes *block, gpointer user_data)
{
  Hardening *self = user_data;

  g_string_append_printf (self->files, "write %zu; ", g_bytes_get_size (block));
}

static void
on_finish (uint64_t handle, gpointer user_data)
{
  g_string_append (((Hardening *)user_data)->files, "finish; ");
}

static void
on_abandon (uint64_t handle, bool is_cancelled, const char *reason,
            gpointer user_data)
{
  g_string_append (((Hardening *)user_data)->files, "abandon; ");
}

static const SpcFileHost file_host = {
    .get_rules = on_rules,
    .open = on_open,
    .write = on_write,
    .finish = on_finish,
    .abandon = on_abandon,
};

static void
on_monitors (uint32_t client_id, const SpcMonitors *monitors,
             gpointer user_data)
{
  ((Hardening *)user_data)->n_monitor_wishes++;
}

static const SpcDeskHost desk_host = {.monitors = on_monitors};

/* life */

static SpcChannel *
new_port (SpcServer *server, SpcPortKind kind)
{
  const SpcPortConfig config = {.kind = kind, .name = "hard"};

  return SPC_CHANNEL (spc_port_new (server, &config));
}

static void
add_channels (Hardening *self)
{
  SpcServer *server = self->session.server;
  SpcChannel **to = self->channels;

  to[HARDENING_MAIN] = spc_server_find_channel (server, SPICE_CHANNEL_MAIN, 0);
  self->display = spc_display_new (server, 0);
  to[HARDENING_DISPLAY] = SPC_CHANNEL (self->display);
  to[HARDENING_INPUTS] = SPC_CHANNEL (spc_inputs_new (server));
  to[HARDENING_CURSOR] = SPC_CHANNEL (spc_cursor_new (server, 0));
  to[HARDENING_PLAYBACK] =
      SPC_CHANNEL (spc_playback_new (server, SPC_AUDIO_AUTO));
  to[HARDENING_RECORD] =
      SPC_CHANNEL (spc_record_new (server, SPC_AUDIO_AUTO, 48000, 2));
  to[HARDENING_PORT] = new_port (server, SPC_PORT_PLAIN);
  to[HARDENING_WEBDAV] = new_port (server, SPC_PORT_WEBDAV);
  to[HARDENING_USBREDIR] = new_port (server, SPC_PORT_USBREDIR);
  to[HARDENING_SMARTCARD] = new_port (server, SPC_PORT_SMARTCARD);
  for (guint i = HARDENING_MAIN + 1; i < HARDENING_N_CHANNELS; i++)
    session_add (&self->session, to[i]);
}

static void
show_first_picture (Hardening *self)
{
  QxlBatch *batch = qxl_batch_new ();

  qxl_batch_create_surface (batch, QXL_PRIMARY_SURFACE, WIDTH, HEIGHT,
                            QXL_FORMAT_BGRX);
  spc_display_post (self->display, batch);
}

void
hardening_init (Hardening *self)
{
  g_autoptr (GError) error = NULL;
  SpcConfig config;

  *self = (Hardening){.files = g_string_new (NULL)};
  spc_config_init (&config);
  config.allow_anonymous = true;
  config.n_workers = 1;
  config.port = 0;
  session_init (&self->session, &config);
  spc_config_clear (&config);
  add_channels (self);
  spc_desk_new (self->session.server, &desk_host, self);
  self->drop = spc_file_drop_new (spc_server_agent (self->session.server),
                                  &file_host, self);
  spc_server_start (self->session.server, &error);
  g_assert_no_error (error);
  show_first_picture (self);
  self->bystander = viewer_new (&self->session, NULL);
  hardening_check_bystander (self);
}

void
hardening_clear (Hardening *self)
{
  hardening_check_bystander (self);
  NET_RUN_UNTIL (&self->session.net, hardening_n_clients (self) == 1);
  viewer_free (self->bystander);
  session_clear (&self->session);
  spc_file_drop_unref (self->drop);
  g_string_free (self->files, TRUE);
}

/* the bystander */

static void
on_pong (SpcConnection *connection, guint32 round_trip_us, gpointer user_data)
{
  ((Hardening *)user_data)->n_pongs++;
}

/* who came first */
static SpcConnection *
connection_of_bystander (Hardening *self)
{
  GPtrArray *clients = spc_server_clients (self->session.server);

  g_assert_cmpuint (clients->len, >, 0);
  return spc_client_find (g_ptr_array_index (clients, 0), SPICE_CHANNEL_MAIN,
                          0);
}

static bool
is_shown (Hardening *self, uint32_t colour)
{
  const WireCanvas *canvas = self->bystander->canvas;

  return wire_canvas_has_surface (canvas, QXL_PRIMARY_SURFACE, WIDTH, HEIGHT) &&
         wire_canvas_pixel (canvas, QXL_PRIMARY_SURFACE, 3, 3) == colour;
}

void
hardening_check_bystander (Hardening *self)
{
  const QxlRect box = QXL_RECT (0, 0, 8, 8);
  QxlBatch *batch = qxl_batch_new ();
  uint32_t colour = 0x102030 + ++self->n_calls;
  SpcConnection *main;

  qxl_batch_draw (batch,
                  qxl_drawable_new_fill (QXL_PRIMARY_SURFACE, &box, colour));
  spc_display_post (self->display, batch);
  NET_RUN_UNTIL (&self->session.net, is_shown (self, colour));
  main = connection_of_bystander (self);
  spc_connection_ping (main, 0, on_pong, self);
  spc_connection_pump (main);
  NET_RUN_UNTIL (&self->session.net, self->n_pongs == self->n_calls);
  g_assert_false (self->bystander->main->closed);
  g_assert_false (self->bystander->display->closed);
}

void
hardening_check_ended (Hardening *self, const WireClient *client)
{
  NET_RUN_UNTIL (&self->session.net, client->closed);
  hardening_check_bystander (self);
}

guint
hardening_n_clients (Hardening *self)
{
  return spc_server_clients (self->session.server)->len;
}

guint64
hardening_n_refused (Hardening *self)
{
  SpcDisplayStats stats;

  spc_display_stats (self->display, &stats);
  return stats.invalid_commands;
}

/* over TCP */

GSocket *
hardening_dial (Hardening *self)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (
      "127.0.0.1", spc_server_port (self->session.server));
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  return socket;
}

WireClient *
hardening_link (Hardening *self, const WireClientSetup *setup)
{
  SpcTransport *line =
      spc_transport_new_socket (self->session.net.loop, hardening_dial (self));
  WireClient *client = wire_client_new (line, setup);

  NET_RUN_UNTIL (&self->session.net, client->link_code != WIRE_PENDING);
  return client;
}

WireClient *
hardening_join (Hardening *self)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  WireClient *client = hardening_link (self, &setup);

  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&self->session.net,
                 wire_client_find (client, SPICE_MSG_MAIN_INIT, 0) != NULL);
  return client;
}

WireClient *
hardening_open (Hardening *self, const WireClient *main,
                HardeningChannel channel)
{
  const WireClientSetup setup = {
      .channel_type = spc_channel_type (self->channels[channel]),
      .channel_id = spc_channel_id (self->channels[channel]),
      .connection_id = session_id_of (main)};
  WireClient *client = hardening_link (self, &setup);

  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  return client;
}

int
hardening_try (Hardening *self, uint8_t channel_type, uint8_t channel_id,
               uint32_t connection_id)
{
  const WireClientSetup setup = {.channel_type = channel_type,
                                 .channel_id = channel_id,
                                 .connection_id = connection_id};
  g_autoptr (WireClient) client = hardening_link (self, &setup);

  return client->link_code;
}

/* raw lines */

static void
on_raw_line (SpcTransport *line, GIOCondition ready, gpointer user_data)
{
  RawLine *self = user_data;
  g_autoptr (GError) error = NULL;
  uint8_t buffer[4096];
  gssize n = spc_transport_read (line, buffer, sizeof buffer, &error);

  if (n > 0)
    g_byte_array_append (self->got, buffer, (guint)n);
  if (n > 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;
  self->is_closed = true; /* or reset, when it had not read all */
  spc_transport_want (line, 0);
}

RawLine *
raw_line_new (Hardening *self)
{
  RawLine *line = g_new0 (RawLine, 1);

  line->got = g_byte_array_new ();
  line->line =
      spc_transport_new_socket (self->session.net.loop, hardening_dial (self));
  spc_transport_set_func (line->line, on_raw_line, line);
  spc_transport_want (line->line, G_IO_IN);
  return line;
}

void
raw_line_free (RawLine *self)
{
  spc_transport_free (self->line);
  g_byte_array_unref (self->got);
  g_free (self);
}

void
raw_line_say (RawLine *self, const void *bytes, gsize size)
{
  g_assert_cmpint (net_write (self->line, bytes, size, NULL), ==, size);
}

void
raw_line_say_link (RawLine *self, uint32_t size, const SpcLinkMess *mess)
{
  const SpcLinkHeader header = {.magic = SPC_LINK_MAGIC,
                                .major_version = 2,
                                .minor_version = 2,
                                .size = size};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  const void *data;
  gsize n;

  qxl_fields_write (spc_link_header_fields, &header, writer);
  qxl_fields_write (spc_link_mess_fields, mess, writer);
  bytes = qxl_writer_steal (writer);
  data = g_bytes_get_data (bytes, &n);
  raw_line_say (self, data, n);
}

uint32_t
raw_line_answer (const RawLine *self)
{
  const gsize size = SPC_LINK_HEADER_SIZE + SPC_LINK_REPLY_SIZE;
  SpcLinkHeader header;
  SpcLinkReply reply;
  QxlReader reader;

  g_assert_cmpuint (self->got->len, >=, size);
  qxl_reader_init (&reader, self->got->data, self->got->len);
  qxl_fields_read (spc_link_header_fields, &header, &reader);
  qxl_fields_read (spc_link_reply_fields, &reply, &reader);
  return reply.error;
}

/* intruders */

Intruder *
intruder_new (Hardening *self, HardeningChannel channel)
{
  static uint32_t next_id = 1;
  Intruder *intruder = g_new0 (Intruder, 1);
  SpcServer *server = self->session.server;
  SpcConnectionSetup setup = {
      .channel = self->channels[channel],
      .common_caps = {{1u << SPICE_COMMON_CAP_MINI_HEADER}},
  };

  intruder->rig = self;
  intruder->client = spc_client_new (server, next_id++, "intruder");
  g_ptr_array_add (spc_server_clients (server),
                   spc_client_ref (intruder->client));
  setup.client = intruder->client;
  spc_transport_new_pair (self->session.net.loop, LINE_BYTES, &setup.transport,
                          &intruder->end);
  intruder->connection = spc_connection_open (
      SPC_CHANNEL_GET_CLASS (setup.channel)->connection_type, &setup);
  g_assert_nonnull (intruder->connection);
  g_object_ref (intruder->connection);
  return intruder;
}

void
intruder_free (Intruder *self)
{
  spc_transport_free (self->end);
  session_settle (&self->rig->session);
  spc_client_close (self->client, "gone");
  g_object_unref (self->connection);
  spc_client_unref (self->client);
  g_free (self);
}

void
intruder_send (Intruder *self, uint16_t type, uint32_t claimed,
               const void *body, uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize n;
  const void *data;

  qxl_writer_u16 (writer, type);
  qxl_writer_u32 (writer, claimed);
  qxl_writer_bytes (writer, body, size);
  bytes = qxl_writer_steal (writer);
  data = g_bytes_get_data (bytes, &n);
  /* less, when it has been thrown out meanwhile */
  g_assert_cmpint (net_write (self->end, data, n, NULL), <=, (gssize)n);
}

bool
intruder_is_out (Intruder *self)
{
  session_settle (&self->rig->session);
  return spc_connection_is_closed (self->connection);
}

const SpcMessageHandler *
hardening_handlers (Hardening *self, HardeningChannel channel,
                    guint *n_handlers)
{
  GType type = SPC_CHANNEL_GET_CLASS (self->channels[channel])->connection_type;
  SpcConnectionClass *klass = g_type_class_ref (type);

  *n_handlers = klass->n_handlers;
  return klass->handlers;
}
