/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceauthrequest.h"
#include "gst/common/gstspiceserver.h"
#include "gst/common/gstspicetls.h"

#include <spice/enums.h>

typedef enum { ACCEPT, REFUSE, LEAVE, DROP, KEEP } Answer;

typedef struct {
  NetFixture net;
  GstSpiceServer *server;
  int port;
  Answer answer;
  GAsyncQueue *kept;  /* GstSpiceAuthRequest */
  gint n_asked;       /* atomic */
  gint n_of_password; /* atomic: rejected for it */
  gint denies_inputs; /* atomic */
} Fixture;

static void
on_authenticate (GstSpiceServer *server, GstSpiceAuthRequest *request,
                 Fixture *f)
{
  g_assert_true (g_str_has_prefix (gst_spice_auth_request_get_address (request),
                                   "127.0.0.1:"));
  g_assert_cmpstr (gst_spice_auth_request_get_mechanism (request), ==,
                   "ticket");
  g_assert_cmpstr (gst_spice_auth_request_get_user (request), ==, "");
  switch (f->answer) {
  case ACCEPT:
    gst_spice_auth_request_set_user (request, "ada");
    gst_spice_auth_request_set_view_only (request, TRUE);
    g_assert_true (gst_spice_auth_request_accept (request));
    /* the first answer counts */
    g_assert_false (gst_spice_auth_request_refuse (request));
    break;
  case REFUSE:
    g_assert_true (gst_spice_auth_request_refuse (request));
    break;
  case LEAVE:
    g_assert_true (gst_spice_auth_request_leave (request));
    break;
  case KEEP:
    g_async_queue_push (f->kept, g_object_ref (request));
    break;
  case DROP:
    break;
  }
  g_atomic_int_inc (&f->n_asked);
  g_main_context_wakeup (f->net.context);
}

static gboolean
on_authorize (GstSpiceServer *server, guint id, const char *user,
              const char *channel, guint channel_id, Fixture *f)
{
  g_assert_cmpstr (user, ==, "ada");
  return !g_atomic_int_get (&f->denies_inputs) ||
         !g_str_equal (channel, "inputs");
}

static void
on_rejected (GstSpiceServer *server, const char *address, const char *reason,
             Fixture *f)
{
  g_atomic_int_inc (&f->n_of_password);
  g_main_context_wakeup (f->net.context);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->kept = g_async_queue_new_full (g_object_unref);
  f->server = gst_spice_server_new (NULL);
  g_object_set (f->server, "port", 0, "address", "0.0.0.0", NULL);
  g_signal_connect (f->server, "authenticate", G_CALLBACK (on_authenticate), f);
  g_signal_connect (f->server, "client-rejected::wrong-password",
                    G_CALLBACK (on_rejected), f);
  /* reachable for others, and safe: the application decides */
  g_assert_true (gst_spice_server_start (f->server, NULL));
  f->port = gst_spice_server_get_current_port (f->server);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_spice_server_stop (f->server);
  g_object_unref (f->server);
  g_async_queue_unref (f->kept);
  net_fixture_clear (&f->net);
}

static WireClient *
link_main (Fixture *f, const char *ticket)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = ticket};

  return fixture_link (&f->net, f->port, &setup);
}

static int
try_main (Fixture *f, const char *ticket)
{
  g_autoptr (WireClient) client = link_main (f, ticket);

  return client->link_code;
}

static void
test_accept (Fixture *f, gconstpointer data)
{
  g_autoptr (WireClient) client = link_main (f, "token");
  g_autoptr (GPtrArray) clients = NULL;
  gboolean view_only = FALSE;
  const GstStructure *facts;

  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&f->net, gst_spice_server_get_num_clients (f->server) == 1);
  clients = gst_spice_server_get_clients (f->server);
  facts = g_ptr_array_index (clients, 0);
  g_assert_cmpstr (gst_structure_get_string (facts, "user"), ==, "ada");
  g_assert_cmpstr (gst_structure_get_string (facts, "mechanism"), ==, "ticket");
  g_assert_true (gst_structure_get_boolean (facts, "view-only", &view_only));
  g_assert_true (view_only);
}

static void
test_refuse (Fixture *f, gconstpointer data)
{
  f->answer = REFUSE;
  g_assert_cmpint (try_main (f, "token"), ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&f->net, g_atomic_int_get (&f->n_of_password) == 1);
}

static void
test_drop (Fixture *f, gconstpointer data)
{
  f->answer = DROP;
  g_assert_cmpint (try_main (f, "token"), ==, SPICE_LINK_ERR_PERMISSION_DENIED);
}

static void
test_leave (Fixture *f, gconstpointer data)
{
  f->answer = LEAVE;
  /* there is none, and others can reach us */
  g_assert_cmpint (try_main (f, "token"), ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  gst_spice_server_set_password (f->server, "tulip", 0);
  g_assert_cmpint (try_main (f, "tulip"), ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (&f->net, g_atomic_int_get (&f->n_asked) == 2);
}

/* answered elsewhere and later, or when the server is gone */
static void
test_keep (Fixture *f, gconstpointer data)
{
  g_autoptr (WireClient) client = NULL;
  g_autoptr (WireClient) late = NULL;
  g_autoptr (GstSpiceAuthRequest) request = NULL;
  g_autoptr (GstSpiceAuthRequest) orphan = NULL;
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = "token"};

  f->answer = KEEP;
  client = fixture_begin_link (&f->net, f->port, &setup);
  NET_RUN_UNTIL (&f->net, (request = g_async_queue_try_pop (f->kept)) != NULL);
  g_assert_cmpint (client->link_code, ==, WIRE_PENDING);
  g_assert_cmpstr (gst_spice_auth_request_get_password (request), ==, "token");
  g_assert_true (gst_spice_auth_request_check_password (request, "token"));
  g_assert_false (gst_spice_auth_request_check_password (request, "toke"));
  g_assert_false (gst_spice_auth_request_check_password (request, ""));
  g_assert_true (gst_spice_auth_request_accept (request));
  NET_RUN_UNTIL (&f->net, client->link_code != WIRE_PENDING);
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  late = fixture_begin_link (&f->net, f->port, &setup);
  NET_RUN_UNTIL (&f->net, (orphan = g_async_queue_try_pop (f->kept)) != NULL);
  gst_spice_server_stop (f->server);
  gst_spice_auth_request_accept (orphan);
}

static void
test_authorize (Fixture *f, gconstpointer data)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_INPUTS,
                           .password = ""};
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) inputs = NULL;
  g_autoptr (WireClient) again = NULL;

  g_signal_connect (f->server, "authorize-channel", G_CALLBACK (on_authorize),
                    f);
  g_atomic_int_set (&f->denies_inputs, TRUE);
  main = fixture_join (&f->net, f->port, &setup.connection_id);
  inputs = fixture_link (&f->net, f->port, &setup);
  g_assert_cmpint (inputs->link_code, ==, SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_atomic_int_set (&f->denies_inputs, FALSE);
  again = fixture_link (&f->net, f->port, &setup);
  g_assert_cmpint (again->link_code, ==, SPICE_LINK_ERR_OK);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/auth/accepted-with-user-and-role", test_accept);
  ADD ("/auth/refused", test_refuse);
  ADD ("/auth/without-an-answer-refused", test_drop);
  ADD ("/auth/left-to-the-password", test_leave);
  ADD ("/auth/answered-later", test_keep);
  ADD ("/auth/channels-are-authorized", test_authorize);
  result = g_test_run ();
  gst_deinit ();
  return result;
}
