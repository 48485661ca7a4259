/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of an application that decides who comes in, and with which channels;
 * and of what it is told about those who do not. Viewers are in memory. */
#include "server-core/channel/server-private.h"
#include "server-core/inputs/inputs.h"
#include "server-core/wire/messages-main.h"
#include "session.h"

#include <string.h>

static void
begin (Session *session, bool asks)
{
  SpcConfig config;

  spc_config_init (&config);
  config.n_workers = 1;
  session_init (session, &config);
  spc_config_clear (&config);
  session->authenticates = asks;
  session_add (session, spc_inputs_new (session->server));
}

/* a link whose ticket has not been answered yet */
static WireClient *
knock (Session *session, uint8_t type, uint32_t connection_id,
       const char *ticket)
{
  const WireClientSetup setup = {
      .channel_type = type, .connection_id = connection_id, .password = ticket};
  SpcTransport *near, *far;

  spc_transport_new_pair (session->net.loop, SESSION_LINE_BYTES, &near, &far);
  spc_server_take (session->server, near);
  return wire_client_new (far, &setup);
}

static WireClient *
knock_until_asked (Session *session, const char *ticket)
{
  uint64_t before = session->last_question;
  WireClient *client = knock (session, SPICE_CHANNEL_MAIN, 0, ticket);

  NET_RUN_UNTIL (&session->net, session->last_question != before);
  return client;
}

static void
answer (Session *session, SpcAuthAnswer answer)
{
  spc_server_answer_auth (session->server, session->last_question, answer, NULL,
                          NULL);
}

static int
result_of (Session *session, WireClient *client)
{
  NET_RUN_UNTIL (&session->net, client->link_code != WIRE_PENDING);
  return client->link_code;
}

static int
try_link (Session *session, uint8_t type, uint32_t connection_id,
          const char *ticket)
{
  g_autoptr (WireClient) client = knock (session, type, connection_id, ticket);

  return result_of (session, client);
}

/* tickets */

static void
test_accept (void)
{
  const SpcRole role = SPC_ROLE_VIEW_ONLY;
  g_autoptr (WireClient) main = NULL;
  Session session;
  SpcClient *client;

  begin (&session, true);
  main = knock_until_asked (&session, "token 7");
  session_settle (&session);
  g_assert_cmpint (main->link_code, ==, WIRE_PENDING);
  spc_server_answer_auth (session.server, session.last_question,
                          SPC_AUTH_ACCEPT, "ada", &role);
  g_assert_cmpint (result_of (&session, main), ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&session.net, spc_server_n_clients (session.server) == 1);
  client = g_ptr_array_index (spc_server_clients (session.server), 0);
  g_assert_cmpstr (client->identity.user, ==, "ada");
  g_assert_cmpstr (client->identity.mechanism, ==, "ticket");
  g_assert_true (client->has_own_role);
  g_assert_cmpstr (session.events->str, ==,
                   "asked ticket token 7; added view-only; ");
  session_clear (&session);
}

static void
test_refuse (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  begin (&session, true);
  main = knock_until_asked (&session, "guess");
  answer (&session, SPC_AUTH_REFUSE);
  g_assert_cmpint (result_of (&session, main), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&session.net,
                 strstr (session.events->str, "rejected") != NULL);
  g_assert_cmpstr (session.events->str, ==,
                   "asked ticket guess; auth failed 1; rejected 7; ");
  g_assert_cmpint (session.last_refusal, ==, SPC_REFUSAL_WRONG_PASSWORD);
  session_clear (&session);
}

/* the server's password decides then */
static void
test_leave (void)
{
  static const struct {
    const char *ticket;
    int code;
  } tries[] = {{"secret", SPICE_LINK_ERR_OK},
               {"other", SPICE_LINK_ERR_PERMISSION_DENIED}};
  Session session;

  begin (&session, true);
  spc_server_set_password (session.server, "secret", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++) {
    g_autoptr (WireClient) main = knock_until_asked (&session, tries[i].ticket);

    answer (&session, SPC_AUTH_LEAVE);
    g_assert_cmpint (result_of (&session, main), ==, tries[i].code);
  }
  session_clear (&session);
}

/* a password is of no use while the application decides */
static void
test_the_application_is_first (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  begin (&session, true);
  spc_server_set_password (session.server, "secret", 0);
  main = knock_until_asked (&session, "secret");
  answer (&session, SPC_AUTH_REFUSE);
  g_assert_cmpint (result_of (&session, main), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  session_clear (&session);
}

/* others come in meanwhile, and are answered in any order */
static void
test_answers_in_any_order (void)
{
  g_autoptr (WireClient) first = NULL;
  g_autoptr (WireClient) second = NULL;
  uint64_t question;
  Session session;

  begin (&session, true);
  first = knock_until_asked (&session, "slow");
  question = session.last_question;
  second = knock_until_asked (&session, "quick");
  answer (&session, SPC_AUTH_ACCEPT);
  g_assert_cmpint (result_of (&session, second), ==, SPICE_LINK_ERR_OK);
  g_assert_cmpint (first->link_code, ==, WIRE_PENDING);
  /* twice, and to questions nobody has asked: nothing happens */
  answer (&session, SPC_AUTH_REFUSE);
  spc_server_answer_auth (session.server, question + 100, SPC_AUTH_ACCEPT, NULL,
                          NULL);
  spc_server_answer_auth (session.server, question, SPC_AUTH_ACCEPT, NULL,
                          NULL);
  g_assert_cmpint (result_of (&session, first), ==, SPICE_LINK_ERR_OK);
  session_clear (&session);
}

/* who left before the answer came, and one that the server ends with */
static void
test_late_answers (void)
{
  Session session;

  begin (&session, true);
  wire_client_free (knock_until_asked (&session, "gone"));
  answer (&session, SPC_AUTH_ACCEPT);
  session_settle (&session);
  g_assert_cmpuint (spc_server_n_clients (session.server), ==, 0);
  wire_client_free (knock_until_asked (&session, "never answered"));
  session_clear (&session);
}

static void
test_no_answer_in_time (void)
{
  g_autoptr (WireClient) main = NULL;
  SpcConfig config;
  Session session;

  spc_config_init (&config);
  config.n_workers = 1;
  config.link_timeout_s = 3;
  session_init (&session, &config);
  session.authenticates = true;
  main = knock_until_asked (&session, "forgotten");
  g_assert_cmpint (result_of (&session, main), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&session.net, session.last_refusal == SPC_REFUSAL_NO_ANSWER);
  g_assert_cmpuint (session.n_withdrawn, ==, 1);
  /* which is not the viewer's fault */
  g_assert_null (strstr (session.events->str, "auth failed"));
  session_clear (&session);
}

static void
test_too_many_questions (void)
{
  g_autoptr (GPtrArray) waiting =
      g_ptr_array_new_with_free_func ((GDestroyNotify)wire_client_free);
  g_autoptr (WireClient) more = NULL;
  Session session;

  begin (&session, true);
  for (guint i = 0; i < SPC_MAX_AUTH_QUESTIONS; i++)
    g_ptr_array_add (waiting, knock_until_asked (&session, "x"));
  more = knock (&session, SPICE_CHANNEL_MAIN, 0, "one more");
  g_assert_cmpint (result_of (&session, more), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&session.net, session.last_refusal == SPC_REFUSAL_LIMIT);
  session_clear (&session);
}

/* its place is free, its refusal told, and an answer does nothing */
static void
test_who_leaves_is_withdrawn (void)
{
  WireClient *main;
  Session session;

  begin (&session, true);
  main = knock_until_asked (&session, "x");
  g_assert_cmpuint (
      spc_acceptor_n_pending (spc_server_acceptor (session.server)), ==, 1);
  wire_client_free (main);
  NET_RUN_UNTIL (&session.net, session.n_withdrawn == 1);
  g_assert_cmpuint (
      spc_acceptor_n_pending (spc_server_acceptor (session.server)), ==, 0);
  g_assert_cmpint (session.last_refusal, ==, SPC_REFUSAL_CLOSED);
  answer (&session, SPC_AUTH_ACCEPT);
  session_settle (&session);
  g_assert_cmpuint (spc_server_n_clients (session.server), ==, 0);
  g_assert_cmpuint (session.n_withdrawn, ==, 1);
  session_clear (&session);
}

/* who asks and leaves makes the application no more to do than who stays */
static void
test_leaving_makes_no_place_for_questions (void)
{
  g_autoptr (WireClient) more = NULL;
  Session session;
  uint64_t first;

  begin (&session, true);
  first = session.last_question + 1;
  for (guint i = 0; i < SPC_MAX_AUTH_QUESTIONS; i++) {
    wire_client_free (knock_until_asked (&session, "x"));
    NET_RUN_UNTIL (&session.net, session.n_withdrawn == i + 1);
  }
  more = knock (&session, SPICE_CHANNEL_MAIN, 0, "one more");
  g_assert_cmpint (result_of (&session, more), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&session.net, session.last_refusal == SPC_REFUSAL_LIMIT);
  /* it is through with one */
  spc_server_answer_auth (session.server, first, SPC_AUTH_REFUSE, NULL, NULL);
  wire_client_free (knock_until_asked (&session, "x"));
  session_clear (&session);
}

static void
test_answers_are_not_withdrawn (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;

  begin (&session, true);
  main = knock_until_asked (&session, "x");
  answer (&session, SPC_AUTH_REFUSE);
  g_assert_cmpint (result_of (&session, main), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&session.net, spc_acceptor_n_pending (
                                   spc_server_acceptor (session.server)) == 0);
  g_assert_cmpuint (session.n_withdrawn, ==, 0);
  session_clear (&session);
}

/* further channels */

static uint32_t
join (Session *session, const char *ticket, WireClient **main)
{
  *main = knock_until_asked (session, ticket);
  answer (session, SPC_AUTH_ACCEPT);
  NET_RUN_UNTIL (&session->net,
                 wire_client_find (*main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  return session_id_of (*main);
}

/* a token may be good for one time: it is asked about once */
static void
test_asked_once_a_viewer (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;
  uint64_t question;
  uint32_t id;

  begin (&session, true);
  id = join (&session, "once", &main);
  question = session.last_question;
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, "other"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, NULL), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, "once"), ==,
                   SPICE_LINK_ERR_OK);
  /* of no session: not a matter for the application either */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id + 1, "once"),
                   ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpuint (session.last_question, ==, question);
  session_clear (&session);
}

/* who is in keeps what it came in with; a new viewer needs the new one */
static void
test_a_new_password_is_for_new_viewers (void)
{
  g_autoptr (WireClient) main = NULL;
  Session session;
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = "old"};
  uint32_t id;

  begin (&session, false);
  spc_server_set_password (session.server, "old", 0);
  main = session_link (&session, &setup);
  NET_RUN_UNTIL (&session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  id = session_id_of (main);
  spc_server_set_password (session.server, "new", 0);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, "old"), ==,
                   SPICE_LINK_ERR_OK);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_MAIN, 0, "old"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  /* and is nobody else's */
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id + 1, "old"), ==,
                   SPICE_LINK_ERR_PERMISSION_DENIED);
  session_clear (&session);
}

static void
test_authorize_channel (void)
{
  static const uint8_t none[4] = {0};
  g_autoptr (WireClient) main = NULL;
  const WireMessage *list;
  Session session;
  uint32_t id;

  session_init (&session, NULL);
  session_add (&session, spc_inputs_new (session.server));
  session.denied_type = SPICE_CHANNEL_INPUTS;
  main = session_join (&session);
  id = session_id_of (main);
  wire_client_send (main, SPICE_MSGC_MAIN_ATTACH_CHANNELS, NULL, 0);
  NET_RUN_UNTIL (&session.net,
                 wire_client_count (main, SPICE_MSG_MAIN_CHANNELS_LIST) == 1);
  list = wire_client_find (main, SPICE_MSG_MAIN_CHANNELS_LIST, 0);
  g_assert_cmpmem (g_bytes_get_data (list->body, NULL),
                   g_bytes_get_size (list->body), none, sizeof none);
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, NULL), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  NET_RUN_UNTIL (&session.net,
                 session.last_refusal == SPC_REFUSAL_NOT_AUTHORISED);
  session.denied_type = 0;
  g_assert_cmpint (try_link (&session, SPICE_CHANNEL_INPUTS, id, NULL), ==,
                   SPICE_LINK_ERR_OK);
  session_clear (&session);
}

/* guesses on many lines at once */

static void
test_parallel_guesses_wait (void)
{
  g_autoptr (GPtrArray) held =
      g_ptr_array_new_with_free_func ((GDestroyNotify)wire_client_free);
  g_autoptr (WireClient) right = NULL;
  const WireClient *last;
  SpcConfig config;
  Session session;

  spc_config_init (&config);
  config.n_workers = 1;
  config.link_timeout_s = 4; /* the refusals are held for 16 s */
  session_init (&session, &config);
  spc_server_set_password (session.server, "right", 0);
  for (guint i = 0; i < SPC_PARALLEL_TICKET_TRIES; i++) {
    g_autofree char *told = g_strdup_printf ("auth failed %u;", i + 1);

    g_ptr_array_add (held, knock (&session, SPICE_CHANNEL_MAIN, 0, "wrong"));
    NET_RUN_UNTIL (&session.net, strstr (session.events->str, told) != NULL);
  }
  last = g_ptr_array_index (held, held->len - 1);
  right = knock (&session, SPICE_CHANNEL_MAIN, 0, "right");
  session_settle (&session);
  g_assert_cmpint (right->link_code, ==, WIRE_PENDING);
  /* not before the last refusal, or the link's own end */
  NET_RUN_UNTIL (&session.net, right->link_code != WIRE_PENDING);
  g_assert_cmpint (right->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  g_assert_cmpint (last->link_code, ==, WIRE_PENDING);
  NET_RUN_UNTIL (&session.net, session.last_refusal == SPC_REFUSAL_LIMIT);
  session_clear (&session);
}

/* reports */

static guint64
count_of (Session *session, const char *name)
{
  g_autoptr (GVariant) stats =
      g_variant_ref_sink (spc_server_make_stats (session->server));
  g_autoptr (GVariant) refusals =
      g_variant_lookup_value (stats, "refusals", G_VARIANT_TYPE_VARDICT);
  guint64 n = 0;

  g_variant_lookup (refusals, name, "t", &n);
  return n;
}

static void
test_refusals_are_counted (void)
{
  Session session;

  begin (&session, false);
  spc_server_set_password (session.server, "right", 0);
  try_link (&session, SPICE_CHANNEL_MAIN, 0, "wrong");
  try_link (&session, SPICE_CHANNEL_MAIN, 0, "wrong, too");
  try_link (&session, SPICE_CHANNEL_DISPLAY, 5, "right");
  try_link (&session, SPICE_CHANNEL_INPUTS, 5, "right");
  NET_RUN_UNTIL (&session.net, count_of (&session, "no-session") == 1);
  g_assert_cmpuint (count_of (&session, "wrong-password"), ==, 2);
  g_assert_cmpuint (count_of (&session, "no-channel"), ==, 1);
  g_assert_cmpuint (count_of (&session, "limit"), ==, 0);
  session_clear (&session);
}

#define TEST(path, func) g_test_add_func ("/auth/" path, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("an-application-accepts", test_accept);
  TEST ("an-application-refuses", test_refuse);
  TEST ("an-application-leaves-it-to-the-password", test_leave);
  TEST ("the-application-goes-before-the-password",
        test_the_application_is_first);
  TEST ("answers-come-in-any-order", test_answers_in_any_order);
  TEST ("late-answers-do-nothing", test_late_answers);
  TEST ("no-answer-in-time-is-a-refusal", test_no_answer_in_time);
  TEST ("too-many-questions-are-not-asked", test_too_many_questions);
  TEST ("who-leaves-is-withdrawn", test_who_leaves_is_withdrawn);
  TEST ("leaving-makes-no-place-for-questions",
        test_leaving_makes_no_place_for_questions);
  TEST ("answers-are-not-withdrawn", test_answers_are_not_withdrawn);
  TEST ("an-application-is-asked-once-a-viewer", test_asked_once_a_viewer);
  TEST ("a-new-password-is-for-new-viewers",
        test_a_new_password_is_for_new_viewers);
  TEST ("channels-are-authorized", test_authorize_channel);
  TEST ("parallel-guesses-wait-for-refusals", test_parallel_guesses_wait);
  TEST ("refusals-are-counted-by-kind", test_refusals_are_counted);
  return g_test_run ();
}
