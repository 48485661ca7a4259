/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new line wants: pages, a WebSocket, or neither. */
#include "entrance.h"

#include "http-request.h"
#include "net-fixture.h"
#include "server-core/base/error.h"
#include "web-files.h"
#include "ws-frame.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* RFC 6455, 1.3 */
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define UPGRADE                                                                \
  "GET / HTTP/1.1\r\nHost: here:5900\r\nUpgrade: websocket\r\n"                \
  "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"           \
  "Sec-WebSocket-Key: " KEY "\r\n"

typedef struct {
  NetFixture net;
  SpcEntranceRules rules;
  const char *peer_host; /* NULL: as it is */
  char *folder;
  SpcEntrance *entrance; /* NULL when it is over */
  SpcTransport *peer;    /* owned, as is passed */
  SpcTransport *passed;
  bool has_ended;
  GError *error;
  GString *got; /* by the peer */
  bool peer_has_ended;
} Fixture;

static void
on_passed (SpcEntrance *entrance, SpcTransport *transport, gpointer data)
{
  Fixture *f = data;

  f->passed = transport;
  f->entrance = NULL;
}

static void
on_ended (SpcEntrance *entrance, const char *peer, const GError *error,
          gpointer data)
{
  Fixture *f = data;

  f->entrance = NULL;
  f->has_ended = true;
  f->error = error ? g_error_copy (error) : NULL;
}

static void
on_peer_ready (SpcTransport *peer, GIOCondition ready, gpointer data)
{
  Fixture *f = data;
  char bytes[4096];
  gssize n = spc_transport_read (peer, bytes, sizeof bytes, NULL);

  if (n > 0)
    g_string_append_len (f->got, bytes, n);
  else {
    f->peer_has_ended = true;
    spc_transport_want (peer, 0);
  }
}

static void
come_in (Fixture *f)
{
  static const SpcEntranceFuncs funcs = {on_passed, on_ended};
  SpcTransport *line;

  spc_entrance_free (g_steal_pointer (&f->entrance));
  g_clear_pointer (&f->passed, spc_transport_free);
  g_clear_pointer (&f->peer, spc_transport_free);
  g_clear_error (&f->error);
  f->has_ended = f->peer_has_ended = false;
  g_string_truncate (f->got, 0);
  spc_transport_new_pair (f->net.loop, 1 << 16, &line, &f->peer);
  if (f->peer_host) {
    g_free (line->peer_host);
    line->peer_host = g_strdup (f->peer_host);
  }
  spc_transport_set_func (f->peer, on_peer_ready, f);
  spc_transport_want (f->peer, G_IO_IN);
  f->entrance =
      spc_entrance_new (f->net.loop, line, 60000, &f->rules, &funcs, f);
}

static void
put_file (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static int
truncate_file (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  return truncate (path, 0);
}

static void
drop_file (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_unlink (path);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  net_fixture_init (&f->net);
  f->got = g_string_new (NULL);
  f->folder = g_dir_make_tmp ("spc-web-XXXXXX", NULL);
  f->rules.web_root = f->folder;
  put_file (f, "spice_auto.html", "<p>desktop</p>");
  put_file (f, "main.js", "start ();");
  put_file (f, ".secret", "hidden");
  come_in (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  spc_entrance_free (f->entrance);
  spc_transport_free (f->passed);
  spc_transport_free (f->peer);
  g_clear_error (&f->error);
  g_string_free (f->got, TRUE);
  drop_file (f, "spice_auto.html");
  drop_file (f, "main.js");
  drop_file (f, ".secret");
  g_rmdir (f->folder);
  g_free (f->folder);
  net_fixture_clear (&f->net);
}

static void
say (Fixture *f, const void *bytes, gsize size)
{
  g_assert_cmpint (net_write (f->peer, bytes, size, NULL), ==, size);
}

static void
say_text (Fixture *f, const char *text)
{
  say (f, text, strlen (text));
}

/* SPICE */

static void
test_others_pass (Fixture *f, gconstpointer data)
{
  char bytes[16];

  say_text (f, "RE");
  net_fixture_run_ready (&f->net, 10);
  g_assert_null (f->passed);
  say_text (f, "DQ\2");
  NET_RUN_UNTIL (&f->net, f->passed);
  g_assert_cmpint (spc_transport_read (f->passed, bytes, 16, NULL), ==, 4);
  g_assert_cmpmem (bytes, 4, "REDQ", 4);
  g_assert_cmpint (spc_transport_read (f->passed, bytes, 16, NULL), ==, 1);
}

static void
test_a_line_that_ends (Fixture *f, gconstpointer data)
{
  say_text (f, "RE");
  g_clear_pointer (&f->peer, spc_transport_free);
  NET_RUN_UNTIL (&f->net, f->has_ended);
  g_assert_error (f->error, SPC_ERROR, SPC_ERROR_CLOSED);
}

/* pages */

static void
check_answer (Fixture *f, const char *request, const char *status,
              const char *text)
{
  come_in (f);
  say_text (f, request);
  say_text (f, " HTTP/1.1\r\nHost: x\r\n\r\n");
  NET_RUN_UNTIL (&f->net, strstr (f->got->str, "\r\n\r\n") &&
                              g_str_has_suffix (f->got->str, text));
  if (!g_str_has_prefix (f->got->str + 9, status))
    g_error ("%s: %s", request, f->got->str);
  g_clear_pointer (&f->peer, spc_transport_free);
  NET_RUN_UNTIL (&f->net, f->has_ended);
}

static void
test_pages (Fixture *f, gconstpointer data)
{
  check_answer (f, "GET /", "200", "<p>desktop</p>");
  check_answer (f, "GET /?port=5900", "200", "<p>desktop</p>");
  check_answer (f, "GET /main.js", "200", "start ();");
  check_answer (f, "GET /main%2ejs", "200", "start ();");
  check_answer (f, "HEAD /main.js", "200", "\r\n\r\n");
  check_answer (f, "GET /none.js", "404", "Not Found\n");
  check_answer (f, "POST /", "405", "Method Not Allowed\n");
}

#define LARGE_BYTES 300000 /* several pieces, more than the line holds */

static void
begin_large (Fixture *f)
{
  g_autofree char *text = g_strnfill (LARGE_BYTES, 'x');

  put_file (f, "large.txt", text);
  come_in (f);
  say_text (f, "GET /large.txt HTTP/1.1\r\n\r\n");
  NET_RUN_UNTIL (&f->net, strstr (f->got->str, "\r\n\r\nx"));
}

static void
test_large_files (Fixture *f, gconstpointer data)
{
  gsize head;

  begin_large (f);
  head = (gsize)(strstr (f->got->str, "\r\n\r\n") + 4 - f->got->str);
  NET_RUN_UNTIL (&f->net, f->peer_has_ended);
  g_assert_cmpuint (f->got->len - head, ==, LARGE_BYTES);
  g_assert_cmpuint (strspn (f->got->str + head, "x"), ==, LARGE_BYTES);
  drop_file (f, "large.txt");
}

/* it is not what its head said, but it ends */
static void
test_shrinking_files (Fixture *f, gconstpointer data)
{
  begin_large (f);
  g_assert_cmpint (truncate_file (f, "large.txt"), ==, 0);
  NET_RUN_UNTIL (&f->net, f->peer_has_ended);
  g_assert_cmpuint (f->got->len, <, LARGE_BYTES);
  drop_file (f, "large.txt");
}

static void
test_hidden_files (Fixture *f, gconstpointer data)
{
  check_answer (f, "GET /.secret", "404", "Not Found\n");
  check_answer (f, "GET /../../etc/passwd", "404", "Not Found\n");
  check_answer (f, "GET /%2e%2e/%2e%2e/etc/passwd", "404", "Not Found\n");
  check_answer (f, "GET /..%5c..%5cboot.ini", "404", "Not Found\n");
  check_answer (f, "GET //etc/passwd", "404", "Not Found\n");
  check_answer (f, "GET /%ff", "404", "Not Found\n");
  f->rules.web_root = NULL;
  check_answer (f, "GET /", "404", "Not Found\n");
}

static void
check_refused (Fixture *f, const char *head, const char *status)
{
  come_in (f);
  say_text (f, head);
  NET_RUN_UNTIL (&f->net, strstr (f->got->str, "\r\n\r\n"));
  g_assert_true (g_str_has_prefix (f->got->str + 9, status));
  g_clear_pointer (&f->peer, spc_transport_free);
  NET_RUN_UNTIL (&f->net, f->has_ended);
  g_assert_nonnull (f->error);
}

static void
test_bad_heads (Fixture *f, gconstpointer data)
{
  g_autofree char *long_line = g_strnfill (9000, 'a');
  g_autofree char *long_head = g_strconcat ("GET /", long_line, NULL);

  check_refused (f, "GET /\r\n\r\n", "400");
  check_refused (f, "GET x HTTP/1.1\r\n\r\n", "400");
  check_refused (f, "GET /%00 HTTP/1.1\r\n\r\n", "400");
  check_refused (f, "GET / HTTP/1.1\r\nno colon\r\n\r\n", "400");
  check_refused (f, "GET / HTTP/1.1\r\nHost: \xff\r\n\r\n", "400");
  check_refused (f, "GET / HTTP/1.1\r\nOrigin: \033[2J\r\n\r\n", "400");
  check_refused (f, long_head, "431");
}

/* WebSockets */

static void
send_frame (Fixture *f, unsigned first, const char *text, gsize size)
{
  uint8_t head[8] = {(uint8_t)first, (uint8_t)(0x80 | size), 1, 2, 3, 4};
  g_autofree uint8_t *bytes = g_memdup2 (text, size);

  spc_ws_mask (bytes, size, head + 2, 0);
  say (f, head, 6);
  say (f, bytes, size);
}

static void
begin_websocket (Fixture *f)
{
  say_text (f, UPGRADE "Origin: http://here:5900\r\n"
                       "Sec-WebSocket-Protocol: base64\r\n"
                       "Sec-WebSocket-Protocol: binary\r\n\r\n");
  NET_RUN_UNTIL (&f->net, f->passed && strstr (f->got->str, "\r\n\r\n"));
  g_assert_true (g_str_has_prefix (f->got->str, "HTTP/1.1 101"));
  g_assert_nonnull (strstr (f->got->str, ACCEPT));
  g_assert_nonnull (strstr (f->got->str, "Protocol: binary"));
  g_string_truncate (f->got, 0);
}

static gssize
read_once (Fixture *f, char *bytes, gsize size, GError **error)
{
  return spc_transport_read (f->passed, bytes, size, error);
}

static void
test_websocket (Fixture *f, gconstpointer data)
{
  char bytes[64];

  begin_websocket (f);
  send_frame (f, 0x02, "hel", 3); /* a message in two frames */
  send_frame (f, 0x80, "lo", 2);
  g_assert_cmpint (read_once (f, bytes, 64, NULL), ==, 3);
  g_assert_cmpint (read_once (f, bytes + 3, 64, NULL), ==, 2);
  g_assert_cmpmem (bytes, 5, "hello", 5);
  g_assert_cmpint (net_write (f->passed, "world", 5, NULL), ==, 5);
  NET_RUN_UNTIL (&f->net, f->got->len == 7);
  g_assert_cmpmem (f->got->str, 7, "\x82\x05world", 7);
}

static void
test_a_head_in_pieces (Fixture *f, gconstpointer data)
{
  static const char head[] = UPGRADE "\r\n";

  for (gsize i = 0; i < sizeof head - 1; i++) {
    say (f, head + i, 1);
    net_fixture_run_ready (&f->net, 4);
  }
  NET_RUN_UNTIL (&f->net, f->passed);
}

/* what came with the head is not lost */
static void
test_frames_behind_the_head (Fixture *f, gconstpointer data)
{
  char bytes[64];

  say_text (f, UPGRADE "\r\n");
  send_frame (f, 0x82, "early", 5);
  NET_RUN_UNTIL (&f->net, f->passed);
  g_assert_cmpint (read_once (f, bytes, 64, NULL), ==, 5);
}

static void
test_pings (Fixture *f, gconstpointer data)
{
  GError *error = NULL;
  char bytes[64];

  begin_websocket (f);
  send_frame (f, 0x89, "are you there?", 14);
  g_assert_cmpint (read_once (f, bytes, 64, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_error_free (error);
  NET_RUN_UNTIL (&f->net, f->got->len == 16);
  g_assert_cmpmem (f->got->str, 16,
                   "\x8a\x0e"
                   "are you there?",
                   16);
}

static void
test_goodbye (Fixture *f, gconstpointer data)
{
  char bytes[64];

  begin_websocket (f);
  send_frame (f, 0x88, "\x03\xe8", 2);
  g_assert_cmpint (read_once (f, bytes, 64, NULL), ==, 0);
  NET_RUN_UNTIL (&f->net, f->got->len == 4);
  g_assert_cmpmem (f->got->str, 4, "\x88\x02\x03\xe8", 4);
}

static void
check_bad_frame (Fixture *f, const char *frame, gsize size)
{
  GError *error = NULL;
  char bytes[64];
  gssize n;

  come_in (f);
  begin_websocket (f);
  say (f, frame, size);
  do
    n = read_once (f, bytes, 64, &error);
  while (n > 0);
  g_assert_cmpint (n, ==, -1);
  g_assert_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL);
  g_error_free (error);
}

static void
test_bad_frames (Fixture *f, gconstpointer data)
{
  static const char *const frames[] = {
      "\x82\x01x12345", /* not masked */
      "\xc2\x81"
      "1234x", /* a reserved bit */
      "\x83\x81"
      "1234x", /* no such opcode */
      "\x80\x81"
      "1234x", /* continues nothing */
      "\x09\x81"
      "1234x", /* a ping in pieces */
      "\x89\xfe\x01\x01"
      "1234", /* a ping of 257 bytes */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    check_bad_frame (f, frames[i], strlen (frames[i]));
  check_bad_frame (f,
                   "\x82\xff\x80\0\0\0\0\0\0\0"
                   "1234",
                   14);
}

static void
test_bad_handshakes (Fixture *f, gconstpointer data)
{
  check_refused (f, UPGRADE "Origin: http://elsewhere\r\n\r\n", "403");
  check_refused (f, UPGRADE "Sec-WebSocket-Protocol: chat\r\n\r\n", "400");
  check_refused (f, UPGRADE "Sec-WebSocket-Version: 13\r\n\r\n", "400");
  check_refused (f,
                 UPGRADE "Origin: http://elsewhere\r\n"
                         "Origin: http://here:5900\r\n\r\n",
                 "400");
  check_refused (f,
                 "GET / HTTP/1.1\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: c2hvcnQ=\r\n\r\n",
                 "400");
  check_refused (f,
                 "GET / HTTP/1.1\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                 "Sec-WebSocket-Key: " KEY "\r\n\r\n",
                 "400");
}

static void
ask_as (Fixture *f, const char *host, const char *status)
{
  g_autofree char *head = g_strdup_printf (
      "GET / HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n",
      host, host);

  come_in (f);
  say_text (f, head);
  NET_RUN_UNTIL (&f->net, strstr (f->got->str, "\r\n\r\n"));
  g_test_message ("%s from %s: %s", host, f->peer_host, f->got->str);
  g_assert_true (g_str_has_prefix (f->got->str + 9, status));
}

/* a page of elsewhere, whose name server says that elsewhere is here now */
static void
test_rebound_names (Fixture *f, gconstpointer data)
{
  static const char *const own[] = {"127.0.0.1:5900", "[::1]:5900", "[::1]",
                                    "LOCALHOST:5900", "localhost"};
  static const char *const others[] = {
      "elsewhere.example:5900", "localhost.example", "127.0.0.1.example:5900",
      "[elsewhere]", ""};
  static const char *const here[] = {"127.0.0.1", "127.3.2.1", "::1"};
  g_autofree char *name = g_strconcat (g_get_host_name (), ":5900", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (here); i++) {
    f->peer_host = here[i];
    ask_as (f, name, "101");
    for (gsize j = 0; j < G_N_ELEMENTS (own); j++)
      ask_as (f, own[j], "101");
    for (gsize j = 0; j < G_N_ELEMENTS (others); j++)
      ask_as (f, others[j], "403");
  }
  f->rules.web_origins = (char *)"http://elsewhere.example:5900";
  ask_as (f, others[0], "101");
  f->rules.web_origins = NULL;
  f->peer_host = "192.0.2.1"; /* it needs a password */
  ask_as (f, others[0], "101");
}

/* whoever frames a page can have it clicked unseen */
static void
test_frames_of_others (Fixture *f, gconstpointer data)
{
  check_answer (f, "GET /", "200", "<p>desktop</p>");
  g_assert_nonnull (strstr (f->got->str, "\r\nContent-Security-Policy: "
                                         "frame-ancestors 'self' \r\n"));
  f->rules.web_origins = (char *)"https://a.example,https://b.example";
  check_answer (f, "GET /", "200", "<p>desktop</p>");
  g_assert_nonnull (
      strstr (f->got->str, "'self' https://a.example https://b.example\r\n"));
}

static void
test_origins (void)
{
  g_assert_true (spc_http_origin_is_allowed (NULL, "a", NULL));
  g_assert_true (spc_http_origin_is_allowed ("http://a:1", "a:1", NULL));
  g_assert_false (spc_http_origin_is_allowed ("http://a:2", "a:1", NULL));
  g_assert_false (spc_http_origin_is_allowed ("null", "a", NULL));
  g_assert_false (spc_http_origin_is_allowed ("http://a", NULL, NULL));
  g_assert_true (spc_http_origin_is_allowed ("http://b", "a", "*"));
  g_assert_true (
      spc_http_origin_is_allowed ("http://b", "a", "http://c, http://b"));
  g_assert_false (spc_http_origin_is_allowed ("http://a", "a", "http://b"));
}

#define ADD(path, func)                                                        \
  g_test_add ("/entrance/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("others-pass-as-they-are", test_others_pass);
  ADD ("a-line-that-ends-is-told", test_a_line_that_ends);
  ADD ("pages-are-given", test_pages);
  ADD ("large-files-come-whole", test_large_files);
  ADD ("files-that-shrink-end", test_shrinking_files);
  ADD ("hidden-files-are-not", test_hidden_files);
  ADD ("bad-heads-are-refused", test_bad_heads);
  ADD ("a-websocket-is-a-stream", test_websocket);
  ADD ("a-head-comes-in-pieces", test_a_head_in_pieces);
  ADD ("frames-behind-the-head-count", test_frames_behind_the_head);
  ADD ("pings-are-answered", test_pings);
  ADD ("goodbyes-are-answered", test_goodbye);
  ADD ("bad-frames-end-it", test_bad_frames);
  ADD ("bad-handshakes-are-refused", test_bad_handshakes);
  ADD ("names-led-here-are-not-ours", test_rebound_names);
  ADD ("others-do-not-frame-pages", test_frames_of_others);
  g_test_add_func ("/entrance/origins-are-judged", test_origins);
  return g_test_run ();
}
