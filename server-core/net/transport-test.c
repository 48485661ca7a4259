/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* what a transport's function was called with */
typedef struct {
  guint n_calls;
  GIOCondition last;
  bool frees;
} Seen;

static void
note_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_calls++;
  seen->last = ready;
  spc_transport_want (transport, 0);
  if (seen->frees)
    spc_transport_free (transport);
}

static void
assert_would_block (gssize n, GError **error)
{
  g_assert_cmpint (n, ==, -1);
  g_assert_error (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (error);
}

/* kinds of pairs */

typedef void (*MakePair) (NetFixture *fixture, SpcTransport **a,
                          SpcTransport **b);

static void
make_memory (NetFixture *fixture, SpcTransport **a, SpcTransport **b)
{
  spc_transport_new_pair (fixture->loop, 1024, a, b);
}

static SpcTransport *
wrap (NetFixture *fixture, int fd)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return spc_transport_new_socket (fixture->loop, socket);
}

static void
make_unix (NetFixture *fixture, SpcTransport **a, SpcTransport **b)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  *a = wrap (fixture, fds[0]);
  *b = wrap (fixture, fds[1]);
}

/* returns the client; the other end is for @listening to accept */
static int
connect_tcp (int *listening)
{
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int client = socket (AF_INET, SOCK_STREAM, 0);

  *listening = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (*listening, (void *)&address, size), ==, 0);
  g_assert_cmpint (listen (*listening, 1), ==, 0);
  g_assert_cmpint (getsockname (*listening, (void *)&address, &size), ==, 0);
  g_assert_cmpint (connect (client, (void *)&address, size), ==, 0);
  return client;
}

static void
make_tcp (NetFixture *fixture, SpcTransport **a, SpcTransport **b)
{
  int listening, client = connect_tcp (&listening);

  *a = wrap (fixture, accept (listening, NULL, NULL));
  *b = wrap (fixture, client);
  close (listening);
}

typedef struct {
  const char *name;
  MakePair make;
} Kind;

static const Kind kinds[] = {
    {"memory", make_memory},
    {"unix", make_unix},
    {"tcp", make_tcp},
};

/* a fixture and both ends of one line */
typedef struct {
  NetFixture net;
  SpcTransport *a, *b;
  Seen seen; /* of a */
} Test;

static void
test_init (Test *test, gconstpointer kind)
{
  memset (test, 0, sizeof *test);
  net_fixture_init (&test->net);
  ((const Kind *)kind)->make (&test->net, &test->a, &test->b);
  spc_transport_set_func (test->a, note_ready, &test->seen);
}

static void
test_clear (Test *test)
{
  spc_transport_free (test->a);
  spc_transport_free (test->b);
  net_fixture_clear (&test->net);
}

static void
bytes_arrive_in_order (gconstpointer kind)
{
  Test test;
  GOutputVector pieces[] = {{"one ", 4}, {"", 0}, {"two ", 4}, {"three", 5}};
  char text[64] = "";
  GError *error = NULL;

  test_init (&test, kind);
  assert_would_block (spc_transport_read (test.a, text, sizeof text, &error),
                      &error);
  g_assert_cmpint (spc_transport_writev (test.b, pieces, 4, NULL), ==, 13);
  spc_transport_want (test.a, G_IO_IN);
  NET_RUN_UNTIL (&test.net, test.seen.n_calls > 0);
  g_assert_cmpuint (test.seen.last, ==, G_IO_IN);
  g_assert_cmpint (spc_transport_read (test.a, text, 3, NULL), ==, 3);
  g_assert_cmpint (spc_transport_read (test.a, text + 3, 61, NULL), ==, 10);
  g_assert_cmpstr (text, ==, "one two three");
  test_clear (&test);
}

/* writes all of a pattern through a line too narrow for it */
static void
partial_writes_lose_nothing (gconstpointer kind)
{
  enum { TOTAL = 3 * 1000 * 1000, PIECE = 777, N_PIECES = 100 };
  Test test;
  g_autofree uint8_t *sent = g_malloc (TOTAL), *got = g_malloc (TOTAL);
  gsize n_sent = 0, n_got = 0;
  guint n_blocked = 0;

  test_init (&test, kind);
  for (gsize i = 0; i < TOTAL; i++)
    sent[i] = (uint8_t)(i * 7 + i / 251);
  while (n_got < TOTAL) {
    GOutputVector pieces[N_PIECES];
    guint n = 0;
    gssize taken, given;

    for (gsize at = n_sent; n < N_PIECES && at < TOTAL; at += PIECE, n++)
      pieces[n] = (GOutputVector){sent + at, MIN (PIECE, TOTAL - at)};
    taken = n > 0 ? spc_transport_writev (test.a, pieces, n, NULL) : 0;
    n_sent += taken > 0 ? (gsize)taken : 0;
    if (taken >= 0 && n > 0)
      continue;
    n_blocked++;
    given = spc_transport_read (test.b, got + n_got, TOTAL - n_got, NULL);
    n_got += given > 0 ? (gsize)given : 0;
    if (given <= 0 && n > 0) {
      spc_transport_want (test.a, G_IO_OUT);
      NET_RUN_UNTIL (&test.net, (test.seen.last & G_IO_OUT) != 0);
      test.seen.last = 0;
    }
  }
  g_assert_cmpmem (got, n_got, sent, TOTAL);
  g_assert_cmpuint (n_blocked, >, 1);
  test_clear (&test);
}

static void
only_what_is_wanted_is_told (gconstpointer kind)
{
  Test test;

  test_init (&test, kind);
  g_assert_cmpint (net_write (test.b, "x", 1, NULL), ==, 1);
  net_fixture_run_ready (&test.net, 10);
  g_assert_cmpuint (test.seen.n_calls, ==, 0);
  spc_transport_want (test.a, G_IO_OUT);
  NET_RUN_UNTIL (&test.net, test.seen.n_calls > 0);
  g_assert_cmpuint (test.seen.last, ==, G_IO_OUT);
  spc_transport_want (test.a, G_IO_IN | G_IO_OUT);
  NET_RUN_UNTIL (&test.net, test.seen.n_calls > 1);
  g_assert_cmpuint (test.seen.last, ==, G_IO_IN | G_IO_OUT);
  test_clear (&test);
}

/* what was sent before is still read, then the end */
static void
close_reads_as_end (gconstpointer kind)
{
  Test test;
  char text[8];

  test_init (&test, kind);
  g_assert_cmpint (net_write (test.b, "bye", 3, NULL), ==, 3);
  spc_transport_close (test.b);
  spc_transport_want (test.a, G_IO_IN);
  NET_RUN_UNTIL (&test.net, test.seen.n_calls > 0);
  g_assert_cmpint (spc_transport_read (test.a, text, sizeof text, NULL), ==, 3);
  g_assert_cmpint (spc_transport_read (test.a, text, sizeof text, NULL), ==, 0);
  g_assert_cmpint (spc_transport_read (test.a, text, sizeof text, NULL), ==, 0);
  test_clear (&test);
}

/* a writer hears of it too, and does not get SIGPIPE */
static void
write_to_closed_fails (gconstpointer kind)
{
  Test test;
  g_autoptr (GError) error = NULL;

  test_init (&test, kind);
  /* bytes nobody reads: the close is a hard one */
  g_assert_cmpint (net_write (test.a, "lost", 4, NULL), ==, 4);
  spc_transport_close (test.b);
  spc_transport_want (test.a, G_IO_OUT);
  NET_RUN_UNTIL (&test.net, (test.seen.last & G_IO_OUT) != 0);
  while (net_write (test.a, "x", 1, &error) > 0)
    g_assert_no_error (error);
  g_assert_nonnull (error);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
  test_clear (&test);
}

static void
hang_up_does_not_spin (gconstpointer kind)
{
  Test test;

  test_init (&test, kind);
  g_assert_cmpint (net_write (test.a, "lost", 4, NULL), ==, 4);
  spc_transport_close (test.b);
  spc_transport_want (test.a, 0);
  g_assert_cmpuint (net_fixture_run_ready (&test.net, 100), ==, 0);
  g_assert_cmpuint (test.seen.n_calls, ==, 0);
  /* nor with nobody to tell */
  spc_transport_set_func (test.a, NULL, NULL);
  spc_transport_want (test.a, G_IO_IN);
  g_assert_cmpuint (net_fixture_run_ready (&test.net, 100), <, 100);
  test_clear (&test);
}

static void
shutdown_ends_one_direction (gconstpointer kind)
{
  Test test;
  char text[8];

  test_init (&test, kind);
  g_assert_cmpint (net_write (test.a, "last", 4, NULL), ==, 4);
  spc_transport_shutdown (test.a);
  g_assert_cmpint (spc_transport_read (test.b, text, sizeof text, NULL), ==, 4);
  g_assert_cmpint (spc_transport_read (test.b, text, sizeof text, NULL), ==, 0);
  g_assert_cmpint (net_write (test.b, "more", 4, NULL), ==, 4);
  g_assert_cmpint (spc_transport_read (test.a, text, sizeof text, NULL), ==, 4);
  g_assert_cmpint (net_write (test.a, "x", 1, NULL), ==, -1);
  test_clear (&test);
}

static void
closed_here_fails_cleanly (gconstpointer kind)
{
  Test test;
  g_autoptr (GError) error = NULL;
  char text[8];

  test_init (&test, kind);
  spc_transport_close (test.a);
  spc_transport_close (test.a);
  g_assert_cmpint (spc_transport_read (test.a, text, 8, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (net_write (test.a, "x", 1, NULL), ==, -1);
  g_assert_cmpuint (spc_transport_unsent (test.a), ==, 0);
  spc_transport_want (test.a, G_IO_IN);
  spc_transport_shutdown (test.a);
  g_assert_cmpuint (net_fixture_run_ready (&test.net, 10), ==, 0);
  g_assert_cmpuint (test.seen.n_calls, ==, 0);
  test_clear (&test);
}

static void
freed_inside_its_function (gconstpointer kind)
{
  Test test;

  test_init (&test, kind);
  test.seen.frees = true;
  g_assert_cmpint (net_write (test.b, "x", 1, NULL), ==, 1);
  spc_transport_want (test.a, G_IO_IN | G_IO_OUT);
  NET_RUN_UNTIL (&test.net, test.seen.n_calls > 0);
  net_fixture_run_ready (&test.net, 10);
  g_assert_cmpuint (test.seen.n_calls, ==, 1);
  test.a = NULL;
  test_clear (&test);
}

/* kinds by themselves */

static void
memory_holds_its_capacity (void)
{
  Test test;
  char text[2000] = {0};
  GError *error = NULL;

  test_init (&test, &kinds[0]);
  g_assert_cmpint (net_write (test.a, text, 2000, NULL), ==, 1024);
  g_assert_cmpuint (spc_transport_unsent (test.a), ==, 1024);
  assert_would_block (net_write (test.a, text, 1, &error), &error);
  g_assert_cmpint (spc_transport_read (test.b, text, 24, NULL), ==, 24);
  g_assert_cmpint (net_write (test.a, text, 2000, NULL), ==, 24);
  test_clear (&test);
}

static int
socket_option (int fd, int level, int name)
{
  int value = -1;
  socklen_t size = sizeof value;

  g_assert_cmpint (getsockopt (fd, level, name, &value, &size), ==, 0);
  return value;
}

static void
tcp_options_are_set (void)
{
  NetFixture net;
  int listening = socket (AF_INET, SOCK_STREAM, 0);
  int fd = dup (listening);
  SpcTransport *transport;

  net_fixture_init (&net);
  transport = wrap (&net, listening);
  g_assert_cmpint (socket_option (fd, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (socket_option (fd, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
  g_assert_cmpint (socket_option (fd, IPPROTO_TCP, TCP_KEEPIDLE), ==, 600);
  g_assert_cmpint (socket_option (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), ==,
                   128 * 1024);
  g_assert_cmpint (fcntl (listening, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  spc_transport_free (transport);
  close (fd);
  net_fixture_clear (&net);
}

static void
tcp_knows_what_is_unsent (void)
{
  Test test;
  g_autofree char *zeros = g_malloc0 (65536);

  test_init (&test, &kinds[2]);
  g_assert_cmpuint (spc_transport_unsent (test.a), ==, 0);
  while (net_write (test.a, zeros, 65536, NULL) > 0)
    continue;
  g_assert_cmpuint (spc_transport_unsent (test.a), >, 0);
  test_clear (&test);
}

/* who is gone before it was accepted is no unix socket */
static void
lost_peers_are_unknown (void)
{
  const struct linger at_once = {.l_onoff = 1};
  NetFixture fixture;
  SpcTransport *transport;
  int listening, client = connect_tcp (&listening);

  net_fixture_init (&fixture);
  g_assert_cmpint (
      setsockopt (client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==,
      0);
  close (client);
  transport = wrap (&fixture, accept (listening, NULL, NULL));
  g_assert_cmpstr (transport->peer, ==, "unknown");
  g_assert_false (transport->is_local);
  spc_transport_free (transport);
  close (listening);
  net_fixture_clear (&fixture);
}

static void
peers_have_names (void)
{
  Test test;

  test_init (&test, &kinds[1]);
  g_assert_cmpstr (test.a->peer, ==, "unix");
  g_assert_true (test.a->is_local);
  test_clear (&test);

  test_init (&test, &kinds[2]);
  g_assert_cmpstr (test.a->peer_host, ==, "127.0.0.1");
  g_assert_cmpstr (test.a->peer_network, ==, "127.0.0.1");
  g_assert_true (g_str_has_prefix (test.a->peer, "127.0.0.1:"));
  g_assert_false (test.a->is_local);
  g_assert_false (test.a->is_secure);
  test_clear (&test);
}

static const struct {
  const char *name;
  GTestDataFunc func;
} tests[] = {
    {"bytes-arrive-in-order", bytes_arrive_in_order},
    {"partial-writes-lose-nothing", partial_writes_lose_nothing},
    {"only-what-is-wanted-is-told", only_what_is_wanted_is_told},
    {"close-reads-as-end", close_reads_as_end},
    {"write-to-closed-fails", write_to_closed_fails},
    {"hang-up-does-not-spin", hang_up_does_not_spin},
    {"shutdown-ends-one-direction", shutdown_ends_one_direction},
    {"closed-here-fails-cleanly", closed_here_fails_cleanly},
    {"freed-inside-its-function", freed_inside_its_function},
};

static void
do_nothing (SpcTransport *transport)
{
}

static void
want_nothing (SpcTransport *transport, GIOCondition conditions)
{
}

static void
free_bare (SpcTransport *transport)
{
  g_free (transport);
}

/* a machine has 2^64 addresses of a network to itself */
static void
networks_of_ipv6 (void)
{
  static const struct {
    const char *host, *network;
  } cases[] = {{"2001:db8:1:2::1", "2001:db8:1:2::"},
               {"2001:db8:1:2:aaaa::9", "2001:db8:1:2::"},
               {"2001:db8:1:3::1", "2001:db8:1:3::"},
               {"192.0.2.1", "192.0.2.1"},
               {"unix", "unix"}};
  static const SpcTransportClass klass = {
      .want = want_nothing, .close = do_nothing, .free = free_bare};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SpcTransport *transport = g_new0 (SpcTransport, 1);

    spc_transport_init (transport, &klass, g_strdup ("peer"),
                        g_strdup (cases[i].host));
    g_assert_cmpstr (transport->peer_network, ==, cases[i].network);
    spc_transport_free (transport);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize t = 0; t < G_N_ELEMENTS (tests); t++) {
      g_autofree char *path =
          g_strdup_printf ("/transport/%s/%s", kinds[k].name, tests[t].name);

      g_test_add_data_func (path, &kinds[k], tests[t].func);
    }
  g_test_add_func ("/transport/memory/holds-its-capacity",
                   memory_holds_its_capacity);
  g_test_add_func ("/transport/tcp/options-are-set", tcp_options_are_set);
  g_test_add_func ("/transport/tcp/knows-what-is-unsent",
                   tcp_knows_what_is_unsent);
  g_test_add_func ("/transport/peers-have-names", peers_have_names);
  g_test_add_func ("/transport/lost-peers-are-unknown", lost_peers_are_unknown);
  g_test_add_func ("/transport/networks-of-ipv6", networks_of_ipv6);
  return g_test_run ();
}
