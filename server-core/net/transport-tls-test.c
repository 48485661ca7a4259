/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport-tls.h"

#include "server-core/base/error.h"
#include "tls-fixture.h"

#include <string.h>

typedef struct {
  NetFixture net;
  TlsFiles files;
  TlsClient client;
  SpcTransport *server; /* owned */
  GByteArray *got;      /* by the server */
  gsize read_size;      /* at most so much at once */
  bool has_ended;
  GError *error;
} Fixture;

static void
on_server_ready (SpcTransport *transport, GIOCondition ready, gpointer data)
{
  Fixture *f = data;
  uint8_t bytes[65536];
  GError *error = NULL;
  gssize n;

  if (!(ready & G_IO_IN))
    return;
  n = spc_transport_read (transport, bytes, f->read_size, &error);
  if (n > 0)
    g_byte_array_append (f->got, bytes, (guint)n);
  f->has_ended |= n == 0;
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_clear_error (&error);
  if (n == 0 || error)
    spc_transport_want (transport, 0);
  if (error)
    f->error = error;
}

static void
set_up_with (Fixture *f, SpcTlsContext *context, gsize capacity, const char *ca)
{
  SpcTransport *a, *b;

  spc_transport_new_pair (f->net.loop, capacity, &a, &b);
  f->server = spc_transport_new_tls (f->net.loop, context, a);
  spc_tls_context_unref (context);
  f->got = g_byte_array_new ();
  f->read_size = 65536;
  spc_transport_set_func (f->server, on_server_ready, f);
  spc_transport_want (f->server, G_IO_IN);
  tls_client_init (&f->client, b, ca);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  tls_files_init (&f->files);
  set_up_with (f, tls_files_context (&f->files), 1 << 16, f->files.ca);
}

static void
drop_line (Fixture *f)
{
  g_clear_pointer (&f->server, spc_transport_free);
  tls_client_clear (&f->client);
  g_byte_array_unref (f->got);
  g_clear_error (&f->error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  drop_line (f);
  tls_files_clear (&f->files);
  net_fixture_clear (&f->net);
}

/* the client is ready first, and the server once it can write */
static void
shake_hands (Fixture *f)
{
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, SSL_is_init_finished (f->client.ssl));
  NET_RUN_UNTIL (&f->net, net_write (f->server, "", 0, NULL) == 0);
}

static void
check_bytes (GByteArray *got, gsize size)
{
  g_assert_cmpuint (got->len, ==, size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (got->data[i], ==, (uint8_t)(i * 7 + (i >> 8)));
}

static uint8_t *
make_bytes (gsize size)
{
  uint8_t *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (uint8_t)(i * 7 + (i >> 8));
  return bytes;
}

/* talk */

static void
test_both_ways (Fixture *f, gconstpointer data)
{
  shake_hands (f);
  tls_client_write (&f->client, "hello", 5);
  NET_RUN_UNTIL (&f->net, f->got->len == 5);
  g_assert_cmpmem (f->got->data, 5, "hello", 5);
  g_assert_cmpint (net_write (f->server, "world!", 6, NULL), ==, 6);
  NET_RUN_UNTIL (&f->net, f->client.got->len == 6);
  g_assert_cmpmem (f->client.got->data, 6, "world!", 6);
  g_assert_true (f->server->is_secure);
}

/* SSL_read gives bytes of one record at a time. Clients look for a further
 * message only when the socket has more bytes, not when a record does. */
static void
test_pieces (Fixture *f, gconstpointer data)
{
  const GOutputVector pieces[] = {{"one ", 4}, {"", 0}, {"two", 3}};
  char bytes[16];

  shake_hands (f);
  spc_transport_set_func (f->client.line, NULL, NULL);
  g_assert_cmpint (spc_transport_writev (f->server, pieces, 3, NULL), ==, 7);
  tls_client_receive (&f->client);
  g_assert_cmpint (SSL_read (f->client.ssl, bytes, sizeof bytes), ==, 4);
  g_assert_cmpint (SSL_read (f->client.ssl, bytes, sizeof bytes), ==, 3);
}

/* bytes the line will never tell of again are told of by the transport */
static void
test_small_reads (Fixture *f, gconstpointer data)
{
  g_autofree uint8_t *bytes = make_bytes (3000);

  f->read_size = 4;
  shake_hands (f);
  tls_client_write (&f->client, bytes, 3000);
  NET_RUN_UNTIL (&f->net, f->got->len == 3000);
  check_bytes (f->got, 3000);
}

/* a line that takes little at a time */
static void
test_narrow_line (Fixture *f, gconstpointer data)
{
  enum { SIZE = 300000 };
  g_autofree uint8_t *bytes = make_bytes (SIZE);
  gsize n_written = 0;

  drop_line (f);
  set_up_with (f, tls_files_context (&f->files), 700, f->files.ca);
  shake_hands (f);
  while (n_written < SIZE) {
    gssize n = net_write (f->server, bytes + n_written, SIZE - n_written, NULL);

    if (n > 0) {
      g_assert_cmpint (n, <=, 4 * 16384);
      n_written += (gsize)n;
    }
    g_assert_cmpuint (spc_transport_unsent (f->server), <=, 4 * 17000 + 1000);
    g_main_context_iteration (f->net.context, FALSE);
  }
  NET_RUN_UNTIL (&f->net, f->client.got->len == SIZE);
  check_bytes (f->client.got, SIZE);
}

/* told of room only while there is some */
static void
test_room (Fixture *f, gconstpointer data)
{
  static const uint8_t zeros[100000];
  GError *error = NULL;

  shake_hands (f);
  spc_transport_want (f->client.line, 0);
  while (net_write (f->server, zeros, sizeof zeros, &error) >= 0)
    ;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_error_free (error);
  g_assert_cmpuint (spc_transport_unsent (f->server), >, 0);
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, spc_transport_unsent (f->server) == 0);
}

/* A client may make the library talk: each wish for new keys is answered. One
 * that reads nothing of it gets no further answers. */
static void
test_answers_are_bounded (Fixture *f, gconstpointer data)
{
  bool has_room = true;

  shake_hands (f);
  spc_transport_want (f->client.line, 0);
  for (guint i = 0; i < 30000 && has_room; i++) {
    SSL_key_update (f->client.ssl, SSL_KEY_UPDATE_REQUESTED);
    g_assert_cmpint (SSL_do_handshake (f->client.ssl), ==, 1);
    has_room = tls_client_send (&f->client);
    net_fixture_run_ready (&f->net, 4);
    g_assert_cmpuint (spc_transport_unsent (f->server), <, 4 * 65536);
  }
  /* and goes on when it reads */
  tls_client_write (&f->client, "hello", 5);
  NET_RUN_UNTIL (&f->net, f->got->len == 5);
  g_assert_cmpmem (f->got->data, 5, "hello", 5);
}

/* ends */

static void
test_end (Fixture *f, gconstpointer data)
{
  shake_hands (f);
  spc_transport_shutdown (f->server);
  NET_RUN_UNTIL (&f->net, f->client.has_ended);
  SSL_shutdown (f->client.ssl);
  tls_client_run (&f->client);
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->has_ended || f->client.has_ended);
}

static void
test_client_ends (Fixture *f, gconstpointer data)
{
  shake_hands (f);
  SSL_shutdown (f->client.ssl);
  BIO_flush (SSL_get_wbio (f->client.ssl));
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->has_ended);
}

static void
test_torn_line (Fixture *f, gconstpointer data)
{
  shake_hands (f);
  spc_transport_close (f->client.line);
  NET_RUN_UNTIL (&f->net, f->has_ended || f->error);
}

/* strangers */

static void
check_stranger (Fixture *f, const char *said, const char *reason)
{
  net_write (f->client.line, said, strlen (said), NULL);
  NET_RUN_UNTIL (&f->net, f->error);
  g_assert_error (f->error, SPC_ERROR, SPC_ERROR_TLS);
  g_assert_nonnull (strstr (f->error->message, reason));
}

static void
test_plain_spice (Fixture *f, gconstpointer data)
{
  check_stranger (f, "REDQ\2\0\0\0", "SPICE without TLS");
}

static void
test_plain_http (Fixture *f, gconstpointer data)
{
  check_stranger (f, "GET / HTTP/1.1\r\n", "HTTP without TLS");
}

static void
test_rubbish (Fixture *f, gconstpointer data)
{
  check_stranger (f, "who is there?", "TLS failed");
}

/* versions */

static void
check_refused (Fixture *f)
{
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->error && f->client.has_failed);
  g_assert_false (SSL_is_init_finished (f->client.ssl));
}

static void
test_old_version (Fixture *f, gconstpointer data)
{
  SSL_set_security_level (f->client.ssl, 0);
  SSL_set_min_proto_version (f->client.ssl, TLS1_VERSION);
  SSL_set_max_proto_version (f->client.ssl, TLS1_1_VERSION);
  check_refused (f);
}

static void
test_min_version (Fixture *f, gconstpointer data)
{
  const SpcTlsConfig config = {.cert_file = f->files.cert,
                               .key_file = f->files.key,
                               .min_version = SPC_TLS_1_3};
  SpcTlsContext *context = spc_tls_context_new (&config, NULL);

  g_assert_nonnull (context);
  drop_line (f);
  set_up_with (f, context, 1 << 16, f->files.ca);
  SSL_set_max_proto_version (f->client.ssl, TLS1_2_VERSION);
  check_refused (f);
}

/* CVE-2009-3555 and CVE-2011-1473: a session is never negotiated anew */
static void
test_no_renegotiation (Fixture *f, gconstpointer data)
{
  SSL_set_max_proto_version (f->client.ssl, TLS1_2_VERSION);
  shake_hands (f);
  tls_client_write (&f->client, "a", 1);
  NET_RUN_UNTIL (&f->net, f->got->len == 1);
  g_assert_cmpint (SSL_renegotiate (f->client.ssl), ==, 1);
  SSL_do_handshake (f->client.ssl);
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->client.has_failed || f->error || f->has_ended);
  g_assert_cmpint (SSL_num_renegotiations (f->client.ssl), <=, 1);
  g_assert_cmpuint (f->got->len, ==, 1);
}

static void
test_no_resumption (Fixture *f, gconstpointer data)
{
  shake_hands (f);
  tls_client_write (&f->client, "a", 1);
  NET_RUN_UNTIL (&f->net, f->got->len == 1);
  g_assert_false (SSL_SESSION_has_ticket (SSL_get_session (f->client.ssl)));
  g_assert_false (SSL_SESSION_is_resumable (SSL_get_session (f->client.ssl)));
}

/* clients' certificates */

static void
set_up_for_clients (Fixture *f, SpcTlsClients clients)
{
  const SpcTlsConfig config = {.cert_file = f->files.cert,
                               .key_file = f->files.key,
                               .ca_file = f->files.ca,
                               .clients = clients};
  g_autoptr (GError) error = NULL;
  SpcTlsContext *context = spc_tls_context_new (&config, &error);

  g_assert_no_error (error);
  drop_line (f);
  set_up_with (f, context, 1 << 16, f->files.ca);
}

static void
show_certificate (Fixture *f, const char *file)
{
  g_assert_cmpint (
      SSL_use_certificate_file (f->client.ssl, file, SSL_FILETYPE_PEM), ==, 1);
  g_assert_cmpint (
      SSL_use_PrivateKey_file (f->client.ssl, file, SSL_FILETYPE_PEM), ==, 1);
}

static void
check_admitted (Fixture *f)
{
  shake_hands (f);
  tls_client_write (&f->client, "a", 1);
  NET_RUN_UNTIL (&f->net, f->got->len == 1);
}

static void
test_proven_clients (Fixture *f, gconstpointer data)
{
  set_up_for_clients (f, SPC_TLS_CLIENTS_PROVEN);
  show_certificate (f, f->files.client);
  check_admitted (f);
  set_up_for_clients (f, SPC_TLS_CLIENTS_PROVEN);
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->error);
}

static void
test_clients_that_may (Fixture *f, gconstpointer data)
{
  set_up_for_clients (f, SPC_TLS_CLIENTS_MAY);
  check_admitted (f);
  set_up_for_clients (f, SPC_TLS_CLIENTS_MAY);
  show_certificate (f, f->files.expired);
  tls_client_run (&f->client);
  NET_RUN_UNTIL (&f->net, f->error);
}

/* files */

static void
check_bad_files (const SpcTlsConfig *config, const char *file, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (spc_tls_context_new (config, &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_SETTINGS);
  if (!strstr (error->message, file) || !strstr (error->message, text))
    g_error ("\"%s\" names not \"%s\" and \"%s\"", error->message, file, text);
}

static void
test_bad_files (Fixture *f, gconstpointer data)
{
  const TlsFiles *files = &f->files;

  check_bad_files (
      &(SpcTlsConfig){.cert_file = "/nowhere.pem", .key_file = files->key},
      "/nowhere.pem", "No such file");
  check_bad_files (
      &(SpcTlsConfig){.cert_file = files->key, .key_file = files->key},
      "key.pem", "certificate");
  check_bad_files (
      &(SpcTlsConfig){.cert_file = files->cert, .key_file = files->stranger},
      "stranger.pem", "does not belong");
  check_bad_files (
      &(SpcTlsConfig){.cert_file = files->cert, .key_file = files->alien},
      "alien.pem", "does not belong");
  check_bad_files (&(SpcTlsConfig){.cert_file = files->cert}, "cert.pem",
                   "there is no key in it, in PEM: set tls-key-file");
  check_bad_files (
      &(SpcTlsConfig){.cert_file = "/dev/null", .key_file = files->key},
      "/dev/null", "there is no certificate in it");
  check_bad_files (
      &(SpcTlsConfig){.cert_file = files->cert, .key_file = "/dev/null"},
      "/dev/null", "there is no key in it");
  check_bad_files (&(SpcTlsConfig){.cert_file = files->cert,
                                   .key_file = files->key,
                                   .clients = SPC_TLS_CLIENTS_PROVEN},
                   "CA file", "tls-ca-file");
  check_bad_files (&(SpcTlsConfig){.cert_file = files->cert,
                                   .key_file = files->key,
                                   .ciphers = "none-such"},
                   "none-such", "cipher");
}

/* an application's, which has no files */
static void
test_in_memory (Fixture *f, gconstpointer data)
{
  const TlsFiles *files = &f->files;
  g_autofree char *cert = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *chain = NULL;
  g_autofree char *key = NULL;
  g_autofree char *stranger = NULL;
  g_autofree char *cut = NULL;
  g_autoptr (SpcTlsContext) context = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (files->cert, &cert, NULL, NULL));
  g_assert_true (g_file_get_contents (files->ca, &ca, NULL, NULL));
  g_assert_true (g_file_get_contents (files->key, &key, NULL, NULL));
  g_assert_true (g_file_get_contents (files->stranger, &stranger, NULL, NULL));
  chain = g_strconcat (cert, ca, NULL);
  cut = g_strndup (cert, strlen (cert) / 2);
  context = spc_tls_context_new (
      &(SpcTlsConfig){.cert_pem = chain, .key_pem = key}, &error);
  g_assert_no_error (error);
  g_clear_pointer (&context, spc_tls_context_unref);
  /* the key may be in a file; text goes before files */
  context = spc_tls_context_new (&(SpcTlsConfig){.cert_pem = chain,
                                                 .cert_file = "/nowhere.pem",
                                                 .key_file = files->key},
                                 &error);
  g_assert_no_error (error);
  check_bad_files (&(SpcTlsConfig){.cert_pem = cert}, "key", "there is none");
  check_bad_files (&(SpcTlsConfig){.cert_pem = cut, .key_pem = key},
                   "certificate", "in memory");
  check_bad_files (&(SpcTlsConfig){.cert_pem = cert, .key_pem = "nonsense"},
                   "key", "in memory");
  check_bad_files (&(SpcTlsConfig){.cert_pem = cert, .key_pem = stranger},
                   "in memory", "does not belong");
}

static void
test_locked_key (Fixture *f, gconstpointer data)
{
  SpcTlsConfig config = {.cert_file = f->files.cert,
                         .key_file = f->files.locked};
  g_autoptr (SpcTlsContext) context = NULL;
  g_autoptr (GError) error = NULL;

  check_bad_files (&config, "locked.pem", "set tls-key-password");
  config.key_password = "wrong";
  check_bad_files (&config, "locked.pem", "tls-key-password does not open it");
  config.key_password = TLS_FIXTURE_PASSWORD;
  context = spc_tls_context_new (&config, &error);
  g_assert_no_error (error);
  g_assert_nonnull (context);
}

#define ADD(path, func)                                                        \
  g_test_add ("/transport-tls/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("bytes-go-both-ways", test_both_ways);
  ADD ("each-piece-has-a-record", test_pieces);
  ADD ("small-reads-miss-nothing", test_small_reads);
  ADD ("a-narrow-line-bounds-what-waits", test_narrow_line);
  ADD ("a-full-line-says-so", test_room);
  ADD ("what-the-library-answers-is-bounded", test_answers_are_bounded);
  ADD ("a-shutdown-is-told", test_end);
  ADD ("a-peers-end-is-an-end", test_client_ends);
  ADD ("a-torn-line-is-an-end", test_torn_line);
  ADD ("plain-spice-is-named", test_plain_spice);
  ADD ("plain-http-is-named", test_plain_http);
  ADD ("rubbish-is-refused", test_rubbish);
  ADD ("tls-1.1-is-refused", test_old_version);
  ADD ("a-minimum-version-counts", test_min_version);
  g_test_add ("/vulnerabilities/CVE-2021-20201", Fixture, NULL, set_up,
              test_no_renegotiation, tear_down);
  ADD ("nothing-is-resumed", test_no_resumption);
  ADD ("clients-must-prove-themselves", test_proven_clients);
  ADD ("clients-may-prove-themselves", test_clients_that_may);
  ADD ("bad-files-are-named", test_bad_files);
  ADD ("a-certificate-may-be-in-memory", test_in_memory);
  ADD ("a-locked-key-needs-its-password", test_locked_key);
  return g_test_run ();
}
