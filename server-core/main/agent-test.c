/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the agent: tokens, framing, sizes and capabilities, with a feature
 * that takes one type whole and one in pieces. */
#include "agent-fixture.h"
#include "agent-viewer.h"
#include "server-core/base/limits.h"
#include "server-core/wire/messages-main.h"

#include <string.h>

#define WHOLE VD_AGENT_MONITORS_CONFIG
#define PIECES VD_AGENT_FILE_XFER_DATA

/* the feature */

typedef struct {
  GString *heard; /* "whole 30; piece 12+2016; …" */
  guint n_gone, n_roles;
  uint32_t caps;
  bool holds;           /* tokens of pieces */
  bool answers;         /* each whole message with a REPLY */
  SpcAgentViewer *last; /* owned */
} Echo;

static bool
on_whole (gpointer feature, SpcAgentViewer *viewer,
          const SpcAgentHeader *header, const SpcAgentPiece *body,
          GError **error)
{
  Echo *echo = feature;
  uint8_t *state = spc_agent_viewer_state (viewer, echo);

  g_assert_cmpuint (header->size, ==, body->size);
  g_string_append_printf (echo->heard, "whole %u (%u); ", body->size,
                          ++state[0]);
  if (echo->answers)
    spc_agent_viewer_reply (viewer, header->type, true);
  g_clear_pointer (&echo->last, spc_agent_viewer_unref);
  echo->last = spc_agent_viewer_ref (viewer);
  return true;
}

static bool
on_piece (gpointer feature, SpcAgentViewer *viewer,
          const SpcAgentHeader *header, const SpcAgentPiece *piece,
          GError **error)
{
  Echo *echo = feature;

  g_string_append_printf (echo->heard, "piece %u+%u of %u; ", piece->offset,
                          piece->size, header->size);
  g_clear_pointer (&echo->last, spc_agent_viewer_unref);
  echo->last = spc_agent_viewer_ref (viewer);
  if (!echo->holds)
    spc_agent_viewer_give_back (viewer, 1);
  return true;
}

static uint32_t
echo_caps (gpointer feature)
{
  return ((Echo *)feature)->caps;
}

static void
echo_role_changed (gpointer feature, SpcAgentViewer *viewer)
{
  ((Echo *)feature)->n_roles++;
}

static void
echo_gone (gpointer feature, SpcAgentViewer *viewer)
{
  ((Echo *)feature)->n_gone++;
}

static const SpcAgentHandler echo_handlers[] = {
    {WHOLE, 8, SPC_MAX_AGENT_BODY, false, on_whole},
    {PIECES, 12, UINT32_MAX, true, on_piece},
};

static const SpcAgentFeatureClass echo_class = {
    .handlers = echo_handlers,
    .n_handlers = G_N_ELEMENTS (echo_handlers),
    .viewer_size = 1,
    .caps = echo_caps,
    .role_changed = echo_role_changed,
    .gone = echo_gone,
};

typedef struct {
  Session session;
  SpcAgent *agent;
  Echo echo;
} Rig;

static void
rig_init (Rig *self)
{
  *self = (Rig){.echo = {.heard = g_string_new (NULL)}};
  session_init (&self->session, NULL);
  self->agent = spc_server_agent (self->session.server);
  spc_agent_add_feature (self->agent, &echo_class, &self->echo);
}

static void
rig_clear (Rig *self)
{
  g_clear_pointer (&self->echo.last, spc_agent_viewer_unref);
  session_clear (&self->session);
  g_string_free (self->echo.heard, TRUE);
}

/* beginning */

static void
test_init_says_connected (void)
{
  g_autoptr (AgentClient) client = NULL;
  SpcMainInit init;
  Rig rig;

  rig_init (&rig);
  client = agent_client_join (&rig.session);
  wire_client_read (client->main, SPICE_MSG_MAIN_INIT, spc_main_init_fields,
                    &init);
  g_assert_cmpuint (init.agent_connected, ==, 1);
  g_assert_cmpuint (init.agent_tokens, ==, 10);
  rig_clear (&rig);
}

static void
test_nothing_before_start (void)
{
  static const uint8_t body[8] = {1};
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.answers = true;
  client = agent_client_join (&rig.session);
  for (guint i = 0; i < 12; i++)
    agent_client_send (client, WHOLE, body, sizeof body);
  agent_client_send (client, VD_AGENT_ANNOUNCE_CAPABILITIES, body, 8);
  agent_client_settle (client);
  g_assert_false (client->main->closed);
  g_assert_cmpstr (rig.echo.heard->str, ==, "");
  g_assert_cmpuint (client->messages->len, ==, 0);
  rig_clear (&rig);
}

static void
test_capabilities (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.caps = 1u << VD_AGENT_CAP_MONITORS_CONFIG;
  client = agent_client_start (&rig.session, NO_END, 0x12345);
  /* request 0; REPLY and what the feature brings */
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 0),
      "0000000006000000");
  rig.echo.caps = 0;
  spc_agent_announce (rig.agent);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 1),
      "0000000004000000");
  rig_clear (&rig);
}

static void
test_reply_only_if_announced (void)
{
  static const uint8_t body[8];
  g_autoptr (AgentClient) with = NULL;
  g_autoptr (AgentClient) without = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.answers = true;
  with = agent_client_start (&rig.session, NO_END, 1u << VD_AGENT_CAP_REPLY);
  without = agent_client_start (&rig.session, NO_END, 0);
  agent_client_send (with, WHOLE, body, sizeof body);
  agent_client_send (without, WHOLE, body, sizeof body);
  agent_assert_body (agent_client_find (with, VD_AGENT_REPLY, 0),
                     "0200000001000000");
  g_assert_cmpuint (agent_client_count (without, VD_AGENT_REPLY), ==, 0);
  rig_clear (&rig);
}

/* framing */

static void
test_reassembly (void)
{
  g_autofree uint8_t *body = g_malloc0 (SPC_MAX_AGENT_BODY);
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  agent_client_send (client, WHOLE, body, 8);
  agent_client_send (client, WHOLE, body, 2028);
  agent_client_send (client, WHOLE, body, 2029);
  agent_client_send (client, WHOLE, body, SPC_MAX_AGENT_BODY);
  g_assert_cmpstr (rig.echo.heard->str, ==,
                   "whole 8 (1); whole 2028 (2); whole 2029 (3); "
                   "whole 65536 (4); ");
  rig_clear (&rig);
}

static void
test_pieces (void)
{
  static const uint8_t body[5000];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  agent_client_send_start (client, PIECES, 20, NULL, 0);
  agent_client_send_raw (client, body, 20);
  session_settle (&rig.session);
  agent_client_send (client, PIECES, body, sizeof body);
  g_assert_cmpstr (rig.echo.heard->str, ==,
                   "piece 0+0 of 20; piece 0+20 of 20; piece 0+2028 of 5000; "
                   "piece 2028+2048 of 5000; piece 4076+924 of 5000; ");
  rig_clear (&rig);
}

static void
test_unknown_types (void)
{
  static const uint8_t body[SPC_MAX_AGENT_CHUNK];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  agent_client_send (client, 4711, body, 100);
  agent_client_send (client, 4712, body, 0);
  agent_client_send_start (client, 4713, G_MAXUINT32, body, 1000);
  for (guint i = 0; i < 50; i++) {
    agent_client_send_raw (client, body, sizeof body);
    session_settle (&rig.session);
  }
  g_assert_false (client->main->closed);
  g_assert_cmpstr (rig.echo.heard->str, ==, "");
  rig_clear (&rig);
}

/* pieces that break the rules; sent after a good beginning of 20 bytes that
 * announces a body of 100, or not */
static const struct {
  const char *what;
  bool in_message;
  gsize size;
  const char *hex; /* the first bytes; zeros follow */
} bad_pieces[] = {
    {"nothing", false, 0, ""},
    {"a split header", false, 19, "0100000002000000"},
    {"protocol 0", false, 20, "00000000020000000000000000000000"},
    {"protocol 2", false, 28, "0200000002000000000000000000000008000000"},
    {"more than its body", false, 29,
     "0100000002000000000000000000000008000000"},
    {"two messages in one", true, 120, ""},
    {"more than is left", true, 101, ""},
};

static gsize
from_hex (const char *hex, uint8_t *bytes)
{
  gsize n = 0;

  for (; hex[2 * n] != '\0'; n++)
    bytes[n] = (uint8_t)(g_ascii_xdigit_value (hex[2 * n]) << 4 |
                         g_ascii_xdigit_value (hex[2 * n + 1]));
  return n;
}

static void
test_bad_pieces (void)
{
  g_autoptr (AgentClient) witness = NULL;
  Rig rig;

  rig_init (&rig);
  witness = agent_client_start (&rig.session, NO_END, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad_pieces); i++) {
    g_autoptr (AgentClient) client =
        agent_client_start (&rig.session, NO_END, 0);
    uint8_t bytes[SPC_MAX_AGENT_CHUNK] = {0};

    g_test_message ("%s", bad_pieces[i].what);
    if (bad_pieces[i].in_message)
      agent_client_send_start (client, WHOLE, 100, NULL, 0);
    from_hex (bad_pieces[i].hex, bytes);
    agent_client_send_raw (client, bytes, bad_pieces[i].size);
    NET_RUN_UNTIL (&rig.session.net, client->main->closed);
  }
  agent_client_settle (witness);
  g_assert_false (witness->main->closed);
  g_assert_cmpstr (rig.echo.heard->str, ==, "");
  rig_clear (&rig);
}

/* the sizes that end a viewer, whether somebody handles the type or not */
static const struct {
  uint32_t type, size;
} bad_sizes[] = {
    {VD_AGENT_MOUSE_STATE, 12},
    {VD_AGENT_MOUSE_STATE, 14},
    {WHOLE, 7},
    {WHOLE, SPC_MAX_AGENT_BODY + 1},
    {WHOLE, G_MAXUINT32},
    {VD_AGENT_REPLY, 7},
    {VD_AGENT_REPLY, 9},
    {VD_AGENT_CLIPBOARD, 3},
    {VD_AGENT_DISPLAY_CONFIG, 4},
    {VD_AGENT_ANNOUNCE_CAPABILITIES, 3},
    {VD_AGENT_ANNOUNCE_CAPABILITIES, SPC_MAX_AGENT_BODY + 1},
    {VD_AGENT_CLIPBOARD_REQUEST, 3},
    {VD_AGENT_CLIPBOARD_REQUEST, 9},
    {VD_AGENT_CLIPBOARD_RELEASE, 5},
    {VD_AGENT_FILE_XFER_START, 3},
    {VD_AGENT_FILE_XFER_STATUS, 7},
    {PIECES, 11},
    {VD_AGENT_CLIENT_DISCONNECTED, 1},
    {VD_AGENT_MAX_CLIPBOARD, 3},
    {VD_AGENT_MAX_CLIPBOARD, 5},
    {VD_AGENT_AUDIO_VOLUME_SYNC, 2},
    {VD_AGENT_GRAPHICS_DEVICE_INFO, 3},
};

static void
test_bad_sizes (void)
{
  g_autoptr (AgentClient) witness = NULL;
  Rig rig;

  rig_init (&rig);
  witness = agent_client_start (&rig.session, NO_END, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad_sizes); i++) {
    g_autoptr (AgentClient) client =
        agent_client_start (&rig.session, NO_END, 0);

    g_test_message ("type %u of %u bytes", bad_sizes[i].type,
                    bad_sizes[i].size);
    agent_client_send_start (client, bad_sizes[i].type, bad_sizes[i].size, NULL,
                             0);
    NET_RUN_UNTIL (&rig.session.net, client->main->closed);
  }
  agent_client_settle (witness);
  g_assert_false (witness->main->closed);
  g_assert_cmpstr (rig.echo.heard->str, ==, "");
  rig_clear (&rig);
}

/* CVE-2017-7506, of what is common to all messages: more is announced than
 * comes, in many pieces */
static void
test_announced_and_not_sent (void)
{
  static const uint8_t body[1];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  agent_client_send_start (client, WHOLE, SPC_MAX_AGENT_BODY, NULL, 0);
  for (guint i = 0; i < 1000; i++) {
    agent_client_send_raw (client, body, i % 2);
    session_settle (&rig.session);
  }
  g_assert_false (client->main->closed);
  g_assert_cmpstr (rig.echo.heard->str, ==, "");
  rig_clear (&rig);
}

/* tokens of the client */

static void
test_tokens_come_back (void)
{
  static const uint8_t body[8];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0); /* one is used */
  for (guint i = 0; i < 3; i++)
    agent_client_send (client, WHOLE, body, sizeof body);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, 0);
  agent_client_send (client, WHOLE, body, sizeof body);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, 5);
  rig_clear (&rig);
}

static void
test_token_violation (void)
{
  static const uint8_t body[SPC_MAX_AGENT_CHUNK];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.holds = true;
  client = agent_client_start (&rig.session, NO_END, 0); /* one is used */
  agent_client_send_start (client, PIECES, G_MAXUINT32, NULL, 0);
  for (guint i = 0; i < 8; i++)
    agent_client_send_raw (client, body, sizeof body);
  agent_client_settle (client);
  g_assert_false (client->main->closed);
  agent_client_send_raw (client, body, sizeof body);
  NET_RUN_UNTIL (&rig.session.net, client->main->closed);
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  /* what was held is harmless now */
  spc_agent_viewer_give_back (rig.echo.last, 1);
  g_assert_null (spc_agent_viewer_client (rig.echo.last));
  rig_clear (&rig);
}

static void
test_held_tokens (void)
{
  static const uint8_t body[100];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.holds = true;
  client = agent_client_start (&rig.session, NO_END, 0);
  for (guint i = 0; i < 9; i++)
    agent_client_send (client, PIECES, body, sizeof body);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, 0);
  for (guint i = 0; i < 20; i++) /* more than it held has no effect */
    spc_agent_viewer_give_back (rig.echo.last, 1);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned, ==, 10);
  rig_clear (&rig);
}

/* tokens of the server */

static SpcAgentViewer *
only_viewer (Rig *rig)
{
  return spc_agent_find (rig->agent, rig->session.last_client_id);
}

static void
test_sends_by_tokens (void)
{
  g_autoptr (AgentClient) client = NULL;
  g_autofree uint8_t *data = g_malloc (10000);
  g_autoptr (GBytes) bytes = NULL;
  const AgentMessage *message;
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 10000; i++)
    data[i] = (uint8_t)(i * 7);
  bytes = g_bytes_new (data, 10000);
  client = agent_client_start (&rig.session, 3, 0); /* one for the answer */
  spc_agent_viewer_send (only_viewer (&rig), 99, "head", 4, bytes);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_pieces, ==, 3);
  for (guint i = 0; i < 2; i++)
    agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 1);
  g_assert_null (agent_client_find (client, 99, 0));
  g_assert_cmpuint (client->n_pieces, ==, 5);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 1);
  message = agent_client_find (client, 99, 0);
  g_assert_nonnull (message);
  g_assert_cmpuint (g_bytes_get_size (message->body), ==, 10004);
  g_assert_cmpmem (g_bytes_get_data (message->body, NULL), 4, "head", 4);
  g_assert_cmpmem ((const uint8_t *)g_bytes_get_data (message->body, NULL) + 4,
                   10000, data, 10000);
  rig_clear (&rig);
}

/* hardening list, agent: token arithmetic wraps */
static void
test_tokens_saturate (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  /* Some are used up at the start: one sum of these would wrap to just 0. */
  for (guint i = 0; i < 16; i++) {
    agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, i == 0 ? 1 : 2);
    session_settle (&rig.session);
    spc_agent_viewer_send (only_viewer (&rig), 99, NULL, 0, NULL);
    session_settle (&rig.session);
    g_assert_cmpuint (agent_client_count (client, 99), ==, i + 1);
  }
  rig_clear (&rig);
}

static void
test_tokens_run_out (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  spc_agent_set_patience (rig.agent, 1);
  client = agent_client_start (&rig.session, 1, 0);
  g_assert_false (client->main->closed);
  spc_agent_viewer_send (only_viewer (&rig), 99, NULL, 0, NULL);
  NET_RUN_UNTIL (&rig.session.net, client->main->closed);
  g_assert_cmpuint (session_n_warnings (), ==, 1);
  rig_clear (&rig);
}

/* who asks without end and takes nothing, soon cannot ask any more */
static void
test_answers_do_not_pile_up (void)
{
  static const uint8_t body[8];
  g_autoptr (AgentClient) client = NULL;
  Rig rig;
  guint n_sent;

  rig_init (&rig);
  rig.echo.answers = true;
  client = agent_client_start (&rig.session, 1, 1u << VD_AGENT_CAP_REPLY);
  for (n_sent = 1; n_sent < 10 + client->n_returned; n_sent++) {
    agent_client_send (client, WHOLE, body, sizeof body);
    agent_client_settle (client);
    g_assert_cmpuint (n_sent, <, 100);
  }
  g_assert_false (spc_agent_viewer_has_room (only_viewer (&rig)));
  g_assert_cmpuint (n_sent, <=, 20);
  /* they come back when it takes what waits */
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 100);
  agent_client_settle (client);
  g_assert_cmpuint (client->n_returned + 10, >, n_sent);
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_REPLY), ==,
                    n_sent - 1);
  rig_clear (&rig);
}

static void
test_latest_takes_the_place (void)
{
  g_autoptr (AgentClient) client = NULL;
  SpcAgentViewer *viewer;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, 1, 0);
  viewer = only_viewer (&rig);
  g_assert_false (spc_agent_viewer_send_latest (viewer, 99, "a", 1, NULL, 1));
  g_assert_false (spc_agent_viewer_send_latest (viewer, 99, "b", 1, NULL, 2));
  g_assert_true (spc_agent_viewer_send_latest (viewer, 99, "c", 1, NULL, 1));
  g_assert_true (spc_agent_viewer_is_waiting (viewer, 99, 2));
  g_assert_true (spc_agent_viewer_drop (viewer, 99, 2));
  g_assert_false (spc_agent_viewer_drop (viewer, 99, 2));
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 9);
  agent_assert_body (agent_client_find (client, 99, 0), "63");
  g_assert_cmpuint (agent_client_count (client, 99), ==, 1);
  rig_clear (&rig);
}

/* viewers */

static void
test_viewers_are_apart (void)
{
  static const uint8_t body[3000];
  g_autoptr (AgentClient) one = NULL;
  g_autoptr (AgentClient) two = NULL;
  Rig rig;

  rig_init (&rig);
  rig.echo.answers = true;
  one = agent_client_start (&rig.session, NO_END, 1u << VD_AGENT_CAP_REPLY);
  two = agent_client_start (&rig.session, NO_END, 1u << VD_AGENT_CAP_REPLY);
  agent_client_send_start (one, WHOLE, 3000, body, 2000);
  session_settle (&rig.session);
  agent_client_send (two, WHOLE, body, 8);
  agent_client_send_raw (one, body, 1000);
  session_settle (&rig.session);
  g_assert_cmpstr (rig.echo.heard->str, ==, "whole 8 (1); whole 3000 (1); ");
  g_assert_cmpuint (agent_client_count (one, VD_AGENT_REPLY), ==, 1);
  g_assert_cmpuint (agent_client_count (two, VD_AGENT_REPLY), ==, 1);
  rig_clear (&rig);
}

static void
test_gone_once (void)
{
  g_autoptr (AgentClient) silent = NULL;
  AgentClient *client;
  Rig rig;

  rig_init (&rig);
  silent = agent_client_join (&rig.session);
  client = agent_client_start (&rig.session, NO_END, 0);
  agent_client_free (client);
  NET_RUN_UNTIL (&rig.session.net, rig.echo.n_gone == 1);
  rig_clear (&rig);
}

static void
test_roles (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.session, NO_END, 0);
  g_assert_true (spc_agent_viewer_is_in_control (only_viewer (&rig)));
  spc_server_set_client_role (rig.session.server, rig.session.last_client_id,
                              SPC_ROLE_VIEW_ONLY);
  NET_RUN_UNTIL (&rig.session.net, rig.echo.n_roles == 1);
  g_assert_false (spc_agent_viewer_is_in_control (only_viewer (&rig)));
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/agent/" path, func)
  TEST ("init-says-it-is-there", test_init_says_connected);
  TEST ("nothing-before-its-start", test_nothing_before_start);
  TEST ("capabilities-are-what-features-bring", test_capabilities);
  TEST ("replies-only-to-who-takes-them", test_reply_only_if_announced);
  TEST ("messages-are-put-together", test_reassembly);
  TEST ("messages-are-handed-on-in-pieces", test_pieces);
  TEST ("unknown-types-are-passed-over", test_unknown_types);
  g_test_add_func ("/hardening/agent/header-split-or-chunk-too-long",
                   test_bad_pieces);
  g_test_add_func ("/hardening/agent/message-shorter-than-its-fixed-part",
                   test_bad_sizes);
  g_test_add_func ("/vulnerabilities/CVE-2017-7506/announced-and-not-sent",
                   test_announced_and_not_sent);
  TEST ("tokens-come-back-in-groups", test_tokens_come_back);
  TEST ("token-violation-ends-the-viewer", test_token_violation);
  TEST ("held-tokens-come-back-later", test_held_tokens);
  TEST ("sends-as-tokens-allow", test_sends_by_tokens);
  g_test_add_func ("/hardening/agent/tokens-wrap", test_tokens_saturate);
  TEST ("a-viewer-without-tokens-is-ended", test_tokens_run_out);
  TEST ("answers-do-not-pile-up", test_answers_do_not_pile_up);
  TEST ("the-latest-takes-the-place", test_latest_takes_the_place);
  TEST ("viewers-are-apart", test_viewers_are_apart);
  TEST ("gone-is-told-once", test_gone_once);
  TEST ("roles-are-told", test_roles);
  return g_test_run ();
}
