/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the main channel: what a viewer's session begins with and is framed
 * by. */
#include "server-core/channel/client.h"
#include "server-core/wire/messages-main.h"
#include "tests/session.h"

#include <string.h>

/* more than a line or a socket takes, so that a stalled peer's pipe fills */
#define SMALL_LINE 1000u

/* a channel without any messages of its own */

#define TEST_TYPE_PLAIN (test_plain_get_type ())
G_DECLARE_FINAL_TYPE (TestPlain, test_plain, TEST, PLAIN, SpcChannel)

struct _TestPlain {
  SpcChannel parent;
};

G_DEFINE_FINAL_TYPE (TestPlain, test_plain, SPC_TYPE_CHANNEL)

#define TEST_TYPE_PLAIN_CONNECTION (test_plain_connection_get_type ())
G_DECLARE_FINAL_TYPE (TestPlainConnection, test_plain_connection, TEST,
                      PLAIN_CONNECTION, SpcConnection)

struct _TestPlainConnection {
  SpcConnection parent;
};

G_DEFINE_FINAL_TYPE (TestPlainConnection, test_plain_connection,
                     SPC_TYPE_CONNECTION)

static void
test_plain_connection_class_init (TestPlainConnectionClass *klass)
{
}

static void
test_plain_connection_init (TestPlainConnection *self)
{
}

static void
test_plain_class_init (TestPlainClass *klass)
{
  SPC_CHANNEL_CLASS (klass)->channel_type = SPICE_CHANNEL_DISPLAY;
  SPC_CHANNEL_CLASS (klass)->connection_type = TEST_TYPE_PLAIN_CONNECTION;
}

static void
test_plain_init (TestPlain *self)
{
}

static void
add_plain (Session *session, uint8_t id)
{
  TestPlain *plain = g_object_new (TEST_TYPE_PLAIN, NULL);

  spc_channel_construct (SPC_CHANNEL (plain), session->server, id);
  session_add (session, plain);
}

/* helpers */

static SpcClient *
newest_client (Session *session)
{
  GPtrArray *clients = spc_server_clients (session->server);

  return g_ptr_array_index (clients, clients->len - 1);
}

static void
assert_body (const WireMessage *message, const char *hex)
{
  g_autoptr (GString) got = g_string_new (NULL);
  const uint8_t *body;
  gsize size;

  g_assert_nonnull (message);
  body = g_bytes_get_data (message->body, &size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (got, "%02x", body[i]);
  g_assert_cmpstr (got->str, ==, hex);
}

static void
session_init_named (Session *session)
{
  SpcConfig config;

  spc_config_init (&config);
  config.allow_anonymous = true;
  config.n_workers = 1;
  config.name = g_strdup ("wire-test");
  config.has_uuid = true;
  for (uint8_t i = 0; i < 16; i++)
    config.uuid[i] = i;
  session_init (session, &config);
  spc_config_clear (&config);
}

static void
attach_channels (WireClient *main)
{
  wire_client_send (main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
}

static void
request_mouse_mode (WireClient *main, uint16_t mode)
{
  const SpcMouseModeRequest request = {.mode = mode};

  wire_client_send_fields (main, SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST,
                           spc_mouse_mode_request_fields, &request);
}

/* the greeting */

static void
test_init (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;
  SpcMainInit init;
  uint32_t late_ms;

  session_init (&session, NULL);
  add_plain (&session, 0);
  add_plain (&session, 1);
  main = session_join (&session);
  g_assert_true (wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) ==
                 g_ptr_array_index (main->messages, 0));
  wire_client_read (main, SPICE_MSG_MAIN_INIT, spc_main_init_fields, &init);
  g_assert_cmphex (init.session_id, ==, newest_client (&session)->id);
  g_assert_cmphex (init.session_id, !=, 0);
  g_assert_cmpuint (init.display_channels_hint, ==, 2);
  g_assert_cmpuint (init.supported_mouse_modes, ==, 3);
  g_assert_cmpuint (init.current_mouse_mode, ==, SPICE_MOUSE_MODE_SERVER);
  g_assert_cmpuint (init.agent_connected, ==, 0);
  g_assert_cmpuint (init.agent_tokens, ==, 10);
  g_assert_cmpuint (init.ram_hint, ==, 64u << 20);
  late_ms = spc_mm_time_now () - init.multi_media_time;
  g_assert_cmpuint (late_ms, >=, SPC_MM_TIME_DELTA_MS);
  g_assert_cmpuint (late_ms, <, SPC_MM_TIME_DELTA_MS + 20000);
  session_clear (&session);
}

static void
test_name_and_uuid (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init_named (&session);
  main = session_join (&session);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_UUID, 0) != NULL);
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_NAME, 0),
               "0a000000776972652d7465737400");
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_UUID, 0),
               "000102030405060708090a0b0c0d0e0f");
  spc_server_set_name (session.server, "ä");
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_NAME, 1) != NULL);
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_NAME, 1),
               "03000000c3a400");
  session_clear (&session);
}

static void
test_without_name_capability (void)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  g_autoptr (WireClient) main = NULL;
  g_autofree char *types = NULL;
  Session session;

  session_init_named (&session);
  main = session_link (&session, &setup);
  spc_server_set_name (session.server, "other");
  session_settle (&session);
  types = wire_client_types (main);
  g_assert_cmpstr (types, ==, "103");
  session_clear (&session);
}

static void
test_no_name_set (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autofree char *types = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  session_settle (&session);
  types = wire_client_types (main);
  g_assert_cmpstr (types, ==, "103");
  session_clear (&session);
}

/* two empty pings, then one or more, long enough to measure the rate by */
static void
test_network_test (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  NET_RUN_UNTIL (&session.net, wire_client_count (main, SPICE_MSG_PING) >= 3);
  NET_RUN_UNTIL (&session.net,
                 spc_client_round_trip_us (newest_client (&session)) > 0);
  session_settle (&session);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_PING), <=, 5);
  for (guint i = 0; i < wire_client_count (main, SPICE_MSG_PING); i++) {
    const WireMessage *ping = wire_client_find (main, SPICE_MSG_PING, i);
    g_assert_cmpuint (g_bytes_get_size (ping->body), ==,
                      i < 2 ? 12 : 12 + 256000);
  }
  session_clear (&session);
}

static void
test_network_test_unanswered (void)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .silent = true};
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_link (&session, &setup);
  session_settle (&session);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_PING), ==, 2);
  g_assert_cmpuint (newest_client (&session)->bitrate_bps, ==, 0);
  g_assert_false (main->closed);
  session_clear (&session);
}

/* channels */

static void
test_channels_list (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  add_plain (&session, 0);
  add_plain (&session, 5);
  main = session_join (&session);
  attach_channels (main);
  NET_RUN_UNTIL (&session.net,
                 wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST) == 1);
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0),
               "0200000002000205");
  add_plain (&session, 7);
  attach_channels (main);
  NET_RUN_UNTIL (&session.net,
                 wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST) == 3);
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 1),
               "010000000207");
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 2),
               "03000000020002050207");
  session_clear (&session);
}

/* who has not asked is not told */
static void
test_channel_added_early (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  add_plain (&session, 0);
  session_settle (&session);
  g_assert_null (wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0));
  attach_channels (main);
  NET_RUN_UNTIL (&session.net,
                 wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST) == 1);
  assert_body (wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0),
               "010000000200");
  session_clear (&session);
}

/* mouse mode */

static void
test_mouse_mode (void)
{
  g_autoptr (WireClient) a = NULL;
  g_autoptr (WireClient) b = NULL;
  Session session;

  session_init (&session, NULL);
  a = session_join (&session);
  b = session_join (&session);
  request_mouse_mode (a, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (b, SPICE_MSG_MAIN_MOUSE_MODE, 0) != NULL);
  session_settle (&session);
  assert_body (wire_client_find (a, SPICE_MSG_MAIN_MOUSE_MODE, 0), "03000200");
  assert_body (wire_client_find (b, SPICE_MSG_MAIN_MOUSE_MODE, 0), "03000200");
  g_assert_true (spc_server_is_client_mouse (session.server));
  request_mouse_mode (b, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (b, SPICE_MSG_MAIN_MOUSE_MODE, 1) != NULL);
  request_mouse_mode (b, SPICE_MOUSE_MODE_SERVER);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (b, SPICE_MSG_MAIN_MOUSE_MODE, 2) != NULL);
  assert_body (wire_client_find (b, SPICE_MSG_MAIN_MOUSE_MODE, 2), "03000100");
  g_assert_cmpstr (session.events->str, ==,
                   "added; added; mouse client; mouse server; ");
  session_clear (&session);
}

/* both ask again whenever they are told of the other's mode, as spice-gtk does:
 * server mode is what both can do, and the second refusal is silent */
static void
test_mouse_mode_quarrel (void)
{
  g_autoptr (WireClient) a = NULL;
  WireClient *b;
  Session session;

  session_init (&session, NULL);
  a = session_join (&session);
  b = session_join (&session);
  request_mouse_mode (a, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  for (guint i = 0; i < 5; i++) {
    request_mouse_mode (b, SPICE_MOUSE_MODE_SERVER);
    session_settle (&session);
    request_mouse_mode (a, SPICE_MOUSE_MODE_CLIENT);
    session_settle (&session);
    g_assert_false (spc_server_is_client_mouse (session.server));
  }
  g_assert_cmpuint (wire_client_count (a, SPICE_MSG_MAIN_MOUSE_MODE), ==, 2);
  wire_client_free (b);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  session_settle (&session);
  g_assert_cmpuint (wire_client_count (a, SPICE_MSG_MAIN_MOUSE_MODE), ==, 3);
  session_clear (&session);
}

static void
test_wrong_mouse_mode (void)
{
  static const uint16_t modes[] = {0, 3, 4, 0xffff};
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    request_mouse_mode (main, modes[i]);
  request_mouse_mode (main, SPICE_MOUSE_MODE_SERVER);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_MOUSE_MODE, 0) != NULL);
  session_settle (&session);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MOUSE_MODE), ==, 1);
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  session_clear (&session);
}

/* a spectator does not change it for others, but is answered */
static void
test_view_only_mouse_mode (void)
{
  g_autoptr (WireClient) master = NULL;
  g_autoptr (WireClient) guest = NULL;
  Session session;

  session_init (&session, NULL);
  master = session_join (&session);
  session.makes_view_only = true;
  guest = session_join (&session);
  request_mouse_mode (guest, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (guest, SPICE_MSG_MAIN_MOUSE_MODE, 0) !=
                     NULL);
  assert_body (wire_client_find (guest, SPICE_MSG_MAIN_MOUSE_MODE, 0),
               "03000100");
  g_assert_cmpstr (session.events->str, ==, "added; added view-only; ");
  session_clear (&session);
}

/* it follows who is in control, without a further request */
static void
test_control_settles_the_mouse_mode (void)
{
  g_autoptr (WireClient) first = NULL;
  g_autoptr (WireClient) last = NULL;
  Session session;

  session_init (&session, NULL);
  first = session_join (&session);
  request_mouse_mode (first, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  last = session_join (&session);
  request_mouse_mode (last, SPICE_MOUSE_MODE_SERVER);
  NET_RUN_UNTIL (&session.net, !spc_server_is_client_mouse (session.server));
  spc_server_set_control (session.server, SPC_CONTROL_FIRST);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  spc_server_set_control (session.server, SPC_CONTROL_LAST);
  NET_RUN_UNTIL (&session.net, !spc_server_is_client_mouse (session.server));
  spc_server_set_client_role (session.server, session.last_client_id,
                              SPC_ROLE_VIEW_ONLY);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  session_clear (&session);
}

static void
test_mouse_mode_ends_with_viewers (void)
{
  Session session;
  SpcMainInit init;
  WireClient *main;

  session_init (&session, NULL);
  main = session_join (&session);
  request_mouse_mode (main, SPICE_MOUSE_MODE_CLIENT);
  NET_RUN_UNTIL (&session.net, spc_server_is_client_mouse (session.server));
  wire_client_free (main);
  NET_RUN_UNTIL (&session.net, spc_server_n_clients (session.server) == 0);
  main = session_join (&session);
  wire_client_read (main, SPICE_MSG_MAIN_INIT, spc_main_init_fields, &init);
  g_assert_cmpuint (init.current_mouse_mode, ==, SPICE_MOUSE_MODE_SERVER);
  wire_client_free (main);
  session_clear (&session);
}

/* one viewer's wishes do not pile up in front of another that does not read */
static void
test_stalled_viewer (void)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  g_autoptr (WireClient) slow = NULL;
  g_autoptr (WireClient) eager = NULL;
  Session session;
  SpcPipe *pipe;
  guint n = 0;

  session_init (&session, NULL);
  slow = session_link_over (&session, &setup, SMALL_LINE);
  session_settle (&session);
  wire_client_stop_reading (slow);
  pipe = spc_connection_pipe (
      g_ptr_array_index (newest_client (&session)->connections, 0));
  eager = session_join (&session);
  for (guint i = 0; i < 20000; i++) {
    request_mouse_mode (eager, (uint16_t)(1 + i % 2));
    if (i % 10 == 0)
      spc_server_set_name (session.server, i % 20 == 0 ? "a" : "b");
    if (i % 200 == 0)
      session_settle (&session);
    n = MAX (n, spc_pipe_length (pipe));
  }
  g_assert_cmpuint (n, <, 16);
  session_settle (&session);
  wire_client_read_again (slow);
  session_settle (&session);
  g_assert_false (slow->closed);
  g_assert_cmpuint (spc_pipe_length (pipe), ==, 0);
  session_clear (&session);
}

/* what is wrong */

static void
test_agent_data_without_agent (void)
{
  static const uint8_t data[20] = {1};
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  for (guint i = 0; i < 2 * SPC_AGENT_TOKENS; i++) {
    wire_client_send (main, SPICE_MSGC_MAIN_AGENT_DATA, data, sizeof data);
    session_settle (&session);
  }
  attach_channels (main);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0) !=
                     NULL);
  g_assert_null (wire_client_find (main, SPICE_MSG_MAIN_AGENT_DATA, 0));
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_AGENT_TOKEN), ==,
                    2 * SPC_AGENT_TOKENS / SPC_AGENT_TOKEN_GROUP);
  session_clear (&session);
}

static const struct {
  const char *what;
  uint16_t type;
  uint32_t claimed, size; /* bytes in the header, and sent */
} bad_messages[] = {
    {"agent data of 4 GiB", SPICE_MSGC_MAIN_AGENT_DATA, G_MAXUINT32, 0},
    {"agent data of 2 GiB", SPICE_MSGC_MAIN_AGENT_DATA, 0x80000000u, 0},
    {"agent data too long", SPICE_MSGC_MAIN_AGENT_DATA, 2049, 0},
    {"attach with a body", SPICE_MSGC_MAIN_ATTACH_CHANNELS, 1, 0},
    {"a short mouse mode", SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, 1, 1},
    {"a long mouse mode", SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST, 3, 3},
    {"a short agent start", SPICE_MSGC_MAIN_AGENT_START, 3, 3},
    {"a long pong", SPICE_MSGC_PONG, 13, 0},
    {"a flush mark", SPICE_MSGC_MIGRATE_FLUSH_MARK, 0, 0},
    {"migration data", SPICE_MSGC_MIGRATE_DATA, 100, 100},
    {"migration data of 16 MiB", SPICE_MSGC_MIGRATE_DATA, 16u << 20, 0},
    {"an unknown message", 113, 0, 0},
    {"an unknown base message", 99, 0, 0},
};

static void
test_bad_messages (void)
{
  static const uint8_t zeros[100];
  g_autoptr (WireClient) witness = NULL;
  Session session;

  session_init (&session, NULL);
  witness = session_join (&session);
  for (guint i = 0; i < G_N_ELEMENTS (bad_messages); i++) {
    g_autoptr (WireClient) main = session_join (&session);

    g_test_message ("%s", bad_messages[i].what);
    wire_client_send_header (main, bad_messages[i].type,
                             bad_messages[i].claimed);
    wire_client_send_raw (main, zeros, bad_messages[i].size);
    NET_RUN_UNTIL (&session.net, main->closed);
    g_assert_cmpuint (spc_server_n_clients (session.server), ==, 1);
  }
  session_settle (&session);
  g_assert_false (witness->closed);
  session_clear (&session);
}

static void
test_harmless_messages (void)
{
  static const uint8_t zeros[256];
  static const struct {
    uint16_t type;
    uint32_t size;
  } rows[] = {
      {SPICE_MSGC_MAIN_CLIENT_INFO, 8},
      {SPICE_MSGC_MAIN_MIGRATE_CONNECTED, 0},
      {SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR, 0},
      {SPICE_MSGC_MAIN_AGENT_START, 4},
      {SPICE_MSGC_MAIN_AGENT_TOKEN, 4},
      {SPICE_MSGC_MAIN_MIGRATE_END, 0},
      {SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS, 4},
      {SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, 0},
      {SPICE_MSGC_MAIN_QUALITY_INDICATOR, 256},
      {SPICE_MSGC_ACK, 0},
      {SPICE_MSGC_ACK_SYNC, 4},
      {SPICE_MSGC_PONG, 12},
      {SPICE_MSGC_DISCONNECTING, 12},
  };
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wire_client_send (main, rows[i].type, zeros, rows[i].size);
  attach_channels (main);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0) !=
                     NULL);
  g_assert_false (main->closed);
  session_clear (&session);
}

/* the end */

static void
test_main_ends_all (void)
{
  g_autoptr (WireClient) a = NULL;
  g_autoptr (WireClient) b = NULL;
  Session session;
  WireClient *main;

  session_init (&session, NULL);
  add_plain (&session, 0);
  add_plain (&session, 1);
  main = session_join (&session);
  a = session_open (&session, main, SPICE_CHANNEL_DISPLAY, 0);
  b = session_open (&session, main, SPICE_CHANNEL_DISPLAY, 1);
  wire_client_free (main);
  NET_RUN_UNTIL (&session.net, a->closed && b->closed);
  g_assert_cmpuint (spc_server_n_clients (session.server), ==, 0);
  g_assert_true (g_str_has_suffix (session.events->str, "0 left; "));
  session_clear (&session);
}

static void
test_goodbye (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) other = NULL;
  const WireMessage *notify;
  const uint8_t *body;
  Session session;

  session_init (&session, NULL);
  add_plain (&session, 0);
  main = session_join (&session);
  other = session_open (&session, main, SPICE_CHANNEL_DISPLAY, 0);
  NET_RUN_UNTIL (&session.net, wire_client_count (main, SPICE_MSG_PING) == 3);
  spc_server_disconnect_client (session.server, session_id_of (main));
  NET_RUN_UNTIL (&session.net, main->closed && other->closed);
  notify = wire_client_find (main, SPICE_MSG_NOTIFY, 0);
  g_assert_nonnull (notify);
  body = g_bytes_get_data (notify->body, NULL);
  g_assert_cmpmem (body + 8, 16, "\0\0\0\0\2\0\0\0\0\0\0\0\x1a\0\0\0", 16);
  g_assert_cmpstr ((const char *)body + 24, ==, "disconnected by the server");
  g_assert_cmpuint (g_bytes_get_size (notify->body), ==, 24 + 26 + 1);
  g_assert_nonnull (wire_client_find (main, SPICE_MSG_DISCONNECTING, 0));
  session_clear (&session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/main/" path, func)
  TEST ("init-comes-first", test_init);
  TEST ("name-and-uuid-are-told", test_name_and_uuid);
  TEST ("name-and-uuid-only-where-announced", test_without_name_capability);
  TEST ("no-name-is-not-told", test_no_name_set);
  TEST ("the-line-is-measured-once", test_network_test);
  TEST ("an-unanswered-measurement-is-left", test_network_test_unanswered);
  TEST ("channels-are-listed-and-added", test_channels_list);
  TEST ("additions-only-to-who-has-asked", test_channel_added_early);
  TEST ("mouse-mode-is-settled-for-all", test_mouse_mode);
  TEST ("a-quarrel-about-the-mouse-mode-ends", test_mouse_mode_quarrel);
  TEST ("unknown-mouse-modes-are-ignored", test_wrong_mouse_mode);
  TEST ("spectators-do-not-settle-the-mouse-mode", test_view_only_mouse_mode);
  TEST ("control-settles-the-mouse-mode", test_control_settles_the_mouse_mode);
  TEST ("mouse-mode-ends-with-the-last-viewer",
        test_mouse_mode_ends_with_viewers);
  TEST ("a-stalled-viewer-collects-nothing", test_stalled_viewer);
  TEST ("agent-data-without-agent-is-swallowed", test_agent_data_without_agent);
  TEST ("bad-messages-end-it", test_bad_messages);
  TEST ("harmless-messages-have-no-effect", test_harmless_messages);
  TEST ("its-end-ends-all-channels", test_main_ends_all);
  TEST ("a-goodbye-tells-why", test_goodbye);
  return g_test_run ();
}
