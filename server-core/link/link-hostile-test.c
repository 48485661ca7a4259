/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers that do not play along, and hosts that free a link at any time. */
#include "link-rig.h"
#include "link.h"
#include "server-core/net/listener.h"
#include "server-core/wire/protocol.h"

#include <string.h>

static void
every_prefix_ends_cleanly (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  rig.password = spc_password_new ("abc123", 0);
  for (gsize n = 0; n < LINK_HANDSHAKE_BYTES; n++) {
    link_rig_dial (&rig, 4096, 10000);
    link_rig_send_prefix (&rig, n);
    spc_transport_close (rig.client);
    NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
    g_assert_cmpint (rig.code, ==, -1);
    g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_CLOSED);
    g_assert_null (rig.attached);
  }
  g_assert_cmpuint (rig.n_checks, ==, 0);
  link_rig_clear (&rig);
}

static void
silence_times_out (void)
{
  static const gsize prefixes[] = {0, 1, 4, 15, 16, 41, 42, 46, 100, 173};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    link_rig_dial (&rig, 4096, 100);
    link_rig_send_prefix (&rig, prefixes[i]);
    link_rig_expect_end (&rig, -1);
    g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_TIMEOUT);
  }
  link_rig_clear (&rig);
}

/* the answer does not fit the line and nobody reads */
static void
unread_answer_times_out (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  link_rig_dial (&rig, 43, 100);
  g_assert_cmpint (net_write (rig.client, link_good_start, 42, NULL), ==, 42);
  NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
  g_assert_cmpint (rig.code, ==, -1);
  g_assert_error (rig.error, SPC_ERROR, SPC_ERROR_TIMEOUT);
  link_rig_clear (&rig);
}

static void
random_bytes_end_cleanly (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  for (int i = 0; i < 300; i++) {
    uint8_t bytes[256];

    for (gsize k = 0; k < sizeof bytes; k++)
      bytes[k] = (uint8_t)g_test_rand_int ();
    if (i % 3 > 0)
      memcpy (bytes, link_good_start, i % 3 == 1 ? 4 : 16);
    link_rig_dial (&rig, 4096, 10000);
    link_rig_send (&rig, bytes, sizeof bytes);
    spc_transport_close (rig.client);
    NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
    g_assert_nonnull (rig.error);
  }
  link_rig_clear (&rig);
}

/* a refused peer that goes on sending is cut off */
static void
flood_is_cut_off (void)
{
  g_autofree uint8_t *zeros = g_malloc0 (1024 * 1024);
  LinkRig rig;

  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 10000);
  NET_RUN_UNTIL (&rig.net, (net_write (rig.client, zeros, 1024 * 1024, NULL),
                            rig.n_ended > 0));
  g_assert_cmpint (rig.code, ==, SPICE_LINK_ERR_INVALID_MAGIC);
  link_rig_clear (&rig);
}

/* a refused peer that stays is cut off too */
static void
farewell_has_an_end (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  link_rig_dial (&rig, 4096, 10000);
  link_rig_send (&rig, (const uint8_t *)"xxxx", 4);
  NET_RUN_UNTIL (&rig.net, rig.n_ended > 0);
  g_assert_cmpint (rig.code, ==, SPICE_LINK_ERR_INVALID_MAGIC);
  link_rig_clear (&rig);
}

/* freeing */

static void
free_closes_without_answer (void)
{
  static const gsize prefixes[] = {0, 16, 42, 100};
  LinkRig rig;

  link_rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    link_rig_dial (&rig, 4096, 10000);
    link_rig_send_prefix (&rig, prefixes[i]);
    g_clear_pointer (&rig.link, spc_link_free);
    NET_RUN_UNTIL (&rig.net, link_rig_has (&rig, G_MAXUINT));
    g_assert_true (rig.is_closed);
    g_assert_cmpuint (rig.n_ended, ==, 0);
  }
  link_rig_clear (&rig);
}

static void
host_may_free_the_link (void)
{
  LinkRig rig;

  link_rig_init (&rig);
  for (FreeWhere where = FREE_IN_OFFER; where <= FREE_IN_ENDED; where++) {
    link_rig_dial (&rig, 4096, 10000);
    rig.frees = where;
    if (where == FREE_IN_OFFER)
      link_rig_send (&rig, link_good_start, sizeof link_good_start);
    else
      link_rig_send_prefix (&rig, LINK_HANDSHAKE_BYTES);
    NET_RUN_UNTIL (&rig.net, rig.link == NULL);
    net_fixture_run_ready (&rig.net, 20);
    g_assert_cmpuint (rig.n_ended, ==, where == FREE_IN_ENDED ? 1 : 0);
    g_assert_cmpint (rig.attached != NULL, ==, where >= FREE_IN_ATTACH);
    link_rig_read (&rig);
    g_assert_cmpint (rig.is_closed, ==, where < FREE_IN_ATTACH);
  }
  link_rig_clear (&rig);
}

/* over TCP: what a refused peer sent beyond what was read must not make the
 * kernel drop the answer */

/* wakes the loop up when something has come */
static void
client_ready (SpcTransport *transport, GIOCondition ready, gpointer user_data)
{
  LinkRig *rig = user_data;

  link_rig_read (rig);
  if (rig->is_closed)
    spc_transport_want (transport, 0);
}

static void
link_accepted (SpcListener *listener, SpcTransport *transport,
               gpointer user_data)
{
  LinkRig *rig = user_data;

  rig->link = spc_link_new (rig->net.loop, transport, rig->keys, NULL, 10000,
                            &link_rig_host, rig);
}

static void
answer_survives_over_tcp (void)
{
  LinkRig rig;
  g_autoptr (SpcListener) listener = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree uint8_t *junk = g_malloc0 (20000);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);

  link_rig_init (&rig);
  listener = spc_listener_new_tcp (rig.net.loop, "127.0.0.1", 0, link_accepted,
                                   &rig, NULL);
  g_assert_nonnull (listener);
  address = g_inet_socket_address_new_from_string (
      "127.0.0.1", spc_listener_port (listener));
  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  rig.client = spc_transport_new_socket (rig.net.loop, socket);
  spc_transport_set_func (rig.client, client_ready, &rig);
  spc_transport_want (rig.client, G_IO_IN);
  link_rig_send (&rig, junk, 20000);
  link_rig_expect_refusal (&rig, SPICE_LINK_ERR_INVALID_MAGIC);
  g_clear_pointer (&listener, spc_listener_free);
  link_rig_clear (&rig);
}

static const struct {
  const char *path;
  GTestFunc func;
} tests[] = {
    {"/link/every-prefix-ends-cleanly", every_prefix_ends_cleanly},
    {"/link/silence-times-out", silence_times_out},
    {"/link/unread-answer-times-out", unread_answer_times_out},
    {"/link/random-bytes-end-cleanly", random_bytes_end_cleanly},
    {"/link/flood-is-cut-off", flood_is_cut_off},
    {"/link/farewell-has-an-end", farewell_has_an_end},
    {"/link/free-closes-without-answer", free_closes_without_answer},
    {"/link/host-may-free-the-link", host_may_free_the_link},
    {"/link/answer-survives-over-tcp", answer_survives_over_tcp},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}
