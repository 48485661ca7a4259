/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session that moves from one server to another with all its viewer was in
 * the middle of: what it copies and pastes, what it sends and gets on byte
 * streams. Two servers and the viewer in one thread. */
#include "server-core/main/clipboard-fixture.h"
#include "server-core/main/migrate.h"
#include "server-core/port/port.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/messages-main.h"

#include <string.h>

#define A_MINUTE_MS 60000u
#define HALF 100000u

typedef struct {
  Rig source, target;
  AgentClient *agent; /* at the source, then at the target */
  WireClient *away;   /* the main line that was left */
  uint32_t id;
} Test;

static const SpcDestination elsewhere = {"there.example", 5901, 0, NULL};

/* places */

static SpcMigration *
migration_of (Rig *rig)
{
  return spc_server_migration (rig->base.session.server);
}

static void
set_up (Test *test, gconstpointer data)
{
  *test = (Test){0};
  rig_init (&test->source);
  rig_init (&test->target);
  spc_migration_set_seamless (migration_of (&test->source), true);
  spc_migration_set_seamless (migration_of (&test->target), true);
}

static void
tear_down (Test *test, gconstpointer data)
{
  if (test->agent != NULL)
    agent_client_free (test->agent);
  if (test->away != NULL)
    wire_client_free (test->away);
  rig_clear (&test->source);
  rig_clear (&test->target);
}

static SpcPort *
add_port (Rig *rig, SpcPortKind kind)
{
  const SpcPortConfig config = {.kind = kind, .name = "chat"};
  SpcPort *port = spc_port_new (rig->base.session.server, &config);

  session_add (&rig->base.session, g_object_ref (port));
  spc_port_post_consumer (port, true);
  session_settle (&rig->base.session);
  return port;
}

static WireClient *
link_main (Rig *rig, uint32_t id)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                           .connection_id = id};
  WireClient *main;

  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEAMLESS_MIGRATE);
  main = session_link (&rig->base.session, &setup);
  g_assert_cmpint (main->link_code, ==, SPICE_LINK_ERR_OK);
  session_settle (&rig->base.session);
  return main;
}

static void
join (Test *test, uint32_t tokens)
{
  const uint32_t caps[] = {GUINT32_TO_LE (1), GUINT32_TO_LE (MODERN)};

  test->agent = agent_client_over (&test->source.base.session,
                                   link_main (&test->source, 0));
  test->id = session_id_of (test->agent->main);
  agent_client_send_u32 (test->agent, SPICE_MSGC_MAIN_AGENT_START, tokens);
  agent_client_send (test->agent, VD_AGENT_ANNOUNCE_CAPABILITIES, caps,
                     sizeof caps);
  agent_client_settle (test->agent);
}

/* a move, step by step */

static WireClient *
link_at_target (Test *test)
{
  const SpcMigrateDoSeamless wish = {.version = 1};
  WireClient *main;

  spc_migration_expect (migration_of (&test->target), test->id, A_MINUTE_MS);
  session_settle (&test->target.base.session);
  main = link_main (&test->target, test->id);
  wire_client_send_fields (main, SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS,
                           spc_migrate_do_seamless_fields, &wish);
  session_settle (&test->target.base.session);
  g_assert_nonnull (
      wire_client_find (main, SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_ACK, 0));
  return main;
}

static void
begin_to_leave (Test *test)
{
  Session *session = &test->source.base.session;

  g_assert_true (
      spc_migration_connect (migration_of (&test->source), &elsewhere));
  session_settle (session);
  wire_client_send (test->agent->main,
                    SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, NULL, 0);
  session_settle (session);
  g_assert_true (spc_migration_end (migration_of (&test->source), true));
  session_settle (session);
}

/* the viewer's last word; what it is given for the other server */
static GBytes *
take_state (Test *test, WireClient *line)
{
  const WireMessage *state;

  g_assert_nonnull (wire_client_find (line, SPICE_MSG_MIGRATE, 0));
  wire_client_send (line, SPICE_MSGC_MIGRATE_FLUSH_MARK, NULL, 0);
  NET_RUN_UNTIL (&test->source.base.session.net,
                 wire_client_find (line, SPICE_MSG_MIGRATE_DATA, 0) != NULL);
  state = wire_client_find (line, SPICE_MSG_MIGRATE_DATA, 0);
  return g_bytes_ref (state->body);
}

static void
bring_state (Test *test, WireClient *line, GBytes *state)
{
  gsize size;
  const void *data = g_bytes_get_data (state, &size);

  wire_client_send (line, SPICE_MSGC_MIGRATE_DATA, data, (uint32_t)size);
  NET_RUN_UNTIL (&test->target.base.session.net, wire_client_is_flushed (line));
  session_settle (&test->target.base.session);
  g_assert_false (line->closed);
}

/* @main: the viewer's at the target; from now on its agent is there */
static void
change_places (Test *test, WireClient *main)
{
  g_autoptr (GBytes) state = NULL;

  agent_client_settle (test->agent);
  state = take_state (test, test->agent->main);
  agent_client_settle (test->agent);
  test->away = test->agent->main;
  test->agent->main = main;
  test->agent->session = &test->target.base.session;
  test->agent->n_seen = 0;
  bring_state (test, main, state);
}

static void
move (Test *test)
{
  WireClient *main = link_at_target (test);

  begin_to_leave (test);
  change_places (test, main);
}

/* what a viewer is told whose agent is another one */
static guint
n_new_agents (Test *test)
{
  return wire_client_count (test->agent->main,
                            SPICE_MSG_MAIN_AGENT_DISCONNECTED) +
         wire_client_count (test->agent->main, SPICE_MSG_MAIN_AGENT_CONNECTED) +
         wire_client_count (test->agent->main,
                            SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS);
}

/* agent */

static void
test_a_conversation_goes_on (Test *test, gconstpointer data)
{
  join (test, NO_END);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  assert_heard (&test->source, "grabbed 0 2; ");
  move (test);
  g_assert_cmpuint (n_new_agents (test), ==, 0);
  /* capabilities, once more */
  agent_client_settle (test->agent);
  g_assert_cmpuint (
      agent_client_count (test->agent, VD_AGENT_ANNOUNCE_CAPABILITIES), ==, 2);
  assert_heard (&test->target, "grabbed 0 2; ");
  /* serials are counted on */
  send_hex (test->agent, VD_AGENT_CLIPBOARD_GRAB, "000000000000000002000000");
  assert_heard (&test->target, "");
  send_hex (test->agent, VD_AGENT_CLIPBOARD_GRAB, "000000000100000002000000");
  assert_heard (&test->target, "grabbed 0 4; ");
}

/* the application has asked; half of the answer has come when the viewer goes
 */
static void
test_a_paste_to_the_server_goes_on (Test *test, gconstpointer data)
{
  g_autofree uint8_t *body = g_malloc0 (8 + 2 * HALF);
  gsize size = 8 + 2 * HALF, n, done;
  const uint8_t *got;

  memcpy (body, "\0\0\0\0\1\0\0\0", 8);
  for (gsize i = 0; i < 2 * HALF; i++)
    body[8 + i] = (uint8_t)(i * 13 + i / 256);
  join (test, NO_END);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_GRAB, "000000000000000001000000");
  spc_clipboard_request (test->source.clipboard, test->id, 0, TEXT);
  session_settle (&test->source.base.session);
  agent_client_send_start (test->agent, VD_AGENT_CLIPBOARD, (uint32_t)size,
                           body, 1000);
  for (done = 1000; done < size; done += n) {
    n = MIN (size - done, 2048);
    if (done > HALF && test->away == NULL)
      move (test);
    agent_client_send_raw (test->agent, body + done, n);
    session_settle (test->agent->session);
  }
  g_assert_false (test->agent->main->closed);
  session_settle (&test->target.base.session);
  g_assert_nonnull (test->target.data);
  got = g_bytes_get_data (test->target.data, &n);
  g_assert_cmpmem (got, n, body + 8, 2 * HALF);
  assert_heard (&test->target, "grabbed 0 2; data 0 1 of 200000; ");
}

/* and the other way: the viewer gives few tokens, so that most has not been
 * sent when it goes */
static void
test_a_paste_to_the_viewer_goes_on (Test *test, gconstpointer data)
{
  g_autofree uint8_t *content = g_malloc (HALF);
  g_autoptr (GBytes) bytes = NULL;
  const AgentMessage *answer;

  for (gsize i = 0; i < HALF; i++)
    content[i] = (uint8_t)(i * 7 + i / 250);
  bytes = g_bytes_new (content, HALF);
  join (test, 5);
  spc_clipboard_grab (test->source.clipboard, 0, 0, TEXT_BIT);
  spc_clipboard_grab (test->target.clipboard, 0, 0, TEXT_BIT);
  agent_client_settle (test->agent);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  spc_clipboard_set_data (test->source.clipboard, test->id, 0, TEXT, bytes);
  agent_client_settle (test->agent);
  g_assert_null (agent_client_find (test->agent, VD_AGENT_CLIPBOARD, 0));
  move (test);
  agent_client_send_u32 (test->agent, SPICE_MSGC_MAIN_AGENT_TOKEN, 1000);
  answer = agent_client_find (test->agent, VD_AGENT_CLIPBOARD, 0);
  g_assert_nonnull (answer);
  g_assert_cmpuint (g_bytes_get_size (answer->body), ==, HALF + 8);
  g_assert_true (
      memcmp ((const uint8_t *)g_bytes_get_data (answer->body, NULL) + 8,
              content, HALF) == 0);
}

/* tokens that are there carry all before the viewer goes */
static void
test_what_can_be_sent_is_sent_before (Test *test, gconstpointer data)
{
  g_autofree uint8_t *content = g_malloc0 (2 * 1024 * 1024);
  g_autoptr (GBytes) bytes = g_bytes_new (content, 2 * 1024 * 1024);
  WireClient *main;

  join (test, NO_END);
  spc_clipboard_grab (test->source.clipboard, 0, 0, TEXT_BIT);
  spc_clipboard_grab (test->target.clipboard, 0, 0, TEXT_BIT);
  agent_client_settle (test->agent);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  wire_client_stop_reading (test->agent->main);
  spc_clipboard_set_data (test->source.clipboard, test->id, 0, TEXT, bytes);
  main = link_at_target (test);
  begin_to_leave (test);
  wire_client_read_again (test->agent->main);
  NET_RUN_UNTIL (&test->source.base.session.net,
                 wire_client_find (test->agent->main, SPICE_MSG_MIGRATE, 0) !=
                     NULL);
  g_assert_nonnull (agent_client_find (test->agent, VD_AGENT_CLIPBOARD, 0));
  change_places (test, main);
}

/* asked, and not answered at the source: the other application is asked */
static void
test_a_question_goes_along (Test *test, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);

  join (test, NO_END);
  spc_clipboard_grab (test->source.clipboard, 0, 0, TEXT_BIT);
  spc_clipboard_grab (test->target.clipboard, 0, 0, TEXT_BIT);
  agent_client_settle (test->agent);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  move (test);
  assert_heard (&test->target, "requested 0 1; ");
  spc_clipboard_set_data (test->target.clipboard, test->id, 0, TEXT, bytes);
  agent_assert_body (agent_client_find (test->agent, VD_AGENT_CLIPBOARD, 0),
                     "000000000100000068656c6c6f");
}

static void
test_what_is_not_offered_there_is_withdrawn (Test *test, gconstpointer data)
{
  join (test, NO_END);
  spc_clipboard_grab (test->source.clipboard, 0, 0, TEXT_BIT);
  agent_client_settle (test->agent);
  send_hex (test->agent, VD_AGENT_CLIPBOARD_REQUEST, "0000000001000000");
  move (test);
  assert_heard (&test->target, "");
  agent_assert_body (agent_client_find (test->agent, VD_AGENT_CLIPBOARD, 0),
                     none);
  g_assert_cmpuint (
      agent_client_count (test->agent, VD_AGENT_CLIPBOARD_RELEASE), ==, 1);
}

/* of ten tokens some are with the viewer, some were used and not given back:
 * all ten can be used afterwards, and no more */
static void
test_no_token_is_lost (Test *test, gconstpointer data)
{
  join (test, NO_END);
  for (int i = 0; i < 3; i++)
    send_hex (test->agent, VD_AGENT_CLIPBOARD_RELEASE, "00000000");
  move (test);
  agent_client_settle (test->agent);
  for (int i = 0; i < 40; i++) {
    send_hex (test->agent, VD_AGENT_CLIPBOARD_RELEASE, "00000000");
    g_assert_false (test->agent->main->closed);
  }
  g_assert_cmpuint (test->agent->n_returned, <=, 45);
}

/* one message in two pieces, a server between them */
static void
test_half_a_message_is_completed (Test *test, gconstpointer data)
{
  static const uint8_t start[] = {0, 0, 0, 0, 0, 0};
  static const uint8_t rest[] = {0, 0, 1, 0, 0, 0};

  join (test, NO_END);
  agent_client_send_start (test->agent, VD_AGENT_CLIPBOARD_GRAB,
                           sizeof start + sizeof rest, start, sizeof start);
  move (test);
  assert_heard (&test->target, "");
  agent_client_send_raw (test->agent, rest, sizeof rest);
  assert_heard (&test->target, "grabbed 0 2; ");
}

/* byte streams */

static char *
read_all (SpcPort *port)
{
  GString *text = g_string_new (NULL);
  SpcLetter *letter;

  while ((letter = spc_port_read (port, 0)) != NULL) {
    if (letter->kind == SPC_LETTER_DATA)
      g_string_append_len (text, g_bytes_get_data (letter->data, NULL),
                           (gssize)g_bytes_get_size (letter->data));
    else
      g_string_append_c (text, letter->kind == SPC_LETTER_ATTACHED   ? '+'
                               : letter->kind == SPC_LETTER_DETACHED ? '-'
                                                                     : 'e');
    spc_port_give_back (port, letter);
  }
  return g_string_free (text, FALSE);
}

static void
assert_read (SpcPort *port, const char *expected)
{
  g_autofree char *text = read_all (port);

  g_assert_cmpstr (text, ==, expected);
}

static WireClient *
open_line (Rig *rig, uint32_t id, SpcPortKind kind)
{
  static const uint8_t types[] = {SPICE_CHANNEL_PORT, SPICE_CHANNEL_WEBDAV,
                                  SPICE_CHANNEL_USBREDIR,
                                  SPICE_CHANNEL_SMARTCARD};
  const WireClientSetup setup = {.channel_type = types[kind],
                                 .connection_id = id};
  WireClient *line = session_link (&rig->base.session, &setup);

  g_assert_cmpint (line->link_code, ==, SPICE_LINK_ERR_OK);
  session_settle (&rig->base.session);
  return line;
}

/* the viewer with its byte stream; @lines: there, here */
static void
move_with_line (Test *test, WireClient *lines[2], SpcPortKind kind)
{
  WireClient *main = link_at_target (test);
  g_autoptr (GBytes) state = NULL;

  lines[1] = open_line (&test->target, test->id, kind);
  begin_to_leave (test);
  /* what was on its way when the viewer heard of it */
  if (kind != SPC_PORT_SMARTCARD)
    wire_client_send (lines[0], SPICE_MSGC_SPICEVMC_DATA, "late", 4);
  state = take_state (test, lines[0]);
  session_settle (&test->source.base.session);
  change_places (test, main);
  bring_state (test, lines[1], state);
}

static char *
sent_to (WireClient *line)
{
  GString *text = g_string_new (NULL);
  const WireMessage *message;

  for (guint i = 0;
       (message = wire_client_find (line, SPICE_MSG_SPICEVMC_DATA, i)); i++)
    g_string_append_len (text, g_bytes_get_data (message->body, NULL),
                         (gssize)g_bytes_get_size (message->body));
  return g_string_free (text, FALSE);
}

static void
test_a_byte_stream_goes_on (Test *test, gconstpointer data)
{
  SpcPortKind kind = (SpcPortKind)GPOINTER_TO_INT (data);
  g_autoptr (SpcPort) source = add_port (&test->source, kind);
  g_autoptr (SpcPort) target = add_port (&test->target, kind);
  g_autofree char *before = NULL, *after = NULL;
  WireClient *lines[2];

  join (test, NO_END);
  lines[0] = open_line (&test->source, test->id, kind);
  wire_client_send (lines[0], SPICE_MSGC_SPICEVMC_DATA, "one ", 4);
  session_settle (&test->source.base.session);
  assert_read (source, "+one ");
  wire_client_send (lines[0], SPICE_MSGC_SPICEVMC_DATA, "two ", 4);
  session_settle (&test->source.base.session);
  g_assert_cmpuint (spc_port_write (source, "here ", 5), ==, 5);
  move_with_line (test, lines, kind);
  before = sent_to (lines[0]);
  g_assert_cmpstr (before, ==, "here ");
  assert_read (target, "+two late");
  g_assert_cmpuint (spc_port_write (target, "there", 5), ==, 5);
  session_settle (&test->target.base.session);
  after = sent_to (lines[1]);
  g_assert_cmpstr (after, ==, "there");
  g_assert_cmpuint (wire_client_count (lines[1], SPICE_MSG_PORT_INIT), ==, 0);
  wire_client_free (lines[0]);
  session_settle (&test->source.base.session);
  assert_read (source, "-");
  wire_client_free (lines[1]);
}

/* a viewer knows a port as it was told of it: only a change is news */
static void
test_a_port_tells_what_is_another (Test *test, gconstpointer data)
{
  bool is_opened_there = GPOINTER_TO_INT (data);
  g_autoptr (SpcPort) source = add_port (&test->source, SPC_PORT_PLAIN);
  g_autoptr (SpcPort) target = add_port (&test->target, SPC_PORT_PLAIN);
  WireClient *lines[2];

  spc_port_post_event (source, SPC_PORT_OPENED);
  if (is_opened_there)
    spc_port_post_event (target, SPC_PORT_OPENED);
  session_settle (&test->target.base.session);
  join (test, NO_END);
  lines[0] = open_line (&test->source, test->id, SPC_PORT_PLAIN);
  move_with_line (test, lines, SPC_PORT_PLAIN);
  g_assert_cmpuint (wire_client_count (lines[1], SPICE_MSG_PORT_EVENT), ==,
                    is_opened_there ? 0 : 1);
  wire_client_free (lines[0]);
  wire_client_free (lines[1]);
}

static void
test_readers_and_half_a_message_go_along (Test *test, gconstpointer data)
{
  static const uint8_t add[] = {3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};
  static const uint8_t added[] = {0, 0, 0, 2, 0, 0, 0, 0,
                                  0, 0, 0, 4, 0, 0, 0, 0};
  static const uint8_t apdu[] = {7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'A'};
  g_autoptr (SpcPort) source = add_port (&test->source, SPC_PORT_SMARTCARD);
  g_autoptr (SpcPort) target = add_port (&test->target, SPC_PORT_SMARTCARD);
  g_autofree char *there = NULL;
  WireClient *lines[2];
  SpcLetter *letter;

  join (test, NO_END);
  lines[0] = open_line (&test->source, test->id, SPC_PORT_SMARTCARD);
  wire_client_send (lines[0], SPICE_MSGC_SMARTCARD_DATA, add, sizeof add);
  session_settle (&test->source.base.session);
  g_assert_cmpuint (spc_port_write (source, added, 7), ==, 7);
  session_settle (&test->source.base.session);
  move_with_line (test, lines, SPC_PORT_SMARTCARD);
  /* the device answers there what it was asked here */
  g_assert_cmpuint (spc_port_write (target, added + 7, 9), ==, 9);
  session_settle (&test->target.base.session);
  there = sent_to (lines[1]);
  g_assert_cmpuint (wire_client_count (lines[1], SPICE_MSG_SMARTCARD_DATA), ==,
                    1);
  /* "+", ReaderAdd that nobody had read, then what the viewer's card says */
  wire_client_send (lines[1], SPICE_MSGC_SMARTCARD_DATA, apdu, sizeof apdu);
  session_settle (&test->target.base.session);
  letter = spc_port_read (target, 0);
  g_assert_cmpint (letter->kind, ==, SPC_LETTER_ATTACHED);
  spc_port_give_back (target, letter);
  letter = spc_port_read (target, 0);
  g_assert_cmpmem (g_bytes_get_data (letter->data, NULL),
                   g_bytes_get_size (letter->data), "\0\0\0\3\0\0\0\0\0\0\0\0",
                   12);
  spc_port_give_back (target, letter);
  letter = spc_port_read (target, 0);
  g_assert_cmpmem (g_bytes_get_data (letter->data, NULL),
                   g_bytes_get_size (letter->data), "\0\0\0\7\0\0\0\0\0\0\0\1A",
                   13);
  spc_port_give_back (target, letter);
  wire_client_free (lines[0]);
  wire_client_free (lines[1]);
}

int
main (int argc, char **argv)
{
#define ADD(path, data, func)                                                  \
  g_test_add ("/moving/" path, Test, GINT_TO_POINTER (data), set_up, func,     \
              tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("agent/conversation", 0, test_a_conversation_goes_on);
  ADD ("agent/paste-to-server", 0, test_a_paste_to_the_server_goes_on);
  ADD ("agent/paste-to-viewer", 0, test_a_paste_to_the_viewer_goes_on);
  ADD ("agent/sent-before", 0, test_what_can_be_sent_is_sent_before);
  ADD ("agent/question", 0, test_a_question_goes_along);
  ADD ("agent/withdrawn", 0, test_what_is_not_offered_there_is_withdrawn);
  ADD ("agent/tokens", 0, test_no_token_is_lost);
  ADD ("agent/half-a-message", 0, test_half_a_message_is_completed);
  ADD ("port", SPC_PORT_PLAIN, test_a_byte_stream_goes_on);
  ADD ("webdav", SPC_PORT_WEBDAV, test_a_byte_stream_goes_on);
  ADD ("usbredir", SPC_PORT_USBREDIR, test_a_byte_stream_goes_on);
  ADD ("port/closed-there", 0, test_a_port_tells_what_is_another);
  ADD ("port/opened-there", 1, test_a_port_tells_what_is_another);
  ADD ("smartcard", 0, test_readers_and_half_a_message_go_along);
  return g_test_run ();
}
