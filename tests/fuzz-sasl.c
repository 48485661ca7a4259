/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients say to SASL: an exchange ends once, whatever comes, and proves
 * nobody, since there are no users.
 *
 * An input is one byte of choices, one of the line's capacity, and what the
 * peer sends. */
#include "fuzz.h"
#include "server-core/link/sasl-exchange.h"
#include "server-core/net/net-fixture.h"

#include <stdlib.h>

enum { IS_PROTECTED = 1 };

static struct {
  NetFixture net;
  SpcSaslDesk *desk;
  bool is_over;
} fuzz;

static void
tear_down (void)
{
  spc_sasl_desk_close (fuzz.desk);
  spc_sasl_desk_unref (fuzz.desk);
  net_fixture_clear (&fuzz.net);
}

static void
set_up (void)
{
  SpcSaslConfig config = {.use = SPC_SASL_REQUIRED,
                          .app_name = "gst-spice-fuzz",
                          .mechanisms = "plain scram-sha-256 digest-md5",
                          .database = "/nowhere/users",
                          .min_ssf = SPC_DEFAULT_SASL_SSF};
  g_autoptr (GError) error = NULL;

  net_fixture_init (&fuzz.net);
  fuzz.desk = spc_sasl_desk_new (fuzz.net.loop, &config, &error);
  g_assert_no_error (error);
  atexit (tear_down);
}

static void
on_verdict (SpcSaslVerdict verdict, const GError *error, gpointer user_data)
{
  g_assert_false (fuzz.is_over);
  g_assert_cmpint (verdict, !=, SPC_EXCHANGE_PROVEN);
  g_assert_nonnull (error);
  fuzz.is_over = true;
}

static void
drain (SpcTransport *client)
{
  uint8_t bytes[256];

  net_fixture_run_ready (&fuzz.net, 1000);
  while (spc_transport_read (client, bytes, sizeof bytes, NULL) > 0)
    net_fixture_run_ready (&fuzz.net, 1000);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SpcTransport *server, *client;
  SpcSaslExchange *exchange;

  if (size < 2)
    return 0;
  if (!fuzz.desk)
    set_up ();
  fuzz.is_over = false;
  spc_transport_new_pair (fuzz.net.loop, 1 + data[1], &server, &client);
  server->is_secure = data[0] & IS_PROTECTED;
  exchange = spc_sasl_exchange_new (fuzz.desk, server, on_verdict, NULL, NULL);
  g_assert_nonnull (exchange);
  for (size_t at = 2; at < size && !fuzz.is_over;) {
    gssize n = net_write (client, data + at, size - at, NULL);

    drain (client);
    if (n > 0)
      at += (size_t)n;
    else
      g_main_context_iteration (fuzz.net.context, !fuzz.is_over);
  }
  drain (client);
  spc_transport_close (client);
  NET_RUN_UNTIL (&fuzz.net, fuzz.is_over);
  spc_sasl_exchange_free (exchange);
  spc_transport_free (client);
  spc_transport_free (server);
  return 0;
}
