/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspice-fixture.h"
#include "gst/common/gstspiceserver.h"
#include "gst/common/gstspiceshare.h"

#include <spice/enums.h>
#include <string.h>

typedef struct {
  NetFixture net;
  GstSpiceServer *server;
  GString *log; /* what the signals said; under the lock */
  GMutex lock;
  gboolean answer; /* to "client-connecting" */
  guint last_id;
} Fixture;

static void
note (Fixture *f, const char *text)
{
  g_mutex_lock (&f->lock);
  g_string_append (f->log, text);
  g_mutex_unlock (&f->lock);
  g_main_context_wakeup (f->net.context);
}

static gboolean
has_noted (Fixture *f, const char *text)
{
  gboolean has;

  g_mutex_lock (&f->lock);
  has = strstr (f->log->str, text) != NULL;
  g_mutex_unlock (&f->lock);
  return has;
}

static gboolean
on_connecting (GstSpiceServer *server, guint id, const char *address,
               Fixture *f)
{
  g_autoptr (GstStructure) stats = gst_spice_server_get_stats (server);

  /* asked on the loop, which answers itself */
  g_assert_true (gst_structure_has_field (stats, "clients"));
  g_assert_cmpuint (id, !=, 0);
  g_assert_true (g_str_has_prefix (address, "127.0.0.1"));
  note (f, "connecting;");
  return f->answer;
}

static void
on_added (GstSpiceServer *server, guint id, const char *address, Fixture *f)
{
  f->last_id = id;
  note (f, "added;");
}

static void
on_removed (GstSpiceServer *server, guint id, const char *address,
            const char *reason, Fixture *f)
{
  g_assert_cmpuint (id, ==, f->last_id);
  note (f, "removed;");
}

static void
on_rejected (GstSpiceServer *server, const char *address, const char *reason,
             Fixture *f)
{
  note (f, "rejected;");
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  g_mutex_init (&f->lock);
  f->log = g_string_new (NULL);
  f->answer = TRUE;
  f->server = gst_spice_server_new (NULL);
  g_object_set (f->server, "port", 0, NULL);
  g_signal_connect (f->server, "client-connecting", G_CALLBACK (on_connecting),
                    f);
  g_signal_connect (f->server, "client-added", G_CALLBACK (on_added), f);
  g_signal_connect (f->server, "client-removed", G_CALLBACK (on_removed), f);
  g_signal_connect (f->server, "client-rejected", G_CALLBACK (on_rejected), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_spice_server_stop (f->server);
  g_object_unref (f->server);
  g_string_free (f->log, TRUE);
  g_mutex_clear (&f->lock);
  net_fixture_clear (&f->net);
}

static int
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  gst_spice_server_start (f->server, &error);
  g_assert_no_error (error);
  return gst_spice_server_get_current_port (f->server);
}

static void
test_port (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (gst_spice_server_get_current_port (f->server), ==, -1);
  g_assert_cmpint (start (f), >, 0);
  g_assert_true (gst_spice_server_is_running (f->server));
  gst_spice_server_stop (f->server);
  g_assert_false (gst_spice_server_is_running (f->server));
  g_assert_cmpint (gst_spice_server_get_current_port (f->server), ==, -1);
  g_assert_cmpint (start (f), >, 0);
}

static void
test_port_taken (Fixture *f, gconstpointer data)
{
  int port = start (f);
  g_autofree char *number = g_strdup_printf ("port %d", port);
  g_autoptr (GstSpiceServer) other = gst_spice_server_new (NULL);
  g_autoptr (GError) error = NULL;

  g_object_set (other, "port", port, NULL);
  g_assert_false (gst_spice_server_start (other, &error));
  g_assert_error (error, GST_RESOURCE_ERROR,
                  GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_assert_nonnull (strstr (error->message, g_strerror (EADDRINUSE)));
}

static void
test_open_address (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (f->server, "address", "0.0.0.0", NULL);
  g_assert_false (gst_spice_server_start (f->server, &error));
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "0.0.0.0"));
  gst_spice_server_set_password (f->server, "secret", 0);
  g_assert_cmpint (start (f), >, 0);
}

static void
test_signals (Fixture *f, gconstpointer data)
{
  int port = start (f);
  uint32_t id;
  g_autoptr (WireClient) client = fixture_join (&f->net, port, &id);
  g_autoptr (GPtrArray) clients = NULL;
  guint known = 0;

  NET_RUN_UNTIL (&f->net, has_noted (f, "connecting;added;"));
  g_assert_cmpuint (f->last_id, ==, id);
  g_assert_cmpuint (gst_spice_server_get_num_clients (f->server), ==, 1);
  clients = gst_spice_server_get_clients (f->server);
  g_assert_cmpuint (clients->len, ==, 1);
  gst_structure_get_uint (g_ptr_array_index (clients, 0), "connection-id",
                          &known);
  g_assert_cmpuint (known, ==, id);
  g_clear_pointer (&client, wire_client_free);
  NET_RUN_UNTIL (&f->net, has_noted (f, "removed;"));
  g_assert_cmpuint (gst_spice_server_get_num_clients (f->server), ==, 0);
}

static void
test_refuse (Fixture *f, gconstpointer data)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN, .password = ""};
  g_autoptr (WireClient) client = NULL;

  f->answer = FALSE;
  client = fixture_link (&f->net, start (f), &setup);
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  NET_RUN_UNTIL (&f->net, has_noted (f, "connecting;rejected;"));
  g_assert_false (has_noted (f, "added;"));
}

static void
test_password (Fixture *f, gconstpointer data)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  int port;
  g_autoptr (WireClient) stranger = NULL;
  g_autoptr (WireClient) friend = NULL;

  gst_spice_server_set_password (f->server, "first", 0);
  port = start (f);
  g_signal_emit_by_name (f->server, "set-ticket", "second", 0);
  setup.password = "first";
  stranger = fixture_link (&f->net, port, &setup);
  g_assert_cmpint (stranger->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  setup.password = "second";
  friend = fixture_link (&f->net, port, &setup);
  g_assert_cmpint (friend->link_code, ==, SPICE_LINK_ERR_OK);
}

static void
test_actions (Fixture *f, gconstpointer data)
{
  uint32_t id;
  g_autoptr (WireClient) client = fixture_join (&f->net, start (f), &id);
  g_autoptr (GstStructure) answer = NULL;
  gboolean is_known = TRUE;

  NET_RUN_UNTIL (&f->net, has_noted (f, "added;"));
  g_signal_emit_by_name (f->server, "get-clients", &answer);
  g_assert_cmpuint (
      gst_value_array_get_size (gst_structure_get_value (answer, "clients")),
      ==, 1);
  g_signal_emit_by_name (f->server, "set-client-role", id + 1, TRUE, &is_known);
  g_assert_false (is_known);
  g_signal_emit_by_name (f->server, "set-client-role", id, TRUE, &is_known);
  g_assert_true (is_known);
  g_signal_emit_by_name (f->server, "set-keyboard-leds", 4);
  g_signal_emit_by_name (f->server, "disconnect-client", id, &is_known);
  g_assert_true (is_known);
  NET_RUN_UNTIL (&f->net, has_noted (f, "removed;"));
  NET_RUN_UNTIL (&f->net, client->closed);
}

static void
test_stats (Fixture *f, gconstpointer data)
{
  uint32_t id;
  g_autoptr (WireClient) client = fixture_join (&f->net, start (f), &id);
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list;
  const GstStructure *first;
  guint64 bytes = 0;

  g_assert_false (client->closed);
  NET_RUN_UNTIL (&f->net, has_noted (f, "added;"));
  g_object_get (f->server, "stats", &stats, NULL);
  g_assert_true (
      gst_structure_has_name (stats, "application/x-spice-statistics"));
  list = gst_structure_get_value (stats, "clients");
  g_assert_cmpuint (gst_value_array_get_size (list), ==, 1);
  first = gst_value_get_structure (gst_value_array_get_value (list, 0));
  g_assert_true (gst_structure_get_uint64 (first, "bytes-sent", &bytes));
  g_assert_cmpuint (bytes, >, 0);
}

static void
test_stop_from_signal (GstSpiceServer *server, guint id, const char *address,
                       Fixture *f)
{
  gst_spice_server_stop (server);
  note (f, "stopped;");
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  uint32_t id;
  g_autoptr (WireClient) client = NULL;

  g_signal_connect (f->server, "client-added",
                    G_CALLBACK (test_stop_from_signal), f);
  client = fixture_join (&f->net, start (f), &id);
  NET_RUN_UNTIL (&f->net, has_noted (f, "stopped;"));
  g_assert_false (gst_spice_server_is_running (f->server));
  NET_RUN_UNTIL (&f->net, client->closed);
}

static void
test_shared (void)
{
  g_autoptr (GstSpiceServer) a = gst_spice_server_get_shared ("one");
  g_autoptr (GstSpiceServer) again = gst_spice_server_get_shared ("one");
  g_autoptr (GstSpiceServer) b = gst_spice_server_get_shared ("two");
  GWeakRef weak;

  g_assert_true (a == again);
  g_assert_true (a != b);
  g_weak_ref_init (&weak, a);
  g_clear_object (&a);
  g_clear_object (&again);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
}

static gboolean
on_connecting_here (GstSpiceServer *server, guint id, const char *address,
                    gpointer thread)
{
  g_assert_true (g_thread_self () == thread);
  return TRUE;
}

static void
on_added_here (GstSpiceServer *server, guint id, const char *address,
               gpointer done)
{
  *(gboolean *)done = TRUE;
}

/* server and viewer in one context, run by the test */
static void
test_context (void)
{
  NetFixture net;
  g_autoptr (GstSpiceServer) server = NULL;
  g_autoptr (WireClient) client = NULL;
  gboolean is_added = FALSE;
  uint32_t id;

  net_fixture_init (&net);
  server = gst_spice_server_new (net.context);
  g_object_set (server, "port", 0, NULL);
  g_signal_connect (server, "client-connecting",
                    G_CALLBACK (on_connecting_here), g_thread_self ());
  g_signal_connect (server, "client-added", G_CALLBACK (on_added_here),
                    &is_added);
  g_assert_true (gst_spice_server_start (server, NULL));
  client = fixture_join (&net, gst_spice_server_get_current_port (server), &id);
  NET_RUN_UNTIL (&net, is_added);
  gst_spice_server_stop (server);
  NET_RUN_UNTIL (&net, client->closed);
  g_clear_pointer (&client, wire_client_free);
  net_fixture_clear (&net);
}

static gboolean
on_connecting_drop (GstSpiceServer *server, guint id, const char *address,
                    gpointer user_data)
{
  g_object_unref (server);
  return TRUE;
}

typedef struct {
  NetFixture net;
  gint is_gone; /* atomic */
} Leftovers;

static void
on_core_gone (gpointer data, GObject *core)
{
  Leftovers *self = data;

  g_atomic_int_set (&self->is_gone, TRUE);
  g_main_context_wakeup (self->net.context);
}

static void
watch_core (Leftovers *self, GstSpiceServer *server)
{
  g_autoptr (GstSpiceSession) session =
      gst_spice_share_get_session (gst_spice_server_share (server));

  g_object_weak_ref (G_OBJECT (gst_spice_session_server (session)),
                     on_core_gone, self);
}

/* the loop holds the server while it asks, here longer than anybody else */
static void
test_last_reference (void)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  GstSpiceServer *server = gst_spice_server_new (NULL);
  g_autoptr (WireClient) client = NULL;
  Leftovers left = {0};

  net_fixture_init (&left.net);
  g_object_set (server, "port", 0, NULL);
  g_signal_connect (server, "client-connecting",
                    G_CALLBACK (on_connecting_drop), NULL);
  g_assert_true (gst_spice_server_start (server, NULL));
  watch_core (&left, server);
  client = fixture_link (&left.net, gst_spice_server_get_current_port (server),
                         &setup);
  NET_RUN_UNTIL (&left.net, client->closed);
  NET_RUN_UNTIL (&left.net, g_atomic_int_get (&left.is_gone));
  g_clear_pointer (&client, wire_client_free);
  net_fixture_clear (&left.net);
}

static void
test_two_servers (void)
{
  g_autoptr (GstSpiceServer) a = gst_spice_server_new (NULL);
  g_autoptr (GstSpiceServer) b = gst_spice_server_new (NULL);

  g_object_set (a, "port", 0, NULL);
  g_object_set (b, "port", 0, NULL);
  g_assert_true (gst_spice_server_start (a, NULL));
  g_assert_true (gst_spice_server_start (b, NULL));
  g_assert_cmpint (gst_spice_server_get_current_port (a), !=,
                   gst_spice_server_get_current_port (b));
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/server/runs-between-start-and-stop", test_port);
  ADD ("/server/a-port-that-is-taken-is-named", test_port_taken);
  ADD ("/server/an-open-address-needs-a-password", test_open_address);
  ADD ("/server/tells-who-comes-and-goes", test_signals);
  ADD ("/server/refuses-whom-the-application-refuses", test_refuse);
  ADD ("/server/takes-a-new-password-while-it-runs", test_password);
  ADD ("/server/actions-do-what-calls-do", test_actions);
  ADD ("/server/statistics-have-their-clients", test_stats);
  ADD ("/server/may-be-stopped-from-a-signal", test_stop);
  g_test_add_func ("/server/is-shared-by-name-while-it-lives", test_shared);
  g_test_add_func ("/server/runs-in-the-application's-context", test_context);
  g_test_add_func ("/server/two-run-in-one-process", test_two_servers);
  g_test_add_func ("/server/its-last-reference-may-go-on-its-loop",
                   test_last_reference);
  result = g_test_run ();
  gst_deinit ();
  return result;
}
