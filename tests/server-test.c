/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of who may come in and what a viewer may do: admission, passwords,
 * roles, channels that go, statistics. Viewers are in memory. */
#include "server-core/channel/server-private.h"
#include "server-core/inputs/inputs.h"
#include "server-core/wire/messages-main.h"
#include "server-core/wire/messages-small.h"
#include "session.h"

#include <string.h>

static void
config_init (SpcConfig *config)
{
  spc_config_init (config);
  config->n_workers = 1;
}

/* links; returns the result */
static int
try_link (Session *session, uint8_t type, uint8_t id, uint32_t connection_id,
          const char *password)
{
  const WireClientSetup setup = {.channel_type = type,
                                 .channel_id = id,
                                 .connection_id = connection_id,
                                 .password = password};
  g_autoptr (WireClient) client = session_link (session, &setup);

  return client->link_code;
}

static int
try_main (Session *session, const char *password)
{
  return try_link (session, SPICE_CHANNEL_MAIN, 0, 0, password);
}

static void
wait_for_no_clients (Session *session)
{
  NET_RUN_UNTIL (&session->net, spc_server_n_clients (session->server) == 0);
}

static SpcInputs *
add_inputs (Session *session)
{
  SpcInputs *inputs = spc_inputs_new (session->server);

  session_add (session, inputs);
  return inputs;
}

/* admission */

static void
test_error_codes (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  Session session;
  uint32_t id;

  session_init (&session, NULL);
  add_inputs (&session);
  main = session_join (&session);
  id = session_id_of (main);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  /* what is not offered */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_DISPLAY, 0, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, 1, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_cmpint (try_link (&session, 99, 0, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_cmpint (try_link (&session, 0, 0, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  /* a second of the same */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, 0, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  /* of nobody */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, 0, id + 1, NULL),
                   ==, SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, 0, 0, NULL), ==,
                   SPICE_LINK_ERR_BAD_CONNECTION_ID);
  /* a migration's arrival that nobody expects */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_MAIN, 0, id, NULL), ==,
                   SPICE_LINK_ERR_BAD_CONNECTION_ID);
  session_settle (&session);
  g_assert_false (main->closed || inputs->closed);
  g_assert_cmpuint (spc_server_n_clients (session.server), ==, 1);
  session_clear (&session);
}

static void
test_max_clients (void)
{
  WireClient *viewers[3];
  SpcConfig config;
  Session session;

  config_init (&config);
  config.max_clients = G_N_ELEMENTS (viewers);
  session_init (&session, &config);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewers[i] = session_join (&session);
  g_assert_cmpint (try_main (&session, NULL), ==, SPICE_LINK_ERR_ERROR);
  g_assert_cmpuint (spc_server_n_clients (session.server), ==, 3);
  wire_client_free (viewers[1]);
  NET_RUN_UNTIL (&session.net, spc_server_n_clients (session.server) == 2);
  viewers[1] = session_join (&session);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    wire_client_free (viewers[i]);
  session_clear (&session);
}

static void
test_host_refuses (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  session.refuses = true;
  g_assert_cmpint (try_main (&session, NULL), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  session.refuses = false;
  main = session_join (&session);
  g_assert_cmpstr (session.events->str, ==, "rejected 7; added; ");
  session_clear (&session);
}

static void
test_ids_differ (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  WireClient *viewers[20];
  Session session;

  session_init (&session, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    viewers[i] = session_join (&session);
    g_assert_true (
        g_hash_table_add (seen, GUINT_TO_POINTER (session_id_of (viewers[i]))));
  }
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    wire_client_free (viewers[i]);
  wait_for_no_clients (&session);
  session_clear (&session);
}

/* passwords */

static void
test_password (void)
{
  g_autofree char *longest = g_strnfill (60, 'x');
  SpcConfig config;
  Session session;

  config_init (&config);
  session_init (&session, &config);
  spc_server_set_password (session.server, "abc123", 0);
  g_assert_cmpint (try_main (&session, "abc123"), ==, SPICE_LINK_ERR_OK);
  g_assert_cmpint (try_main (&session, "abc124"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (try_main (&session, ""), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (try_main (&session, NULL), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  spc_server_set_password (session.server, longest, 0);
  g_assert_cmpint (try_main (&session, longest), ==, SPICE_LINK_ERR_OK);
  wait_for_no_clients (&session);
  g_assert_nonnull (strstr (session.events->str,
                            "auth failed 1; rejected 7; auth failed 2; "
                            "rejected 7; auth failed 3; rejected 7; "));
  session_clear (&session);
}

/* after the free ones a wrong try waits; a right one then starts anew */
static void
test_wrong_passwords_are_held_back (void)
{
  SpcConfig config;
  Session session;
  int64_t begin_us;

  config_init (&config);
  session_init (&session, &config);
  spc_server_set_password (session.server, "abc123", 0);
  for (guint i = 0; i < SPC_FREE_TICKET_TRIES; i++)
    try_main (&session, "wrong");
  begin_us = g_get_monotonic_time ();
  g_assert_cmpint (try_main (&session, "wrong"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=,
                   SPC_MIN_TICKET_DELAY_MS * 1000);
  g_assert_cmpint (try_main (&session, "abc123"), ==, SPICE_LINK_ERR_OK);
  begin_us = g_get_monotonic_time ();
  try_main (&session, "wrong");
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   SPC_MIN_TICKET_DELAY_MS * 1000);
  wait_for_no_clients (&session);
  session_clear (&session);
}

/* a password that everything may be compared with lets nobody in */
static void
test_unusable_passwords (void)
{
  g_autofree char *too_long = g_strnfill (61, 'x');
  SpcConfig config;
  Session session;

  config_init (&config);
  session_init (&session, &config);
  spc_server_set_password (session.server, "", 0);
  g_assert_cmpint (try_main (&session, ""), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  spc_server_set_password (session.server, "usual", 0);
  spc_server_set_password (session.server, too_long, 0);
  g_assert_cmpint (try_main (&session, "usual"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (try_main (&session, NULL), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  session_clear (&session);
}

static void
test_anonymous (void)
{
  SpcConfig config;
  Session session;

  config_init (&config);
  session_init (&session, &config);
  spc_server_set_password (session.server, "abc123", 0);
  g_assert_cmpint (try_main (&session, "no"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  spc_server_set_anonymous (session.server, true);
  g_assert_cmpint (try_main (&session, "no"), ==, SPICE_LINK_ERR_OK);
  g_assert_cmpint (try_main (&session, NULL), ==, SPICE_LINK_ERR_OK);
  spc_server_set_anonymous (session.server, false);
  g_assert_cmpint (try_main (&session, "no"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  wait_for_no_clients (&session);
  session_clear (&session);
}

/* roles */

static void
send_key (WireClient *inputs, uint16_t type, uint32_t code)
{
  const SpcKeyCode key = {.code = code};

  wire_client_send_fields (inputs, type, spc_key_code_fields, &key);
}

static void
send_motion (WireClient *inputs)
{
  const SpcMouseMotion motion = {.dx = 3, .dy = -4};

  wire_client_send_fields (inputs, SPICE_MSGC_INPUTS_MOUSE_MOTION,
                           spc_mouse_motion_fields, &motion);
}

static void
test_view_only (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  SpcConfig config;
  Session session;

  config_init (&config);
  config.default_view_only = true;
  session_init (&session, &config);
  add_inputs (&session);
  main = session_join (&session);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  send_key (inputs, SPICE_MSGC_INPUTS_KEY_DOWN, 0x1e);
  send_key (inputs, SPICE_MSGC_INPUTS_KEY_UP, 0x9e);
  for (guint i = 0; i < SPC_MOTION_ACK_BUNCH; i++)
    send_motion (inputs);
  NET_RUN_UNTIL (
      &session.net,
      wire_client_find (inputs, SPICE_MSG_INPUTS_MOUSE_MOTION_ACK, 0) != NULL);
  g_assert_cmpstr (session.inputs->str, ==, "");
  g_assert_cmpstr (session.events->str, ==, "added view-only; ");
  session_clear (&session);
}

/* what was held when control is taken away is let go */
static void
test_role_change (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  Session session;

  session_init (&session, NULL);
  add_inputs (&session);
  main = session_join (&session);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  send_key (inputs, SPICE_MSGC_INPUTS_KEY_DOWN, 0x1e);
  NET_RUN_UNTIL (&session.net, session.inputs->len > 0);
  spc_server_set_client_role (session.server, session_id_of (main),
                              SPC_ROLE_VIEW_ONLY);
  session_settle (&session);
  g_assert_cmpstr (session.inputs->str, ==, "key 1e down; key 1e up; ");
  send_key (inputs, SPICE_MSGC_INPUTS_KEY_DOWN, 0x20);
  session_settle (&session);
  g_assert_cmpstr (session.inputs->str, ==, "key 1e down; key 1e up; ");
  spc_server_set_client_role (session.server, session_id_of (main),
                              SPC_ROLE_FULL);
  send_motion (inputs);
  NET_RUN_UNTIL (&session.net,
                 g_str_has_suffix (session.inputs->str, "motion 3,-4; "));
  session_clear (&session);
}

/* a viewer that knocks while another types takes over, as the rule says */
static void
test_hand_over (void)
{
  WireClient *main[2], *inputs[2];
  SpcConfig config;
  Session session;

  config_init (&config);
  config.control = SPC_CONTROL_LAST;
  session_init (&session, &config);
  add_inputs (&session);
  main[0] = session_join (&session);
  inputs[0] = session_open (&session, main[0], SPICE_CHANNEL_INPUTS, 0);
  send_key (inputs[0], SPICE_MSGC_INPUTS_KEY_DOWN, 0x1e);
  NET_RUN_UNTIL (&session.net, session.inputs->len > 0);
  main[1] = session_join (&session);
  inputs[1] = session_open (&session, main[1], SPICE_CHANNEL_INPUTS, 0);
  send_key (inputs[0], SPICE_MSGC_INPUTS_KEY_DOWN, 0x20);
  session_settle (&session);
  send_key (inputs[1], SPICE_MSGC_INPUTS_KEY_DOWN, 0x21);
  session_settle (&session);
  g_assert_cmpstr (session.inputs->str, ==,
                   "key 1e down; key 1e up; key 21 down; ");
  spc_server_give_control (session.server, session_id_of (main[0]));
  spc_server_set_control (session.server, SPC_CONTROL_NAMED);
  session_settle (&session);
  g_assert_true (g_str_has_suffix (session.inputs->str, "key 21 up; "));
  send_motion (inputs[1]);
  session_settle (&session);
  send_motion (inputs[0]);
  session_settle (&session);
  g_assert_true (
      g_str_has_suffix (session.inputs->str, "key 21 up; motion 3,-4; "));
  for (guint i = 0; i < 2; i++) {
    wire_client_free (inputs[i]);
    wire_client_free (main[i]);
  }
  session_clear (&session);
}

static void
test_requests_for_nobody (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  spc_server_set_client_role (session.server, session_id_of (main) + 1,
                              SPC_ROLE_VIEW_ONLY);
  spc_server_disconnect_client (session.server, session_id_of (main) + 1);
  spc_server_disconnect_client (session.server, 0);
  session_settle (&session);
  g_assert_false (main->closed);
  session_clear (&session);
}

/* channels that go */

static void
test_remove_channel (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  Session session;
  SpcInputs *channel;

  session_init (&session, NULL);
  channel = g_object_ref (add_inputs (&session));
  main = session_join (&session);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  send_key (inputs, SPICE_MSGC_INPUTS_KEY_DOWN, 0x1e);
  NET_RUN_UNTIL (&session.net, session.inputs->len > 0);
  spc_server_remove_channel (session.server, SPC_CHANNEL (channel));
  NET_RUN_UNTIL (&session.net, inputs->closed);
  g_assert_cmpstr (session.inputs->str, ==, "key 1e down; key 1e up; ");
  g_assert_cmpuint (spc_channel_n_connections (SPC_CHANNEL (channel)), ==, 0);
  g_assert_cmpint (
      try_link (&session, SPICE_CHANNEL_INPUTS, 0, session_id_of (main), NULL),
      ==, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_false (main->closed);
  /* again, and once more though it is not there */
  spc_server_add_channel (session.server, SPC_CHANNEL (channel));
  wire_client_free (inputs);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  spc_server_remove_channel (session.server, SPC_CHANNEL (channel));
  spc_server_remove_channel (session.server, SPC_CHANNEL (channel));
  NET_RUN_UNTIL (&session.net, inputs->closed);
  g_assert_finalize_object (channel);
  session_clear (&session);
}

static void
test_second_of_a_kind (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (SpcInputs) second = NULL;
  Session session;
  SpcInputs *first;

  session_init (&session, NULL);
  first = add_inputs (&session);
  second = spc_inputs_new (session.server);
  spc_server_add_channel (session.server, SPC_CHANNEL (second));
  spc_server_add_channel (session.server, SPC_CHANNEL (first));
  main = session_join (&session);
  wire_client_send (main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0) !=
                     NULL);
  g_assert_cmpuint (
      g_bytes_get_size (
          wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0)->body),
      ==, 6);
  g_assert_cmpuint (session_n_warnings (), ==, 2);
  spc_server_remove_channel (session.server, SPC_CHANNEL (second));
  wire_client_free (session_open (&session, main, SPICE_CHANNEL_INPUTS, 0));
  session_clear (&session);
}

/* viewers that do not answer */

static void
look_after (Session *session, unsigned later_s)
{
  spc_server_look_after_clients (session->server,
                                 g_get_monotonic_time () +
                                     later_s * (int64_t)G_USEC_PER_SEC);
  session_settle (session);
}

static void
test_idle_viewer (void)
{
  g_autoptr (WireClient) main = NULL;
  guint n_pings;
  Session session;

  session_init (&session, NULL);
  main = session_join (&session);
  NET_RUN_UNTIL (&session.net, wire_client_count (main, SPICE_MSG_PING) == 3);
  session_settle (&session);
  n_pings = wire_client_count (main, SPICE_MSG_PING);
  for (guint i = 0; i < 6; i++)
    look_after (&session, 1000);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_PING), ==, n_pings + 2);
  g_assert_false (main->closed);
  session_clear (&session);
}

static void
test_unresponsive_viewer (void)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .silent = true};
  g_autoptr (WireClient) witness = NULL;
  g_autoptr (WireClient) main = NULL;
  Session session;

  session_init (&session, NULL);
  witness = session_join (&session);
  main = session_link (&session, &setup);
  NET_RUN_UNTIL (&session.net,
                 wire_client_count (witness, SPICE_MSG_PING) == 3);
  session_settle (&session);
  look_after (&session, SPC_CLIENT_TIMEOUT_MS / 1000 - 5);
  g_assert_false (main->closed);
  look_after (&session, SPC_CLIENT_TIMEOUT_MS / 1000 + 5);
  g_assert_true (main->closed);
  g_assert_false (witness->closed);
  g_assert_nonnull (strstr (session.events->str, "removed (unresponsive)"));
  session_clear (&session);
}

/* one connection's end is no other's */
static void
test_channel_closed_by_viewer (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;
  WireClient *inputs;

  session_init (&session, NULL);
  add_inputs (&session);
  main = session_join (&session);
  for (guint i = 0; i < 10; i++) {
    inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
    wire_client_free (inputs);
    session_settle (&session);
    g_assert_false (main->closed);
  }
  session_clear (&session);
}

/* statistics */

static void
assert_types (GVariant *dict, const char *const *names_and_types)
{
  for (; names_and_types[0] != NULL; names_and_types += 2) {
    g_autoptr (GVariant) value =
        g_variant_lookup_value (dict, names_and_types[0], NULL);

    g_assert_nonnull (value);
    g_assert_cmpstr (g_variant_get_type_string (value), ==, names_and_types[1]);
  }
}

/* pairs of key and type */
/* clang-format off */
static const char *const server_keys[] = {
  "port", "u", "clients", "aa{sv}", "channels", "aa{sv}", NULL,
};
static const char *const client_keys[] = {
  "connection-id", "u", "address", "s", "view-only", "b",
  "connected-ms", "t", "channels", "u",
  "bytes-sent", "t", "bytes-received", "t",
  "messages-sent", "t", "messages-received", "t",
  "round-trip-us", "u", "bitrate", "t", NULL,
};
static const char *const channel_keys[] = {
  "name", "s", "connections", "u", NULL,
};
/* clang-format on */

static void
test_stats (void)
{
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  g_autoptr (GVariant) stats = NULL;
  g_autoptr (GVariant) clients = NULL;
  g_autoptr (GVariant) client = NULL;
  g_autoptr (GVariant) channels = NULL;
  g_autoptr (GVariant) channel = NULL;
  guint64 bytes_sent = 0, messages_sent = 0;
  guint32 n = 0;
  Session session;

  session_init (&session, NULL);
  add_inputs (&session);
  main = session_join (&session);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  NET_RUN_UNTIL (&session.net, wire_client_count (main, SPICE_MSG_PING) == 3);
  session_settle (&session);
  stats = spc_server_stats (session.server);
  assert_types (stats, server_keys);
  clients = g_variant_lookup_value (stats, "clients", NULL);
  g_assert_cmpuint (g_variant_n_children (clients), ==, 1);
  client = g_variant_get_child_value (clients, 0);
  assert_types (client, client_keys);
  g_assert_true (g_variant_lookup (client, "channels", "u", &n) && n == 2);
  g_variant_lookup (client, "messages-sent", "t", &messages_sent);
  g_assert_cmpuint (messages_sent, ==, main->n_messages + inputs->n_messages);
  /* without the link stages: replies of 202 or 198 bytes, results of 4 */
  g_variant_lookup (client, "bytes-sent", "t", &bytes_sent);
  g_assert_cmpuint (bytes_sent, <=, main->n_bytes + inputs->n_bytes - 404);
  g_assert_cmpuint (bytes_sent, >, 256000);
  channels = g_variant_lookup_value (stats, "channels", NULL);
  g_assert_cmpuint (g_variant_n_children (channels), ==, 2);
  channel = g_variant_get_child_value (channels, 1);
  assert_types (channel, channel_keys);
  g_assert_true (g_variant_lookup (channel, "connections", "u", &n) && n == 1);
  session_clear (&session);
}

/* what closed connections have sent still counts */
static void
test_stats_of_closed_connections (void)
{
  g_autoptr (WireClient) main = NULL;
  SpcConnectionStats before, after;
  Session session;
  SpcClient *client;
  WireClient *inputs;

  session_init (&session, NULL);
  add_inputs (&session);
  main = session_join (&session);
  NET_RUN_UNTIL (&session.net, wire_client_count (main, SPICE_MSG_PING) == 3);
  inputs = session_open (&session, main, SPICE_CHANNEL_INPUTS, 0);
  session_settle (&session);
  client = g_ptr_array_index (spc_server_clients (session.server), 0);
  spc_client_stats (client, &before);
  wire_client_free (inputs);
  NET_RUN_UNTIL (&session.net, client->connections->len == 1);
  spc_client_stats (client, &after);
  g_assert_cmpuint (after.messages_sent, ==, before.messages_sent);
  g_assert_cmpuint (after.bytes_sent, ==, before.bytes_sent);
  session_clear (&session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/server/" path, func)
  TEST ("each-refusal-has-its-code", test_error_codes);
  TEST ("viewers-are-counted", test_max_clients);
  TEST ("the-host-may-refuse", test_host_refuses);
  TEST ("session-ids-differ", test_ids_differ);
  TEST ("password/right-and-wrong", test_password);
  TEST ("password/wrong-ones-are-held-back",
        test_wrong_passwords_are_held_back);
  TEST ("password/unusable-ones-let-nobody-in", test_unusable_passwords);
  TEST ("password/none-is-asked-for-if-told-so", test_anonymous);
  TEST ("role/a-spectator-has-no-effect", test_view_only);
  TEST ("role/one-in-control-takes-over-from-another", test_hand_over);
  TEST ("role/may-change", test_role_change);
  TEST ("role/requests-for-nobody-are-harmless", test_requests_for_nobody);
  TEST ("channel/may-be-taken-away", test_remove_channel);
  TEST ("channel/may-be-left-and-entered-again", test_channel_closed_by_viewer);
  TEST ("channel/only-one-of-a-kind", test_second_of_a_kind);
  TEST ("idle-viewers-are-pinged", test_idle_viewer);
  TEST ("unresponsive-viewers-are-ended", test_unresponsive_viewer);
  TEST ("stats/keys-and-types", test_stats);
  TEST ("stats/include-what-is-closed", test_stats_of_closed_connections);
  return g_test_run ();
}
