/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the clipboard's rules: several viewers, roles, policy, bodies. */
#include "clipboard-fixture.h"

/* several viewers */

static void
test_viewers_are_apart (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("for one", 7);
  g_autoptr (AgentClient) one = NULL;
  g_autoptr (AgentClient) two = NULL;
  uint32_t first;
  Rig rig;

  rig_init (&rig);
  one = agent_client_start (&rig.base.session, NO_END, MODERN);
  first = last_id (&rig);
  two = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (one, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  /* the other one hears nothing of it, and cannot get at it */
  send_hex (two, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  assert_heard (&rig, "no data 0 1; ");
  g_assert_cmpuint (agent_client_count (two, VD_AGENT_CLIPBOARD_GRAB), ==, 0);
  g_assert_cmpuint (agent_client_count (one, VD_AGENT_CLIPBOARD_REQUEST), ==,
                    0);
  agent_assert_body (agent_client_find (two, VD_AGENT_CLIPBOARD, 0), none);
  /* an offer to one alone */
  spc_clipboard_grab (rig.clipboard, first, 1, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (one, VD_AGENT_CLIPBOARD_REQUEST, "0100000001000000");
  send_hex (two, VD_AGENT_CLIPBOARD_REQUEST, "0100000001000000");
  assert_heard (&rig, "requested 1 1; ");
  spc_clipboard_set_data (rig.clipboard, first, 1, TEXT, bytes);
  g_assert_cmpuint (agent_client_count (one, VD_AGENT_CLIPBOARD), ==, 1);
  g_assert_cmpuint (agent_client_count (two, VD_AGENT_CLIPBOARD_GRAB), ==, 0);
  g_assert_cmpuint (agent_client_count (two, VD_AGENT_CLIPBOARD), ==, 2);
  rig_clear (&rig);
}

static void
test_view_only (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  rig.base.session.makes_view_only = true;
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  assert_heard (&rig, "");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_GRAB), ==,
                    0);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  /* given control, it hears of what there is; its own grab took a serial */
  spc_server_set_client_role (rig.base.session.server, last_id (&rig),
                              SPC_ROLE_FULL);
  session_settle (&rig.base.session);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "000000000100000001000000");
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000200000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  /* and loses all again */
  spc_server_set_client_role (rig.base.session.server, last_id (&rig),
                              SPC_ROLE_VIEW_ONLY);
  assert_heard (&rig, "released 0; ");
  rig_clear (&rig);
}

/* policy */

static void
test_policy_to_client (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  set_policy (&rig, false, true, 1000);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_RELEASE, 0),
                     "00000000");
  spc_clipboard_grab (rig.clipboard, 0, 1, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0100000001000000");
  assert_heard (&rig, "");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_GRAB), ==,
                    1);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  /* the other way is open as before, so there is nothing new to announce */
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_ANNOUNCE_CAPABILITIES),
                    ==, 1);
  rig_clear (&rig);
}

static void
test_policy_to_server (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  set_policy (&rig, true, false, 1000);
  assert_heard (&rig, "released 0; ");
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  assert_heard (&rig, "no data 0 1; ");
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "000000000200000001000000");
  rig_clear (&rig);
}

static void
test_policy_off_and_on (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  set_policy (&rig, false, false, 1000);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 1),
      "0000000004000000");
  /* sent before it heard of that: it counts, but has no effect */
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  assert_heard (&rig, "");
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  set_policy (&rig, true, true, 1000);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 2),
      "0000000064050300");
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 1),
                     "000000000200000001000000");
  rig_clear (&rig);
}

static void
test_policy_off_from_the_start (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  set_policy (&rig, false, false, 1000);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 0),
      "0000000004000000");
  /* it may not speak of selections then */
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "01000000");
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0),
                     "00000000");
  assert_heard (&rig, "");
  rig_clear (&rig);
}

/* bodies that end the viewer */

static const struct {
  uint32_t type, caps;
  const char *hex;
} bad_bodies[] = {
    {VD_AGENT_CLIPBOARD, MODERN, "00000000"},
    {VD_AGENT_CLIPBOARD, MODERN, "00000000010000"},
    {VD_AGENT_CLIPBOARD_GRAB, MODERN, "00000000000000"},
    {VD_AGENT_CLIPBOARD_GRAB, MODERN, "0000000000000000010000"},
    {VD_AGENT_CLIPBOARD_GRAB, MODERN, "00000000"},
    {VD_AGENT_CLIPBOARD_GRAB, BY_DEMAND | SELECTION, ""},
    {VD_AGENT_CLIPBOARD_GRAB, BY_DEMAND, "010000"},
    {VD_AGENT_CLIPBOARD_REQUEST, MODERN, "00000000"},
    {VD_AGENT_CLIPBOARD_REQUEST, MODERN, "000000000100"},
    {VD_AGENT_CLIPBOARD_REQUEST, BY_DEMAND, "0000000001000000"},
    {VD_AGENT_CLIPBOARD_RELEASE, MODERN, ""},
    {VD_AGENT_CLIPBOARD_RELEASE, MODERN, "0000"},
    {VD_AGENT_CLIPBOARD_RELEASE, BY_DEMAND, "00000000"},
};

static void
test_bad_bodies (void)
{
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (bad_bodies); i++) {
    g_autoptr (AgentClient) client =
        agent_client_start (&rig.base.session, NO_END, bad_bodies[i].caps);

    g_test_message ("type %u: %s", bad_bodies[i].type, bad_bodies[i].hex);
    send_hex (client, bad_bodies[i].type, bad_bodies[i].hex);
    NET_RUN_UNTIL (&rig.base.session.net, client->main->closed);
  }
  assert_heard (&rig, "");
  rig_clear (&rig);
}

/* CVE-2018-10873: every length around the fixed part, in every format; the
 * server and other viewers go on */
static void
test_all_lengths (void)
{
  static const uint32_t types[] = {
      VD_AGENT_CLIPBOARD, VD_AGENT_CLIPBOARD_GRAB, VD_AGENT_CLIPBOARD_REQUEST,
      VD_AGENT_CLIPBOARD_RELEASE, VD_AGENT_MAX_CLIPBOARD};
  static const uint32_t caps[] = {BY_DEMAND, BY_DEMAND | SELECTION,
                                  BY_DEMAND | SERIAL, MODERN};
  static const uint8_t zeros[24];
  g_autoptr (AgentClient) witness = NULL;
  guint n_ended = 0;
  Rig rig;

  rig_init (&rig);
  witness = agent_client_start (&rig.base.session, NO_END, MODERN);
  for (guint i = 0; i < G_N_ELEMENTS (types) * G_N_ELEMENTS (caps); i++)
    for (gsize size = 0; size <= sizeof zeros; size += 1 + size / 13) {
      g_autoptr (AgentClient) client = agent_client_start (
          &rig.base.session, NO_END, caps[i % G_N_ELEMENTS (caps)]);

      agent_client_send (client, types[i / G_N_ELEMENTS (caps)], zeros, size);
      n_ended += client->main->closed;
    }
  g_assert_cmpuint (n_ended, >, 100);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  g_assert_nonnull (agent_client_find (witness, VD_AGENT_CLIPBOARD_GRAB, 0));
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/clipboard-rules/" path, func)
  TEST ("viewers-are-apart", test_viewers_are_apart);
  TEST ("view-only-neither-gives-nor-gets", test_view_only);
  TEST ("policy-to-client", test_policy_to_client);
  TEST ("policy-to-server", test_policy_to_server);
  TEST ("policy-off-and-on", test_policy_off_and_on);
  TEST ("policy-off-from-the-start", test_policy_off_from_the_start);
  TEST ("bad-bodies-end-the-viewer", test_bad_bodies);
  TEST ("CVE-2018-10873-all-lengths", test_all_lengths);
  return g_test_run ();
}
