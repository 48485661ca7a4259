/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entrance against a line that says what it likes: it ends once, or passes
 * on a transport, which then gives no more bytes than came, and an end.
 *
 * An input is one byte of choices, one of the line's capacity, and what the
 * peer sends, in pieces of that capacity. */
#include "fuzz.h"
#include "server-core/net/entrance.h"
#include "server-core/net/net-fixture.h"

enum {
  BEGIN_WEBSOCKET = 1, /* the input comes after a good handshake */
  WRITE_MUCH = 2,      /* and is answered at length */
};

static const char handshake[] =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

typedef struct {
  NetFixture net;
  SpcEntranceRules rules;
  SpcEntrance *entrance;
  SpcTransport *peer, *passed;
  guint n_ends;
  gsize n_sent, n_read;
  gsize n_written;
  uint8_t choices;
  bool has_failed;
} Fuzz;

static Fuzz fuzz;

/* the line is read to its end, whatever comes */
static void
on_passed_ready (SpcTransport *transport, GIOCondition ready, gpointer data)
{
  static const uint8_t answer[3000];
  uint8_t bytes[512];
  g_autoptr (GError) error = NULL;
  gssize n = spc_transport_read (transport, bytes, sizeof bytes, &error);

  if (n > 0)
    fuzz.n_read += (gsize)n;
  g_assert_cmpuint (fuzz.n_read, <=, fuzz.n_sent);
  if ((fuzz.choices & WRITE_MUCH) && fuzz.n_written < 100000) {
    gssize taken = net_write (transport, answer, sizeof answer, NULL);

    g_assert_cmpint (taken, <=, (gssize)sizeof answer);
    fuzz.n_written += taken > 0 ? (gsize)taken : 0;
  }
  fuzz.has_failed =
      n == 0 ||
      (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
  if (fuzz.has_failed)
    spc_transport_want (transport, 0);
}

static void
on_passed (SpcEntrance *entrance, SpcTransport *transport, gpointer data)
{
  fuzz.entrance = NULL;
  fuzz.n_ends++;
  fuzz.passed = transport;
  spc_transport_set_func (transport, on_passed_ready, NULL);
  spc_transport_want (transport, G_IO_IN);
  spc_transport_notify (transport, G_IO_IN);
}

static void
on_ended (SpcEntrance *entrance, const char *peer, const GError *error,
          gpointer data)
{
  fuzz.entrance = NULL;
  fuzz.n_ends++;
}

static void
on_peer_ready (SpcTransport *peer, GIOCondition ready, gpointer data)
{
  uint8_t bytes[1024];

  if (spc_transport_read (peer, bytes, sizeof bytes, NULL) == 0)
    spc_transport_want (peer, 0);
}

static void
send_all (const uint8_t *data, gsize size)
{
  while (size > 0) {
    gssize n = net_write (fuzz.peer, data, size, NULL);

    if (n > 0) {
      data += n;
      size -= (gsize)n;
      fuzz.n_sent += (gsize)n;
    }
    if (net_fixture_run_ready (&fuzz.net, 100) == 0 && n <= 0)
      return; /* nobody reads any more */
  }
}

static void
begin (const uint8_t *data)
{
  static const SpcEntranceFuncs funcs = {on_passed, on_ended};
  NetFixture net = fuzz.net;
  SpcTransport *line;

  fuzz = (Fuzz){.net = net, .choices = data[0]};
  spc_transport_new_pair (net.loop, 1 + data[1] * 8u, &line, &fuzz.peer);
  spc_transport_set_func (fuzz.peer, on_peer_ready, NULL);
  spc_transport_want (fuzz.peer, G_IO_IN);
  fuzz.entrance =
      spc_entrance_new (net.loop, line, 60 * 1000, &fuzz.rules, &funcs, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  if (fuzz.net.loop == NULL)
    net_fixture_init (&fuzz.net);
  begin (data);
  if (fuzz.choices & BEGIN_WEBSOCKET)
    send_all ((const uint8_t *)handshake, sizeof handshake - 1);
  send_all (data + 2, size - 2);
  spc_transport_close (fuzz.peer);
  net_fixture_run_ready (&fuzz.net, 2000);
  g_assert_null (fuzz.entrance);
  g_assert_cmpuint (fuzz.n_ends, ==, 1);
  g_assert_true (fuzz.passed == NULL || fuzz.has_failed);
  g_clear_pointer (&fuzz.passed, spc_transport_free);
  g_clear_pointer (&fuzz.peer, spc_transport_free);
  return 0;
}
