/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listener.h"
#include "net-fixture.h"
#include "server-core/base/error.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  NetFixture net;
  GPtrArray *accepted; /* SpcTransport */
  bool frees;          /* the listener, in its function */
  char *dir;
} Test;

static void
note_accepted (SpcListener *listener, SpcTransport *transport,
               gpointer user_data)
{
  Test *test = user_data;

  g_ptr_array_add (test->accepted, transport);
  if (test->frees)
    spc_listener_free (listener);
}

static void
test_init (Test *test)
{
  memset (test, 0, sizeof *test);
  net_fixture_init (&test->net);
  test->accepted =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_transport_free);
  test->dir = g_dir_make_tmp ("listener-XXXXXX", NULL);
  g_assert_nonnull (test->dir);
}

static void
test_clear (Test *test)
{
  g_ptr_array_unref (test->accepted);
  net_fixture_clear (&test->net);
  g_assert_cmpint (g_rmdir (test->dir), ==, 0);
  g_free (test->dir);
}

static SpcListener *
listen_tcp (Test *test, const char *address, uint16_t port, GError **error)
{
  return spc_listener_new_tcp (test->net.loop, address, port, note_accepted,
                               test, error);
}

static SpcListener *
listen_unix (Test *test, const char *path, GError **error)
{
  return spc_listener_new_unix (test->net.loop, path, note_accepted, test,
                                error);
}

/* a client; NULL if refused. The kernel takes it before it is accepted. */
static GSocket *
dial (GSocketAddress *address)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_DEFAULT, NULL);

  if (socket == NULL || !g_socket_connect (socket, address, NULL, NULL))
    return NULL;
  return g_steal_pointer (&socket);
}

static GSocket *
dial_tcp (const char *host, uint16_t port)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (host, port);

  return dial (address);
}

static GSocket *
dial_unix (const char *path)
{
  g_autoptr (GSocketAddress) address =
      path[0] == '@' ? g_unix_socket_address_new_with_type (
                           path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT)
                     : g_unix_socket_address_new (path);

  return dial (address);
}

static bool
has_ipv6 (void)
{
  struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                 .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket (AF_INET6, SOCK_STREAM, 0);
  bool result = fd >= 0 && bind (fd, (void *)&address, sizeof address) == 0;

  if (fd >= 0)
    close (fd);
  return result;
}

static void
port_0_is_any_free_one (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL, other = NULL;
  g_autoptr (GSocket) client = NULL;

  test_init (&test);
  listener = listen_tcp (&test, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  other = listen_tcp (&test, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (spc_listener_port (listener), !=, 0);
  g_assert_cmpuint (spc_listener_port (listener), !=,
                    spc_listener_port (other));
  client = dial_tcp ("127.0.0.1", spc_listener_port (listener));
  g_assert_nonnull (client);
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  g_clear_pointer (&listener, spc_listener_free);
  g_clear_pointer (&other, spc_listener_free);
  test_clear (&test);
}

/* "localhost", "*" and "" are both families on one port */
static void
both_families_share_a_port (gconstpointer address)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) v4 = NULL, v6 = NULL;
  uint16_t port;

  test_init (&test);
  listener = listen_tcp (&test, address, 0, &error);
  g_assert_no_error (error);
  port = spc_listener_port (listener);
  v4 = dial_tcp ("127.0.0.1", port);
  g_assert_nonnull (v4);
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  v6 = dial_tcp ("::1", port);
  g_assert_cmpint (v6 != NULL, ==, has_ipv6 ());
  if (v6 != NULL) {
    SpcTransport *transport;

    NET_RUN_UNTIL (&test.net, test.accepted->len == 2);
    transport = test.accepted->pdata[1];
    g_assert_cmpstr (transport->peer_host, ==, "::1");
    g_assert_true (g_str_has_prefix (transport->peer, "[::1]:"));
  }
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static void
used_port_names_address_and_reason (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autofree char *expected = NULL;
  uint16_t port;

  test_init (&test);
  listener = listen_tcp (&test, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  port = spc_listener_port (listener);
  g_assert_null (listen_tcp (&test, "127.0.0.1", port, &error));
  expected = g_strdup_printf ("cannot listen on address 127.0.0.1, port %u: %s",
                              port, g_strerror (EADDRINUSE));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
  g_assert_cmpstr (error->message, ==, expected);
  g_clear_pointer (&listener, spc_listener_free);
  /* free again as soon as the listener is gone */
  listener = listen_tcp (&test, "127.0.0.1", port, NULL);
  g_assert_nonnull (listener);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

/* 192.0.2.0/24 is nobody's (RFC 5737); so is .invalid (RFC 2606) */
static void
foreign_address_is_an_error (void)
{
  static const char *const addresses[] = {"192.0.2.1", "name.invalid",
                                          "127.0.0.1:80", "[::1"};
  Test test;

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (listen_tcp (&test, addresses[i], 5900, &error));
    g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
    g_assert_nonnull (strstr (error->message, addresses[i]));
    g_assert_nonnull (strstr (error->message, "5900"));
  }
  test_clear (&test);
}

static void
unix_file_comes_and_goes (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) client = NULL;
  g_autofree char *path = NULL;
  SpcTransport *transport;

  test_init (&test);
  path = g_build_filename (test.dir, "spice", NULL);
  listener = listen_unix (&test, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (spc_listener_port (listener), ==, 0);
  client = dial_unix (path);
  g_assert_nonnull (client);
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  transport = test.accepted->pdata[0];
  g_assert_true (transport->is_local);
  g_clear_pointer (&listener, spc_listener_free);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_clear (&test);
}

static void
stale_socket_is_replaced (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) dead = NULL, client = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *path = NULL;

  test_init (&test);
  path = g_build_filename (test.dir, "spice", NULL);
  address = g_unix_socket_address_new (path);
  dead = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                       G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_assert_true (g_socket_bind (dead, address, FALSE, NULL));
  g_clear_object (&dead);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  listener = listen_unix (&test, path, &error);
  g_assert_no_error (error);
  client = dial_unix (path);
  g_assert_nonnull (client);
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static void
answering_socket_is_left_alone (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) client = NULL;
  g_autofree char *path = NULL;

  test_init (&test);
  path = g_build_filename (test.dir, "spice", NULL);
  listener = listen_unix (&test, path, NULL);
  g_assert_nonnull (listener);
  g_assert_null (listen_unix (&test, path, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
  g_assert_nonnull (strstr (error->message, path));
  client = dial_unix (path);
  g_assert_nonnull (client);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static void
other_files_are_left_alone (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *missing = NULL;

  test_init (&test);
  path = g_build_filename (test.dir, "letter", NULL);
  missing = g_build_filename (test.dir, "no", "such", "spice", NULL);
  g_assert_true (g_file_set_contents (path, "dear", 4, NULL));
  g_assert_null (listen_unix (&test, path, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_clear_error (&error);
  g_assert_null (listen_unix (&test, missing, &error));
  g_assert_nonnull (strstr (error->message, g_strerror (ENOENT)));
  g_unlink (path);
  test_clear (&test);
}

/* a listener does not remove what somebody else has put in its place */
static void
foreign_socket_file_survives (void)
{
  Test test;
  g_autoptr (SpcListener) first = NULL, second = NULL;
  g_autofree char *path = NULL;

  test_init (&test);
  path = g_build_filename (test.dir, "spice", NULL);
  first = listen_unix (&test, path, NULL);
  g_assert_nonnull (first);
  g_assert_cmpint (g_unlink (path), ==, 0);
  second = listen_unix (&test, path, NULL);
  g_assert_nonnull (second);
  g_clear_pointer (&first, spc_listener_free);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_pointer (&second, spc_listener_free);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_clear (&test);
}

static void
abstract_name_has_no_file (void)
{
  Test test;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) client = NULL;
  g_autofree char *name = g_strdup_printf ("@listener-test-%d", (int)getpid ());

  test_init (&test);
  listener = listen_unix (&test, name, &error);
  g_assert_no_error (error);
  client = dial_unix (name);
  g_assert_nonnull (client);
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  g_assert_null (listen_unix (&test, name, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static void
unix_names_are_bounded (void)
{
  Test test;
  g_autofree char *long_name = g_strnfill (108, 'a');
  const char *names[] = {"", "@", long_name};

  test_init (&test);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (listen_unix (&test, names[i], &error));
    g_assert_error (error, SPC_ERROR, SPC_ERROR_ADDRESS);
    g_assert_nonnull (strstr (error->message, "107"));
  }
  test_clear (&test);
}

static void
freed_inside_its_function (void)
{
  Test test;
  SpcListener *listener;
  g_autoptr (GSocket) one = NULL, two = NULL;
  uint16_t port;

  test_init (&test);
  test.frees = true;
  listener = listen_tcp (&test, "127.0.0.1", 0, NULL);
  g_assert_nonnull (listener);
  port = spc_listener_port (listener);
  one = dial_tcp ("127.0.0.1", port);
  two = dial_tcp ("127.0.0.1", port);
  NET_RUN_UNTIL (&test.net, test.accepted->len > 0);
  net_fixture_run_ready (&test.net, 10);
  g_assert_cmpuint (test.accepted->len, ==, 1);
  test_clear (&test);
}

static glong
cpu_time_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec * G_USEC_PER_SEC + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_sec * G_USEC_PER_SEC + usage.ru_stime.tv_usec;
}

/* without a free descriptor it waits, without spinning, and goes on later */
static void
no_descriptor_means_a_pause (void)
{
  Test test;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocket) client = NULL;
  struct rlimit limit, narrow;
  glong cpu_us;
  gint64 since_us;
  int next;

  test_init (&test);
  listener = listen_tcp (&test, "127.0.0.1", 0, NULL);
  g_assert_nonnull (listener);
  client = dial_tcp ("127.0.0.1", spc_listener_port (listener));
  g_assert_nonnull (client);
  getrlimit (RLIMIT_NOFILE, &limit);
  next = dup (0);
  g_assert_cmpint (next, >, 0);
  close (next);
  narrow = limit;
  narrow.rlim_cur = (rlim_t)next;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &narrow), ==, 0);

  g_assert_cmpuint (net_fixture_run_ready (&test.net, 1000), <, 10);
  g_assert_cmpuint (test.accepted->len, ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  cpu_us = cpu_time_us ();
  since_us = g_get_monotonic_time ();
  NET_RUN_UNTIL (&test.net, test.accepted->len == 1);
  g_assert_cmpint (g_get_monotonic_time () - since_us, >, 500 * 1000);
  g_assert_cmpint (cpu_time_us () - cpu_us, <, 300 * 1000);
  g_clear_pointer (&listener, spc_listener_free);
  test_clear (&test);
}

static void
loopback_addresses (void)
{
  static const char *const yes[] = {"localhost", "LocalHost", "127.0.0.1",
                                    "127.9.8.7", "::1",       "[::1]"};
  static const char *const no[] = {
      "",          "*",       "0.0.0.0",           "::",
      "192.0.2.1", "fe80::1", "localhost.example", "128.0.0.1"};

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (spc_address_is_loopback (yes[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (spc_address_is_loopback (no[i]));
  g_assert_false (spc_address_is_loopback (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/listener/port-0-is-any-free-one", port_0_is_any_free_one);
  g_test_add_data_func ("/listener/localhost-is-both-families", "localhost",
                        both_families_share_a_port);
  g_test_add_data_func ("/listener/star-is-both-families", "*",
                        both_families_share_a_port);
  g_test_add_data_func ("/listener/nothing-is-both-families", "",
                        both_families_share_a_port);
  g_test_add_func ("/listener/used-port-names-address-and-reason",
                   used_port_names_address_and_reason);
  g_test_add_func ("/listener/foreign-address-is-an-error",
                   foreign_address_is_an_error);
  g_test_add_func ("/listener/unix-file-comes-and-goes",
                   unix_file_comes_and_goes);
  g_test_add_func ("/listener/stale-socket-is-replaced",
                   stale_socket_is_replaced);
  g_test_add_func ("/listener/answering-socket-is-left-alone",
                   answering_socket_is_left_alone);
  g_test_add_func ("/listener/other-files-are-left-alone",
                   other_files_are_left_alone);
  g_test_add_func ("/listener/foreign-socket-file-survives",
                   foreign_socket_file_survives);
  g_test_add_func ("/listener/abstract-name-has-no-file",
                   abstract_name_has_no_file);
  g_test_add_func ("/listener/unix-names-are-bounded", unix_names_are_bounded);
  g_test_add_func ("/listener/freed-inside-its-function",
                   freed_inside_its_function);
  g_test_add_func ("/vulnerabilities/CVE-2020-25652/listener-pauses",
                   no_descriptor_means_a_pause);
  g_test_add_func ("/listener/loopback-addresses", loopback_addresses);
  return g_test_run ();
}
