/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of servers with listeners and threads of their own: where they listen,
 * how they end, and what floods of connections cost. */
#include "server-core/channel/acceptor.h"
#include "server-core/channel/server-private.h"
#include "server-core/spc.h"
#include "server-core/net/net-fixture.h"
#include "wire-client.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#define N_CYCLES 1000u
#define N_SILENT 2000u

static void
be_quiet (SpcLogCategory category, SpcLogLevel level, const char *file,
          const char *function, int line, const char *text)
{
}

static SpcServer *
server_new (const char *address, int port)
{
  SpcConfig config;
  SpcServer *server;

  spc_config_init (&config);
  config.address = g_strdup (address);
  config.port = port;
  config.n_workers = 1;
  server = spc_new (&config, NULL, NULL, NULL, NULL);
  spc_config_clear (&config);
  return server;
}

static void
server_free (SpcServer *server)
{
  spc_server_stop (server);
  g_assert_finalize_object (server);
}

static void
start (SpcServer *server)
{
  g_autoptr (GError) error = NULL;

  spc_server_start (server, &error);
  g_assert_no_error (error);
}

static void
assert_refused (SpcServer *server, SpcError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (spc_server_start (server, &error));
  g_assert_error (error, SPC_ERROR, (gint)code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpuint (spc_server_port (server), ==, 0);
}

/* viewers */

static GSocket *
socket_to (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  return socket;
}

static GSocket *
socket_to_port (uint16_t port)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", port);

  return socket_to (address);
}

/* a main link; its result is in link_code */
static WireClient *
link_over (NetFixture *net, GSocket *socket, const char *password)
{
  const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = password};
  WireClient *client =
      wire_client_new (spc_transport_new_socket (net->loop, socket), &setup);

  NET_RUN_UNTIL (net, client->link_code != WIRE_PENDING);
  return client;
}

static WireClient *
link_to (NetFixture *net, SpcServer *server, const char *password)
{
  return link_over (net, socket_to_port (spc_server_port (server)), password);
}

static void
wait_for_init (NetFixture *net, WireClient *client)
{
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  NET_RUN_UNTIL (net,
                 wire_client_find (client, SPICE_MSG_MAIN_INIT, 0) != NULL);
}

/* where it listens */

static void
test_exposed_without_password (void)
{
  static const char *const addresses[] = {"*", "0.0.0.0", "::", ""};

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    SpcServer *server = server_new (addresses[i], 0);

    assert_refused (server, SPC_ERROR_SETTINGS, "password");
    server_free (server);
  }
}

static void
test_exposed_with_password (void)
{
  SpcServer *server = server_new ("0.0.0.0", 0);
  WireClient *right, *wrong;
  NetFixture net;

  net_fixture_init (&net);
  spc_server_set_password (server, "abc123", 0);
  start (server);
  right = link_to (&net, server, "abc123");
  wrong = link_to (&net, server, NULL);
  wait_for_init (&net, right);
  g_assert_cmpint (wrong->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  wire_client_free (wrong);
  /* taken away, it does not become an open door */
  spc_server_set_password (server, NULL, 0);
  wrong = link_to (&net, server, NULL);
  g_assert_cmpint (wrong->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  wire_client_free (wrong);
  wire_client_free (right);
  server_free (server);
  net_fixture_clear (&net);
}

static void
test_exposed_on_purpose (void)
{
  SpcServer *server = server_new ("0.0.0.0", 0);
  WireClient *viewer;
  NetFixture net;

  net_fixture_init (&net);
  spc_server_set_anonymous (server, true);
  start (server);
  viewer = link_to (&net, server, NULL);
  wait_for_init (&net, viewer);
  wire_client_free (viewer);
  server_free (server);
  net_fixture_clear (&net);
}

static void
test_loopback (void)
{
  SpcServer *server = server_new (NULL, 0);
  WireClient *viewer;
  NetFixture net;

  net_fixture_init (&net);
  start (server);
  g_assert_cmpuint (spc_server_port (server), !=, 0);
  viewer = link_to (&net, server, NULL);
  wait_for_init (&net, viewer);
  wire_client_free (viewer);
  server_free (server);
  net_fixture_clear (&net);
}

static void
test_bad_addresses (void)
{
  SpcServer *first = server_new (NULL, 0);
  SpcServer *second, *nowhere = server_new ("127.0.0.1", -1);
  SpcServer *unknown = server_new ("no.such.name.invalid", 0);

  start (first);
  second = server_new (NULL, spc_server_port (first));
  assert_refused (second, SPC_ERROR_ADDRESS, "127.0.0.1");
  assert_refused (nowhere, SPC_ERROR_SETTINGS, "nothing to listen on");
  spc_server_set_anonymous (unknown, true);
  assert_refused (unknown, SPC_ERROR_ADDRESS, "no.such.name.invalid");
  server_free (first);
  server_free (second);
  server_free (nowhere);
  server_free (unknown);
}

static void
test_unix_socket (void)
{
  g_autofree char *folder = g_dir_make_tmp ("spc-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "s", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  SpcServer *server;
  SpcConfig config;
  WireClient *viewer;
  NetFixture net;

  net_fixture_init (&net);
  spc_config_init (&config);
  config.unix_path = g_strdup (path);
  server = spc_new (&config, NULL, NULL, NULL, NULL);
  spc_config_clear (&config);
  start (server);
  g_assert_cmpuint (spc_server_port (server), ==, 0);
  viewer = link_over (&net, socket_to (address), NULL);
  wait_for_init (&net, viewer);
  wire_client_free (viewer);
  server_free (server);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  net_fixture_clear (&net);
}

/* how it ends */

static void
test_stop_with_viewers (void)
{
  SpcServer *server = server_new (NULL, 0);
  g_autoptr (GSocket) silent = NULL;
  WireClient *viewers[10];
  NetFixture net;

  net_fixture_init (&net);
  start (server);
  silent = socket_to_port (spc_server_port (server));
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    viewers[i] = link_to (&net, server, NULL);
    wait_for_init (&net, viewers[i]);
  }
  server_free (server);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++) {
    NET_RUN_UNTIL (&net, viewers[i]->closed);
    wire_client_free (viewers[i]);
  }
  net_fixture_clear (&net);
}

/* all that is asked for right before the end is done or dropped, by whichever
 * thread lets go last */
static void
test_dropped_without_stop (void)
{
  for (guint i = 0; i < 50; i++) {
    SpcServer *server = server_new (NULL, 0);

    start (server);
    for (guint j = 0; j < i; j++)
      spc_server_set_name (server, "name");
    spc_server_set_password (server, "abc123", 0);
    g_assert_finalize_object (server);
  }
}

static void
test_two_servers (void)
{
  SpcServer *a = server_new (NULL, 0), *b = server_new (NULL, 0);
  WireClient *at_a, *at_b;
  NetFixture net;

  net_fixture_init (&net);
  spc_server_set_password (a, "of a", 0);
  spc_server_set_password (b, "of b", 0);
  start (a);
  start (b);
  g_assert_cmpuint (spc_server_port (a), !=, spc_server_port (b));
  at_a = link_to (&net, a, "of a");
  at_b = link_to (&net, b, "of b");
  wait_for_init (&net, at_a);
  wait_for_init (&net, at_b);
  wire_client_free (at_b);
  at_b = link_to (&net, b, "of a");
  g_assert_cmpint (at_b->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
  server_free (a);
  NET_RUN_UNTIL (&net, at_a->closed);
  wire_client_free (at_b);
  at_b = link_to (&net, b, "of b");
  wait_for_init (&net, at_b);
  wire_client_free (at_a);
  wire_client_free (at_b);
  server_free (b);
  net_fixture_clear (&net);
}

static void
test_many_cycles (void)
{
  guint before;

  /* what the libraries open once */
  for (guint i = 0; i < 3; i++) {
    SpcServer *server = server_new (NULL, 0);
    start (server);
    server_free (server);
  }
  before = net_n_descriptors ();
  for (guint i = 0; i < N_CYCLES; i++) {
    SpcServer *server = server_new (NULL, 0);

    start (server);
    if (i % 50 == 0) {
      g_autoptr (GSocket) socket G_GNUC_UNUSED =
          socket_to_port (spc_server_port (server));
      server_free (server);
    } else {
      server_free (server);
    }
  }
  g_assert_cmpuint (net_n_descriptors (), ==, before);
}

/* floods */

typedef struct {
  SpcServer *server;
  guint n;
} PendingCall;

static void
count_pending (gpointer user_data)
{
  PendingCall *call = user_data;

  call->n = spc_acceptor_n_pending (spc_server_acceptor (call->server));
}

static guint
n_pending (SpcServer *server)
{
  PendingCall call = {.server = server};

  spc_loop_call (spc_server_loop (server), count_pending, &call);
  return call.n;
}

static void
allow_descriptors (rlim_t n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur >= n)
    return;
  limit.rlim_cur = MIN (n, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static void
test_silent_flood (void)
{
  g_autoptr (GPtrArray) sockets =
      g_ptr_array_new_with_free_func (g_object_unref);
  SpcServer *server = server_new (NULL, 0);
  WireClient *viewer;
  NetFixture net;

  allow_descriptors (N_SILENT + SPC_MAX_PENDING_LINKS + 100);
  net_fixture_init (&net);
  start (server);
  for (guint i = 0; i < N_SILENT; i++) {
    g_ptr_array_add (sockets, socket_to_port (spc_server_port (server)));
    if (i % 100 == 99)
      g_assert_cmpuint (n_pending (server), <=, SPC_MAX_PENDING_LINKS);
  }
  viewer = link_to (&net, server, NULL);
  wait_for_init (&net, viewer);
  g_assert_cmpuint (n_pending (server), <=, SPC_MAX_PENDING_LINKS);
  g_assert_cmpuint (n_pending (server), >, 0);
  g_assert_cmpuint (spc_server_n_clients (server), ==, 1);
  wire_client_free (viewer);
  server_free (server);
  net_fixture_clear (&net);
}

/* connections that come and go at once */
static void
test_passing_flood (void)
{
  SpcServer *server = server_new (NULL, 0);
  WireClient *viewer;
  NetFixture net;
  guint before;

  net_fixture_init (&net);
  start (server);
  viewer = link_to (&net, server, NULL);
  wait_for_init (&net, viewer);
  before = net_n_descriptors ();
  for (guint i = 0; i < N_SILENT; i++)
    g_object_unref (socket_to_port (spc_server_port (server)));
  for (gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
       n_pending (server) > 0 || net_n_descriptors () > before;)
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  net_fixture_run_ready (&net, 1000);
  g_assert_false (viewer->closed);
  wire_client_free (viewer);
  server_free (server);
  net_fixture_clear (&net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  spc_log_set_sink (be_quiet);
#define TEST(path, func) g_test_add_func ("/server-sockets/" path, func)
  TEST ("others-can-reach-it/refused-without-password",
        test_exposed_without_password);
  TEST ("others-can-reach-it/with-a-password", test_exposed_with_password);
  TEST ("others-can-reach-it/on-purpose", test_exposed_on_purpose);
  TEST ("loopback-asks-for-nothing", test_loopback);
  TEST ("bad-addresses-are-told", test_bad_addresses);
  TEST ("unix-socket", test_unix_socket);
  TEST ("stopping-ends-viewers", test_stop_with_viewers);
  TEST ("may-be-dropped-without-a-stop", test_dropped_without_stop);
  TEST ("two-in-one-process", test_two_servers);
  TEST ("a-thousand-lives-leave-nothing", test_many_cycles);
  TEST ("thousands-of-silent-connections", test_silent_flood);
  TEST ("thousands-of-passing-connections", test_passing_flood);
  return g_test_run ();
}
