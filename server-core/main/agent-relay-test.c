/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the agent's other end: a relay that has the bytes of all messages
 * instead of the features. */
#include "agent-fixture.h"
#include "agent-viewer.h"
#include "server-core/base/limits.h"
#include "server-core/wire/messages-main.h"

#define WHOLE VD_AGENT_MONITORS_CONFIG

typedef struct {
  Session session;
  SpcAgent *agent;
  GByteArray *bytes;
  SpcAgentViewer *viewer; /* owned */
  guint n_started, n_drained, n_gone, n_freed;
} Relayed;

static void
relay_started (gpointer relay, SpcAgentViewer *viewer)
{
  Relayed *self = relay;

  self->n_started++;
  g_clear_pointer (&self->viewer, spc_agent_viewer_unref);
  self->viewer = spc_agent_viewer_ref (viewer);
}

static bool
relay_data (gpointer relay, SpcAgentViewer *viewer,
            const SpcAgentFilter *filter, const uint8_t *data, gsize size,
            GError **error)
{
  g_byte_array_append (((Relayed *)relay)->bytes, data, (guint)size);
  spc_agent_viewer_give_back (viewer, 1);
  return true;
}

static bool
relay_judge (const SpcAgentHeader *header, SpcAgentVerdict *verdict,
             gpointer user_data, GError **error)
{
  *verdict =
      header->type == VD_AGENT_CLIPBOARD ? SPC_AGENT_DISCARD : SPC_AGENT_PASS;
  return true;
}

static void
relay_drained (gpointer relay, SpcAgentViewer *viewer)
{
  ((Relayed *)relay)->n_drained++;
}

static void
relay_gone (gpointer relay, SpcAgentViewer *viewer)
{
  ((Relayed *)relay)->n_gone++;
}

static void
relay_free (gpointer relay)
{
  ((Relayed *)relay)->n_freed++;
}

static const SpcAgentRelayClass relay_class = {
    .started = relay_started,
    .data = relay_data,
    .judge = relay_judge,
    .drained = relay_drained,
    .gone = relay_gone,
    .free = relay_free,
};

static void
relayed_init (Relayed *self)
{
  *self = (Relayed){.bytes = g_byte_array_new ()};
  session_init (&self->session, NULL);
  self->agent = spc_server_agent (self->session.server);
  spc_agent_set_relay (self->agent, &relay_class, self);
}

static void
relayed_clear (Relayed *self)
{
  g_clear_pointer (&self->viewer, spc_agent_viewer_unref);
  session_clear (&self->session);
  g_assert_cmpuint (self->n_freed, ==, 1);
  g_byte_array_unref (self->bytes);
}

static void
test_relay_comes_and_goes (void)
{
  static const uint8_t body[8];
  g_autoptr (AgentClient) client = NULL;
  SpcMainInit init;
  Relayed relayed;

  relayed_init (&relayed);
  client = agent_client_join (&relayed.session);
  wire_client_read (client->main, SPICE_MSG_MAIN_INIT, spc_main_init_fields,
                    &init);
  g_assert_cmpuint (init.agent_connected, ==, 0);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_START, NO_END);
  session_settle (&relayed.session);
  g_assert_cmpuint (relayed.n_started, ==, 0);
  spc_agent_set_connected (relayed.agent, true);
  agent_client_settle (client);
  /* this viewer does not know AGENT_CONNECTED_TOKENS */
  g_assert_cmpuint (
      wire_client_count (client->main, SPICE_MSG_MAIN_AGENT_CONNECTED), ==, 1);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_START, NO_END);
  agent_client_send (client, WHOLE, body, sizeof body);
  g_assert_cmpuint (relayed.n_started, ==, 1);
  g_assert_cmpuint (relayed.bytes->len, ==, 28);
  spc_agent_set_connected (relayed.agent, false);
  agent_client_settle (client);
  g_assert_cmpuint (
      wire_client_count (client->main, SPICE_MSG_MAIN_AGENT_DISCONNECTED), ==,
      1);
  g_assert_cmpuint (relayed.n_gone, ==, 1);
  /* what was under way is dropped, even if it ends in the middle */
  agent_client_send (client, WHOLE, body, sizeof body);
  g_assert_cmpuint (relayed.bytes->len, ==, 28);
  relayed_clear (&relayed);
}

static void
test_relay_tokens_are_new (void)
{
  static const uint8_t piece[SPC_MAX_AGENT_CHUNK];
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  g_autoptr (WireClient) main = NULL;
  Relayed relayed;

  relayed_init (&relayed);
  spc_agent_set_connected (relayed.agent, true);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  main = session_link (&relayed.session, &setup);
  NET_RUN_UNTIL (&relayed.session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  spc_agent_set_connected (relayed.agent, false);
  spc_agent_set_connected (relayed.agent, true);
  session_settle (&relayed.session);
  g_assert_cmpuint (
      wire_client_count (main, SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS), ==, 1);
  /* sent before it heard of that: neither counted nor understood */
  for (guint i = 0; i < 3 * SPC_AGENT_TOKENS; i++)
    wire_client_send (main, SPICE_MSGC_MAIN_AGENT_DATA, piece, sizeof piece);
  session_settle (&relayed.session);
  g_assert_false (main->closed);
  g_assert_cmpuint (relayed.bytes->len, ==, 0);
  relayed_clear (&relayed);
}

static void
test_relay_filter (void)
{
  static const uint8_t body[3000];
  g_autoptr (AgentClient) client = NULL;
  Relayed relayed;

  relayed_init (&relayed);
  spc_agent_set_connected (relayed.agent, true);
  client = agent_client_join (&relayed.session);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_START, 1);
  agent_client_send (client, VD_AGENT_CLIPBOARD, body, sizeof body);
  g_assert_cmpuint (relayed.bytes->len, ==, 0);
  agent_client_send (client, WHOLE, body, sizeof body);
  g_assert_cmpuint (relayed.bytes->len, ==, 3020);
  agent_client_send_raw (client, body, 19);
  NET_RUN_UNTIL (&relayed.session.net, client->main->closed);
  relayed_clear (&relayed);
}

static void
test_relay_sends_raw (void)
{
  static const uint8_t piece[] = {1, 0, 0, 0, 99, 0, 0, 0, 0, 0,
                                  0, 0, 0, 0, 0,  0, 0, 0, 0, 0};
  g_autoptr (GBytes) bytes = g_bytes_new_static (piece, sizeof piece);
  g_autoptr (AgentClient) client = NULL;
  Relayed relayed;

  relayed_init (&relayed);
  spc_agent_set_connected (relayed.agent, true);
  client = agent_client_join (&relayed.session);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_START, 0);
  session_settle (&relayed.session);
  for (guint i = 0; i < SPC_MAX_AGENT_WAITING; i++) {
    g_assert_true (spc_agent_viewer_has_room (relayed.viewer));
    spc_agent_viewer_send_raw (relayed.viewer, bytes);
  }
  g_assert_false (spc_agent_viewer_has_room (relayed.viewer));
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 2);
  g_assert_cmpuint (agent_client_count (client, 99), ==, 2);
  g_assert_cmpuint (relayed.n_drained, ==, 1);
  relayed_clear (&relayed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/agent-relay/" path, func)
  TEST ("comes-and-goes", test_relay_comes_and_goes);
  TEST ("has-new-tokens", test_relay_tokens_are_new);
  TEST ("is-filtered", test_relay_filter);
  TEST ("sends-as-it-is", test_relay_sends_raw);
  return g_test_run ();
}
