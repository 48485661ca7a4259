/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the clipboard: both directions, serials, limits. */
#include "clipboard-fixture.h"
#include "server-core/base/limits.h"

#include <string.h>

/* announcing */

static void
test_announced (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  /* 2 5 6 8 10 16 17 */
  agent_assert_body (
      agent_client_find (client, VD_AGENT_ANNOUNCE_CAPABILITIES, 0),
      "0000000064050300");
  rig_clear (&rig);
}

/* to the viewer */

static void
test_offer (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 1, TEXT_BIT | PNG_BIT);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "01000000"
                     "00000000"
                     "0100000002000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0100000001000000");
  assert_heard (&rig, "requested 1 1; ");
  spc_clipboard_set_data (rig.clipboard, last_id (&rig), 1, TEXT, bytes);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0),
                     "010000000100000068656c6c6f");
  /* a second answer is one too many */
  spc_clipboard_set_data (rig.clipboard, last_id (&rig), 1, TEXT, bytes);
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD), ==, 1);
  spc_clipboard_release (rig.clipboard, 0, 1);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_RELEASE, 0),
                     "01000000");
  rig_clear (&rig);
}

static void
test_offer_large (void)
{
  const gsize size = 1 << 20;
  g_autofree uint8_t *data = g_malloc (size);
  g_autoptr (AgentClient) client = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const AgentMessage *answer;
  Rig rig;

  for (gsize i = 0; i < size; i++)
    data[i] = (uint8_t)(i * 31 + i / 255);
  bytes = g_bytes_new (data, size);
  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_set_data (rig.clipboard, last_id (&rig), 0, TEXT, bytes);
  answer = agent_client_find (client, VD_AGENT_CLIPBOARD, 0);
  g_assert_nonnull (answer);
  g_assert_cmpuint (g_bytes_get_size (answer->body), ==, size + 8);
  g_assert_true (
      memcmp ((const uint8_t *)g_bytes_get_data (answer->body, NULL) + 8, data,
              size) == 0);
  rig_clear (&rig);
}

static void
test_old_viewer (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, BY_DEMAND);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  spc_clipboard_grab (rig.clipboard, 0, 1, TEXT_BIT); /* not for it */
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "01000000");
  /* it must be told of the end before another beginning */
  spc_clipboard_grab (rig.clipboard, 0, 0, PNG_BIT);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_RELEASE, 0),
                     "");
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 1),
                     "02000000");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_GRAB), ==,
                    2);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "01000000");
  assert_heard (&rig, "grabbed 0 2; ");
  rig_clear (&rig);
}

static void
test_no_clipboard_viewer (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, 7);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  agent_client_settle (client);
  g_assert_cmpuint (client->messages->len, ==, 1);
  rig_clear (&rig);
}

static void
test_late_viewer (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  spc_clipboard_grab (rig.clipboard, 0, 1, TEXT_BIT);
  spc_clipboard_release (rig.clipboard, 0, 1);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "000000000000000001000000");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_GRAB), ==,
                    1);
  rig_clear (&rig);
}

static void
test_regrab (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  for (guint i = 0; i < 3; i++) {
    spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
    session_settle (&rig.base.session);
  }
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 2),
                     "000000000200000001000000");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_RELEASE), ==,
                    0);
  rig_clear (&rig);
}

/* what was never sent takes no serial, and does not pile up */
static void
test_grabs_without_tokens (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, 1, MODERN);
  for (guint i = 0; i < 100; i++) {
    spc_clipboard_grab (rig.clipboard, 0, 0, i % 2 ? TEXT_BIT : PNG_BIT);
    if (i % 3 == 0)
      spc_clipboard_release (rig.clipboard, 0, 0);
    session_settle (&rig.base.session);
  }
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  agent_client_send_u32 (client, SPICE_MSGC_MAIN_AGENT_TOKEN, 100);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 0),
                     "000000000000000001000000");
  g_assert_cmpuint (client->messages->len, ==, 3);
  rig_clear (&rig);
}

/* requests that must be answered with nothing */

static void
test_refused_requests (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  /* nothing is offered; then not this; then types that do not exist */
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000002000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000000000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "00000000ffffffff");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0300000001000000");
  assert_heard (&rig, "");
  for (guint i = 0; i < 4; i++)
    agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, i), none);
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD), ==, 4);
  /* the second one before the first is answered */
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  assert_heard (&rig, "requested 0 1; ");
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 4), none);
  /* the application has nothing after all */
  spc_clipboard_set_data (rig.clipboard, last_id (&rig), 0, TEXT, NULL);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 5), none);
  rig_clear (&rig);
}

static void
test_unanswered_request (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("late", 4);
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  spc_clipboard_set_patience (rig.clipboard, 1, G_MAXUINT32 / 2);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  NET_RUN_UNTIL (&rig.base.session.net,
                 agent_client_count (client, VD_AGENT_CLIPBOARD) == 1);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  spc_clipboard_set_data (rig.clipboard, last_id (&rig), 0, TEXT, bytes);
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD), ==, 1);
  rig_clear (&rig);
}

static void
test_release_answers (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_release (rig.clipboard, 0, 0);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  rig_clear (&rig);
}

/* sizes */

static void
ask_and_set (Rig *rig, AgentClient *client, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_set_data (rig->clipboard, last_id (rig), 0, TEXT, bytes);
  agent_client_settle (client);
}

static void
test_max_clipboard (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_MAX_CLIPBOARD, "64000000");
  ask_and_set (&rig, client, 101);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  ask_and_set (&rig, client, 100);
  g_assert_cmpuint (
      g_bytes_get_size (
          agent_client_find (client, VD_AGENT_CLIPBOARD, 1)->body),
      ==, 108);
  send_hex (client, VD_AGENT_MAX_CLIPBOARD, "ffffffff");
  ask_and_set (&rig, client, 1000);
  g_assert_cmpuint (
      g_bytes_get_size (
          agent_client_find (client, VD_AGENT_CLIPBOARD, 2)->body),
      ==, 1008);
  rig_clear (&rig);
}

static void
test_limit_both_ways (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  set_policy (&rig, true, true, 5000);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  ask_and_set (&rig, client, 5001);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD, 0), none);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  g_string_set_size (rig.base.heard, 0);
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  session_settle (&rig.base.session);
  send_data (client, 5001);
  assert_heard (&rig, "no data 0 1; ");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  session_settle (&rig.base.session);
  send_data (client, 5000);
  assert_heard (&rig, "data 0 1 of 5000; ");
  g_assert_false (client->main->closed);
  rig_clear (&rig);
}

/* from the viewer */

static void
test_grab (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  /* types nobody knows are left out */
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB,
            "02000000"
            "00000000"
            "010000000000000006000000ff000000");
  assert_heard (&rig, "grabbed 2 42; ");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 2, TEXT);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_REQUEST, 0),
                     "0200000001000000");
  send_hex (client, VD_AGENT_CLIPBOARD, "02000000010000006869");
  assert_heard (&rig, "data 2 1 of 2; ");
  g_assert_cmpmem (g_bytes_get_data (rig.data, NULL), 2, "hi", 2);
  send_hex (client, VD_AGENT_CLIPBOARD_RELEASE, "02000000");
  assert_heard (&rig, "released 2; ");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 2, TEXT);
  assert_heard (&rig, "no data 2 1; ");
  rig_clear (&rig);
}

static void
test_data_of_all_sizes (void)
{
  static const gsize sizes[] = {0, 1, 2019, 2020, 2021, 4068, 4069, 1 << 20};
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const uint8_t *bytes;
    gsize size;

    spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
    session_settle (&rig.base.session);
    send_data (client, sizes[i]);
    session_settle (&rig.base.session);
    g_assert_nonnull (rig.data);
    bytes = g_bytes_get_data (rig.data, &size);
    g_assert_cmpuint (size, ==, sizes[i]);
    for (gsize j = 0; j < size; j++)
      if (bytes[j] != (uint8_t)(j * 13 + j / 256))
        g_error ("byte %zu of %zu", j, size);
  }
  rig_clear (&rig);
}

/* the part before the data comes byte by byte */
static void
test_data_cut_anywhere (void)
{
  static const uint8_t body[] = {0, 0, 0, 0, 1, 0, 0, 0, 'a', 'b', 'c'};
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  for (guint step = 1; step <= sizeof body; step++) {
    spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
    session_settle (&rig.base.session);
    agent_client_send_start (client, VD_AGENT_CLIPBOARD, sizeof body, NULL, 0);
    for (guint i = 0; i < sizeof body; i += step) {
      agent_client_send_raw (client, body + i, MIN (step, sizeof body - i));
      session_settle (&rig.base.session);
    }
    assert_heard (&rig, "data 0 1 of 3; ");
    g_assert_cmpmem (g_bytes_get_data (rig.data, NULL), 3, "abc", 3);
  }
  rig_clear (&rig);
}

static void
test_data_nobody_asked_for (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_data (client, 100000);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  send_data (client, 3);
  assert_heard (&rig, "grabbed 0 2; ");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  session_settle (&rig.base.session);
  /* another selection, another type: not the answer */
  send_hex (client, VD_AGENT_CLIPBOARD, "010000000100000061");
  send_hex (client, VD_AGENT_CLIPBOARD, "ff0000000100000061");
  send_hex (client, VD_AGENT_CLIPBOARD, "000000000200000061");
  assert_heard (&rig, "");
  send_hex (client, VD_AGENT_CLIPBOARD, "0000000000000000");
  assert_heard (&rig, "no data 0 1; ");
  rig_clear (&rig);
}

static void
test_several_types (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB,
            "00000000000000000100000002000000");
  g_string_set_size (rig.base.heard, 0);
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, PNG);
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, PNG);
  /* one at a time */
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_REQUEST, 0),
                     "0000000002000000");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_REQUEST), ==,
                    1);
  send_hex (client, VD_AGENT_CLIPBOARD, "000000000200000089");
  send_hex (client, VD_AGENT_CLIPBOARD, "00000000010000006161");
  assert_heard (&rig, "data 0 2 of 1; data 0 1 of 2; ");
  rig_clear (&rig);
}

static void
test_silent_viewer (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  spc_clipboard_set_patience (rig.clipboard, G_MAXUINT32 / 2, 1);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  NET_RUN_UNTIL (&rig.base.session.net,
                 strstr (rig.base.heard->str, "no data 0 1"));
  g_assert_false (client->main->closed);
  rig_clear (&rig);
}

static void
test_viewer_leaves (void)
{
  AgentClient *client;
  uint32_t id;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  id = last_id (&rig);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  spc_clipboard_request (rig.clipboard, id, 0, TEXT);
  session_settle (&rig.base.session);
  /* in the middle of its answer */
  agent_client_send_start (client, VD_AGENT_CLIPBOARD, 1000,
                           "\0\0\0\0\1\0\0\0a", 9);
  session_settle (&rig.base.session);
  agent_client_free (client);
  NET_RUN_UNTIL (&rig.base.session.net,
                 strstr (rig.base.heard->str, "released 0"));
  assert_heard (&rig, "grabbed 0 2; no data 0 1; released 0; ");
  spc_clipboard_request (rig.clipboard, id, 0, TEXT);
  assert_heard (&rig, "no data 0 1; ");
  rig_clear (&rig);
}

/* both at once */

static void
test_serials (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  /* crossed ours on its way; the next one has seen it */
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  assert_heard (&rig, "");
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  assert_heard (&rig, "grabbed 0 2; ");
  /* each selection counts by itself */
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "010000000000000001000000");
  assert_heard (&rig, "grabbed 1 2; ");
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  agent_assert_body (agent_client_find (client, VD_AGENT_CLIPBOARD_GRAB, 1),
                     "000000000200000001000000");
  rig_clear (&rig);
}

static void
test_grabs_cancel (void)
{
  g_autoptr (AgentClient) client = NULL;
  Rig rig;

  rig_init (&rig);
  client = agent_client_start (&rig.base.session, NO_END, MODERN);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  session_settle (&rig.base.session);
  send_hex (client, VD_AGENT_CLIPBOARD_GRAB, "000000000100000001000000");
  /* ours is over: it cannot be asked for, nor released */
  send_hex (client, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_release (rig.clipboard, 0, 0);
  assert_heard (&rig, "grabbed 0 2; ");
  g_assert_cmpuint (agent_client_count (client, VD_AGENT_CLIPBOARD_RELEASE), ==,
                    0);
  /* and the other way round */
  spc_clipboard_request (rig.clipboard, last_id (&rig), 0, TEXT);
  spc_clipboard_grab (rig.clipboard, 0, 0, TEXT_BIT);
  assert_heard (&rig, "no data 0 1; ");
  send_hex (client, VD_AGENT_CLIPBOARD_RELEASE, "00000000");
  assert_heard (&rig, "");
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/clipboard/" path, func)
  TEST ("is-announced", test_announced);
  TEST ("an-offer-is-asked-for-and-answered", test_offer);
  TEST ("large-content-arrives", test_offer_large);
  TEST ("old-viewers-are-spoken-to-as-they-know", test_old_viewer);
  TEST ("viewers-without-clipboard-hear-nothing", test_no_clipboard_viewer);
  TEST ("late-viewers-hear-of-what-there-is", test_late_viewer);
  TEST ("no-release-on-regrab", test_regrab);
  TEST ("offers-do-not-pile-up", test_grabs_without_tokens);
  TEST ("requests-are-refused", test_refused_requests);
  TEST ("requests-nobody-answers", test_unanswered_request);
  TEST ("a-release-answers-what-is-asked", test_release_answers);
  TEST ("max-clipboard-of-a-viewer", test_max_clipboard);
  TEST ("limit-both-ways", test_limit_both_ways);
  TEST ("a-grab-is-asked-for-and-answered", test_grab);
  TEST ("data-of-all-sizes", test_data_of_all_sizes);
  TEST ("data-cut-anywhere", test_data_cut_anywhere);
  TEST ("data-nobody-asked-for", test_data_nobody_asked_for);
  TEST ("several-types-one-after-the-other", test_several_types);
  TEST ("silent-viewers-are-not-waited-for", test_silent_viewer);
  TEST ("a-viewer-leaves", test_viewer_leaves);
  TEST ("serials-tell-who-lost-the-race", test_serials);
  TEST ("grabs-cancel-each-other", test_grabs_cancel);
  return g_test_run ();
}
