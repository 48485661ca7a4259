/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon that speaks chunks, and viewers that do not know of them. */
#include "agent-port.h"

#include "qxl/bytes.h"
#include "server-core/base/limits.h"
#include "server-core/wire/messages-main.h"
#include "tests/session.h"

#include <gio/gunixsocketaddress.h>
#include <spice/vd_agent.h>
#include <string.h>
#include <unistd.h>

#define ALL_CAPS 0xffffu

typedef struct {
  Session session;
  SpcAgentPort *port;
  SpcDesk *desk;
  char *path;
} Fixture;

/* one at the socket */
typedef struct {
  Fixture *fixture;
  SpcTransport *transport;
  GByteArray *in;
  bool is_closed; /* by the server */
} Daemon;

static const SpcDeskHost desk_host;

static void
fixture_init (Fixture *self)
{
  static int number;
  g_autoptr (GError) error = NULL;

  *self = (Fixture){0};
  self->path =
      g_strdup_printf ("@gst-spice-agent-%d-%d", (int)getpid (), number++);
  session_init (&self->session, NULL);
  self->port = spc_agent_port_new (self->session.server);
  self->desk = spc_desk_new (self->session.server, &desk_host, NULL);
  spc_agent_port_set_desk (self->port, self->desk);
  spc_agent_port_listen (self->port, self->path, &error);
  g_assert_no_error (error);
}

static void
fixture_clear (Fixture *self)
{
  spc_agent_port_stop (self->port);
  session_clear (&self->session);
  g_free (self->path);
}

/* daemons */

static void
on_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  Daemon *self = user_data;
  uint8_t buffer[4096];
  gssize n = spc_transport_read (transport, buffer, sizeof buffer, NULL);

  if (n > 0)
    g_byte_array_append (self->in, buffer, (guint)n);
  self->is_closed = n == 0;
  if (n == 0)
    spc_transport_want (transport, 0);
}

static void
daemon_init (Daemon *self, Fixture *fixture)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (
      fixture->path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  *self = (Daemon){.fixture = fixture, .in = g_byte_array_new ()};
  self->transport =
      spc_transport_new_socket (fixture->session.net.loop, socket);
  spc_transport_set_func (self->transport, on_ready, self);
  spc_transport_want (self->transport, G_IO_IN);
}

static void
daemon_clear (Daemon *self)
{
  spc_transport_free (self->transport);
  g_byte_array_unref (self->in);
}

static void
daemon_say (Daemon *self, uint32_t port, const void *data, uint32_t size)
{
  const uint32_t header[] = {GUINT32_TO_LE (port), GUINT32_TO_LE (size)};

  net_write (self->transport, header, sizeof header, NULL);
  g_assert_cmpint (net_write (self->transport, data, size, NULL), ==, size);
}

static GBytes *
message (uint32_t type, const void *body, uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_u32 (writer, VD_AGENT_PROTOCOL);
  qxl_writer_u32 (writer, type);
  qxl_writer_u64 (writer, 0);
  qxl_writer_u32 (writer, size);
  qxl_writer_bytes (writer, body, size);
  return qxl_writer_steal (writer);
}

static void
daemon_send (Daemon *self, uint32_t type, const void *body, uint32_t size)
{
  g_autoptr (GBytes) made = message (type, body, size);

  daemon_say (self, VDP_CLIENT_PORT, g_bytes_get_data (made, NULL),
              (uint32_t)g_bytes_get_size (made));
}

/* "1/6:28 2/13:20": port, type and size of the chunks so far; then forgotten.
 * A chunk in the middle of a message has the type of its beginning. */
static char *
daemon_heard (Daemon *self)
{
  GString *text = g_string_new (NULL);
  QxlReader reader;
  uint32_t left = 0, type = 0;

  qxl_reader_init (&reader, self->in->data, self->in->len);
  while (qxl_reader_left (&reader) > 0) {
    uint32_t port = qxl_reader_u32 (&reader);
    uint32_t size = qxl_reader_u32 (&reader);
    QxlReader chunk;
    qxl_reader_init (&chunk, qxl_reader_bytes (&reader, size), size);
    if (left == 0) {
      g_assert_cmpuint (qxl_reader_u32 (&chunk), ==, VD_AGENT_PROTOCOL);
      type = qxl_reader_u32 (&chunk);
      qxl_reader_u64 (&chunk);
      left = qxl_reader_u32 (&chunk) + SPC_AGENT_HEADER_SIZE;
    }
    left -= size;
    if (port == VDP_SERVER_PORT)
      left = 0;
    g_string_append_printf (text, "%s%u/%u:%u", text->len ? " " : "", port,
                            type, size);
  }
  g_byte_array_set_size (self->in, 0);
  return g_string_free (text, FALSE);
}

/* all is said between everybody: lines go through the kernel, so it is waited
 * for rather than tried */
#define daemon_expect(daemon, bytes, expected)                                 \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *heard_ = NULL;                                            \
    NET_RUN_UNTIL (&(daemon)->fixture->session.net,                            \
                   (daemon)->in->len >= (bytes));                              \
    heard_ = daemon_heard (daemon);                                            \
    g_assert_cmpstr (heard_, ==, expected);                                    \
  }                                                                            \
  G_STMT_END

/* viewers */

/* @counts: it is told how many tokens it has when a daemon comes */
static WireClient *
join_as (Fixture *self, bool counts)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  WireClient *viewer;

  if (counts)
    spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  viewer = session_link (&self->session, &setup);
  NET_RUN_UNTIL (&self->session.net,
                 wire_client_find (viewer, SPICE_MSG_MAIN_INIT, 0));
  return viewer;
}

static WireClient *
join (Fixture *self)
{
  return join_as (self, true);
}

static void
start (Fixture *self, WireClient *viewer, uint32_t tokens)
{
  const uint32_t body = GUINT32_TO_LE (tokens);

  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_START, &body, sizeof body);
  session_settle (&self->session);
}

static void
say (WireClient *viewer, uint32_t type, const void *body, uint32_t size)
{
  g_autoptr (GBytes) made = message (type, body, size);

  wire_client_send (viewer, SPICE_MSGC_MAIN_AGENT_DATA,
                    g_bytes_get_data (made, NULL),
                    (uint32_t)g_bytes_get_size (made));
}

static void
announce (WireClient *viewer)
{
  const uint32_t body[] = {GUINT32_TO_LE (1), GUINT32_TO_LE (ALL_CAPS)};

  say (viewer, VD_AGENT_ANNOUNCE_CAPABILITIES, body, sizeof body);
}

static void
await (Fixture *self, WireClient *viewer, uint16_t type, guint count)
{
  NET_RUN_UNTIL (&self->session.net, wire_client_count (viewer, type) >= count);
}

/* a daemon and a viewer that has it */
typedef struct {
  Fixture fixture;
  Daemon daemon;
  WireClient *viewer;
} Talk;

static void
talk_init (Talk *self, uint32_t tokens)
{
  fixture_init (&self->fixture);
  daemon_init (&self->daemon, &self->fixture);
  self->viewer = join (&self->fixture);
  if (wire_client_count (self->viewer, SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS) ==
      0) {
    SpcMainInit init;
    wire_client_read (self->viewer, SPICE_MSG_MAIN_INIT, spc_main_init_fields,
                      &init);
    if (!init.agent_connected)
      await (&self->fixture, self->viewer,
             SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS, 1);
  }
  start (&self->fixture, self->viewer, tokens);
}

static void
talk_clear (Talk *self)
{
  wire_client_free (self->viewer);
  daemon_clear (&self->daemon);
  fixture_clear (&self->fixture);
}

/* tests */

static void
test_comes_and_goes (void)
{
  Fixture fixture;
  Daemon daemon;
  SpcMainInit init;
  WireClient *viewer;

  fixture_init (&fixture);
  viewer = join (&fixture);
  wire_client_read (viewer, SPICE_MSG_MAIN_INIT, spc_main_init_fields, &init);
  g_assert_cmpuint (init.agent_connected, ==, 0);
  for (guint i = 1; i <= 2; i++) {
    daemon_init (&daemon, &fixture);
    await (&fixture, viewer, SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS, i);
    daemon_clear (&daemon);
    await (&fixture, viewer, SPICE_MSG_MAIN_AGENT_DISCONNECTED, i);
  }
  g_assert_false (viewer->closed);
  wire_client_free (viewer);
  fixture_clear (&fixture);
}

static void
test_one_daemon (void)
{
  Fixture fixture;
  Daemon first, second;

  fixture_init (&fixture);
  daemon_init (&first, &fixture);
  daemon_init (&second, &fixture);
  NET_RUN_UNTIL (&fixture.session.net, second.is_closed);
  g_assert_false (first.is_closed);
  daemon_clear (&second);
  daemon_clear (&first);
  fixture_clear (&fixture);
}

static void
test_to_daemon (void)
{
  uint8_t body[2 * SPC_MAX_AGENT_CHUNK] = {1, 2, 3};
  g_autoptr (GBytes) large = message (VD_AGENT_CLIPBOARD, body, sizeof body);
  const uint8_t *data = g_bytes_get_data (large, NULL);
  gsize size = g_bytes_get_size (large);
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  announce (talk.viewer);
  for (gsize at = 0; at < size; at += SPC_MAX_AGENT_CHUNK)
    wire_client_send (talk.viewer, SPICE_MSGC_MAIN_AGENT_DATA, data + at,
                      (uint32_t)MIN (size - at, SPC_MAX_AGENT_CHUNK));
  daemon_expect (&talk.daemon, 28 + size + 4 * 8,
                 "1/6:28 1/4:2048 1/4:2048 1/4:20");
  /* what it has taken costs nothing: five at a time come back */
  announce (talk.viewer);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_TOKEN, 1);
  talk_clear (&talk);
}

static void
test_to_viewer (void)
{
  uint8_t body[5000] = {1, 2, 3};
  const WireMessage *piece;
  Talk talk;

  talk_init (&talk, 3);
  /* a daemon may put a message into one chunk, or two into one */
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD, body, sizeof body);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 3);
  piece = wire_client_find (talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 0);
  g_assert_cmpuint (g_bytes_get_size (piece->body), ==, SPC_MAX_AGENT_CHUNK);
  piece = wire_client_find (talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 2);
  g_assert_cmpuint (g_bytes_get_size (piece->body), ==,
                    5020 - 2 * SPC_MAX_AGENT_CHUNK);
  /* no token, no piece */
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD_RELEASE, body, 0);
  session_settle (&talk.fixture.session);
  g_assert_cmpuint (wire_client_count (talk.viewer, SPICE_MSG_MAIN_AGENT_DATA),
                    ==, 3);
  wire_client_send (talk.viewer, SPICE_MSGC_MAIN_AGENT_TOKEN, "\1\0\0\0", 4);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 4);
  talk_clear (&talk);
}

/* A viewer that gives no tokens stops the daemon, not the server's memory; and
 * the daemon goes on when there are tokens. */
static void
test_back_pressure (void)
{
  static uint8_t body[64 * 1024];
  guint n = (sizeof body + 20 + SPC_MAX_AGENT_CHUNK - 1) / SPC_MAX_AGENT_CHUNK;
  Talk talk;

  talk_init (&talk, 1);
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD, body, sizeof body);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 1);
  session_settle (&talk.fixture.session);
  g_assert_cmpuint (wire_client_count (talk.viewer, SPICE_MSG_MAIN_AGENT_DATA),
                    ==, 1);
  wire_client_send (talk.viewer, SPICE_MSGC_MAIN_AGENT_TOKEN, "\377\0\0\0", 4);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, n);
  talk_clear (&talk);
}

static void
test_policy (void)
{
  const SpcAgentPortPolicy closed = {false, false};
  const uint32_t announcement[] = {0, GUINT32_TO_LE (ALL_CAPS & ~(1u << 13))};
  const uint8_t body[8] = {0};
  QxlReader reader;
  const WireMessage *piece;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  spc_agent_port_set_policy (talk.fixture.port, &closed);
  session_settle (&talk.fixture.session);
  say (talk.viewer, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  say (talk.viewer, VD_AGENT_FILE_XFER_START, body, sizeof body);
  announce (talk.viewer);
  daemon_expect (&talk.daemon, 36, "1/6:28");
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  daemon_send (&talk.daemon, VD_AGENT_ANNOUNCE_CAPABILITIES, announcement,
               sizeof announcement);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 1);
  piece = wire_client_find (talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 0);
  qxl_reader_init (&reader, g_bytes_get_data (piece->body, NULL),
                   g_bytes_get_size (piece->body));
  qxl_reader_bytes (&reader, 24);
  g_assert_cmphex (qxl_reader_u32 (&reader), ==,
                   ALL_CAPS & ~(1u << 3 | 1u << 5 | 1u << 6));
  /* opened again: the daemon is asked to say it anew */
  spc_agent_port_set_policy (talk.fixture.port,
                             &(SpcAgentPortPolicy){true, true});
  daemon_expect (&talk.daemon, 36, "1/6:28");
  talk_clear (&talk);
}

static void
test_one_viewer (void)
{
  const uint8_t body[8] = {0};
  WireClient *second;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  second = join (&talk.fixture);
  start (&talk.fixture, second, G_MAXUINT32);
  announce (second);
  say (second, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  announce (talk.viewer);
  daemon_expect (&talk.daemon, 36, "1/6:28");
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 1);
  g_assert_cmpuint (wire_client_count (second, SPICE_MSG_MAIN_AGENT_DATA), ==,
                    0);
  /* the one leaves: the daemon is told, and the other is introduced */
  wire_client_free (talk.viewer);
  daemon_expect (&talk.daemon, 28 + 36, "2/13:20 1/6:28");
  say (second, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  daemon_expect (&talk.daemon, 36, "1/7:28");
  daemon_send (&talk.daemon, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  await (&talk.fixture, second, SPICE_MSG_MAIN_AGENT_DATA, 1);
  talk.viewer = second;
  talk_clear (&talk);
}

static void
test_view_only (void)
{
  WireClient *second;
  uint8_t body[8] = {0};
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  second = join (&talk.fixture);
  start (&talk.fixture, second, G_MAXUINT32);
  spc_server_set_client_role (talk.fixture.session.server,
                              session_id_of (talk.viewer), SPC_ROLE_VIEW_ONLY);
  session_settle (&talk.fixture.session);
  say (talk.viewer, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  daemon_expect (&talk.daemon, 28, "2/13:20");
  say (second, VD_AGENT_CLIPBOARD_GRAB, body, sizeof body);
  daemon_expect (&talk.daemon, 36, "1/7:28");
  wire_client_free (second);
  talk_clear (&talk);
}

/* it need not say a word: the other one has the daemon at once */
static void
test_handed_over (void)
{
  WireClient *second;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  announce (talk.viewer);
  daemon_expect (&talk.daemon, 36, "1/6:28");
  second = join (&talk.fixture);
  start (&talk.fixture, second, G_MAXUINT32);
  announce (second);
  session_settle (&talk.fixture.session);
  spc_server_set_client_role (talk.fixture.session.server,
                              session_id_of (talk.viewer), SPC_ROLE_VIEW_ONLY);
  daemon_expect (&talk.daemon, 28 + 36, "2/13:20 1/6:28");
  wire_client_free (second);
  talk_clear (&talk);
}

/* devices: who wants to know is told once, and when one changes */
static void
test_devices (void)
{
  const uint32_t announcement[] = {
      0, GUINT32_TO_LE (1u << VD_AGENT_CAP_GRAPHICS_DEVICE_INFO)};
  const uint32_t other[] = {0, GUINT32_TO_LE (1u << VD_AGENT_CAP_REPLY)};
  g_autofree char *address = g_strnfill (200, 'x');
  /* each has 16 bytes and its address; the rest goes into another chunk */
  const guint whole = 20 + 4 + 10 * (16 + 201), rest = whole - 2048;
  SpcDesk *desk;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  desk = talk.fixture.desk;
  for (uint8_t i = 0; i < 10; i++)
    spc_desk_set_device (desk, i, address, i);
  session_settle (&talk.fixture.session);
  daemon_send (&talk.daemon, VD_AGENT_ANNOUNCE_CAPABILITIES, other,
               sizeof other);
  for (guint i = 0; i < 2; i++)
    daemon_send (&talk.daemon, VD_AGENT_ANNOUNCE_CAPABILITIES, announcement,
                 sizeof announcement);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 3);
  NET_RUN_UNTIL (&talk.fixture.session.net,
                 talk.daemon.in->len >= 8 + 2048 + 8 + rest);
  g_assert_cmpuint (talk.daemon.in->len, ==, 8 + 2048 + 8 + rest);
  g_assert_cmpmem (talk.daemon.in->data + talk.daemon.in->len - rest, rest,
                   address + 201 - rest, rest);
  g_byte_array_set_size (talk.daemon.in, 0);
  spc_desk_set_device (desk, 0, NULL, 0);
  daemon_expect (&talk.daemon, 8 + whole - 217, "2/16:1977");
  daemon_send (&talk.daemon, VD_AGENT_ANNOUNCE_CAPABILITIES, other,
               sizeof other);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 4);
  spc_desk_set_device (desk, 1, NULL, 0);
  announce (talk.viewer);
  daemon_expect (&talk.daemon, 36, "1/6:28");
  talk_clear (&talk);
}

static void
test_cut_off (void)
{
  static const uint8_t body[4096];
  g_autoptr (GBytes) large = message (VD_AGENT_CLIPBOARD, body, sizeof body);
  WireClient *second;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  second = join (&talk.fixture);
  start (&talk.fixture, second, G_MAXUINT32);
  wire_client_send (talk.viewer, SPICE_MSGC_MAIN_AGENT_DATA,
                    g_bytes_get_data (large, NULL), SPC_MAX_AGENT_CHUNK);
  daemon_expect (&talk.daemon, 2056, "1/4:2048");
  wire_client_free (talk.viewer);
  NET_RUN_UNTIL (&talk.fixture.session.net, talk.daemon.in->len >= 28);
  /* told on the server's port, which has messages of its own */
  g_assert_cmpuint (talk.daemon.in->data[0], ==, VDP_SERVER_PORT);
  g_assert_cmpuint (talk.daemon.in->data[12], ==, VD_AGENT_CLIENT_DISCONNECTED);
  talk.viewer = second;
  talk_clear (&talk);
}

/* a daemon that breaks the rules is closed; viewers stay and take another */
static void
test_broken_daemon (gconstpointer data)
{
  static const struct {
    uint32_t port, size;
    uint8_t bytes[28];
  } broken[] = {
      {3, 20, {1}},                       /* no such port */
      {1, 20, {2}},                       /* another protocol */
      {1, 4, {1}},                        /* half a header */
      {1, 24, {1, 0, 0, 0, 6, [16] = 4}}, /* no words */
  };
  guint i = GPOINTER_TO_UINT (data);
  Daemon next;
  Talk talk;

  talk_init (&talk, G_MAXUINT32);
  daemon_say (&talk.daemon, broken[i].port, broken[i].bytes, broken[i].size);
  NET_RUN_UNTIL (&talk.fixture.session.net, talk.daemon.is_closed);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DISCONNECTED, 1);
  wire_client_forget (talk.viewer);
  daemon_init (&next, &talk.fixture);
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS, 1);
  g_assert_false (talk.viewer->closed);
  daemon_clear (&next);
  talk_clear (&talk);
}

/* chunks cut anywhere, and what is said on the server's port */
static void
test_bytes_one_by_one (void)
{
  g_autoptr (GBytes) one = message (VD_AGENT_CLIPBOARD_RELEASE, "", 0);
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) all = NULL;
  Talk talk;

  qxl_writer_u32 (writer, VDP_SERVER_PORT);
  qxl_writer_u32 (writer, 3);
  qxl_writer_bytes (writer, "abc", 3);
  qxl_writer_u32 (writer, VDP_CLIENT_PORT);
  qxl_writer_u32 (writer, 40); /* two messages in a chunk */
  qxl_writer_bytes (writer, g_bytes_get_data (one, NULL), 20);
  qxl_writer_bytes (writer, g_bytes_get_data (one, NULL), 20);
  all = qxl_writer_steal (writer);
  talk_init (&talk, G_MAXUINT32);
  for (gsize i = 0; i < g_bytes_get_size (all); i++) {
    net_write (talk.daemon.transport,
               (const uint8_t *)g_bytes_get_data (all, NULL) + i, 1, NULL);
    session_settle (&talk.fixture.session);
  }
  await (&talk.fixture, talk.viewer, SPICE_MSG_MAIN_AGENT_DATA, 2);
  talk_clear (&talk);
}

/* A daemon that takes nothing goes, with all of the viewer's tokens in chunks
 * that were not sent: a viewer that is not told a new number has these again.
 */
static void
test_tokens_outlive_it (void)
{
  static const uint8_t body[SPC_MAX_AGENT_CHUNK - SPC_AGENT_HEADER_SIZE];
  Fixture fixture;
  Daemon daemon;
  WireClient *viewer;
  guint n_sent = 0, n_back;

  fixture_init (&fixture);
  viewer = join_as (&fixture, false);
  daemon_init (&daemon, &fixture);
  await (&fixture, viewer, SPICE_MSG_MAIN_AGENT_CONNECTED, 1);
  start (&fixture, viewer, G_MAXUINT32);
  spc_transport_want (daemon.transport, 0);
  /* until the kernel takes no more, and no token comes back */
  do {
    n_back = wire_client_count (viewer, SPICE_MSG_MAIN_AGENT_TOKEN);
    for (; n_sent < SPC_AGENT_TOKENS + n_back * SPC_AGENT_TOKEN_GROUP; n_sent++)
      say (viewer, VD_AGENT_CLIPBOARD, body, sizeof body);
    session_settle (&fixture.session);
  } while (wire_client_count (viewer, SPICE_MSG_MAIN_AGENT_TOKEN) > n_back);
  daemon_clear (&daemon);
  await (&fixture, viewer, SPICE_MSG_MAIN_AGENT_DISCONNECTED, 1);
  await (&fixture, viewer, SPICE_MSG_MAIN_AGENT_TOKEN,
         n_sent / SPC_AGENT_TOKEN_GROUP);
  g_assert_false (viewer->closed);
  wire_client_free (viewer);
  fixture_clear (&fixture);
}

static void
test_taken_address (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  g_assert_false (spc_agent_port_listen (fixture.port, "", &error));
  g_assert_nonnull (error);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent-port/viewers-see-it-come-and-go",
                   test_comes_and_goes);
  g_test_add_func ("/agent-port/one-daemon-at-a-time", test_one_daemon);
  g_test_add_func ("/agent-port/viewers-data-becomes-chunks", test_to_daemon);
  g_test_add_func ("/agent-port/chunks-become-pieces-for-tokens",
                   test_to_viewer);
  g_test_add_func ("/agent-port/a-viewer-without-tokens-stops-it",
                   test_back_pressure);
  g_test_add_func ("/agent-port/what-is-forbidden-stays-out", test_policy);
  g_test_add_func ("/agent-port/one-viewer-has-it", test_one_viewer);
  g_test_add_func ("/agent-port/not-who-is-view-only", test_view_only);
  g_test_add_func ("/agent-port/who-may-has-it-at-once", test_handed_over);
  g_test_add_func ("/agent-port/devices-are-told", test_devices);
  g_test_add_func ("/agent-port/half-a-message-is-taken-back", test_cut_off);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name =
        g_strdup_printf ("/agent-port/a-broken-daemon-is-closed/%u", i);
    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_broken_daemon);
  }
  g_test_add_func ("/agent-port/bytes-come-as-they-like",
                   test_bytes_one_by_one);
  g_test_add_func ("/agent-port/what-it-has-not-taken-costs-no-tokens",
                   test_tokens_outlive_it);
  g_test_add_func ("/agent-port/a-bad-path-is-an-error", test_taken_address);
  return g_test_run ();
}
