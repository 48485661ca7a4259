/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connect-pace.h"
#include "server-core/base/limits.h"

#define SECOND_US ((int64_t)G_USEC_PER_SEC)
#define PER_S 10u
#define BURST (PER_S * SPC_CONNECT_BURST_S)
#define HOST "192.0.2.1"
#define OTHER "192.0.2.2"
/* the tests' time does not begin with 0 */
#define BEGIN_US (1000 * SECOND_US)

static SpcPaceVerdict
judge (SpcConnectPace *pace, const char *network, int64_t now_us)
{
  return spc_connect_pace_judge (pace, network, PER_S, BEGIN_US + now_us);
}

/* as many as it may at once */
static void
exhaust (SpcConnectPace *pace, const char *network, int64_t now_us)
{
  for (guint i = 0; i < BURST; i++)
    g_assert_cmpint (judge (pace, network, now_us), ==, SPC_PACE_FINE);
  g_assert_cmpint (judge (pace, network, now_us), ==, SPC_PACE_TOO_FAST);
}

static void
burst_is_fine_and_no_more (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();

  exhaust (pace, HOST, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (judge (pace, HOST, 0), ==, SPC_PACE_STILL_TOO_FAST);
}

/* what was refused does not count: who hammers loses nothing by it */
static void
pace_is_kept_under_fire (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();
  guint n = 0;

  exhaust (pace, HOST, 0);
  for (guint ms = 1; ms <= 20000; ms++)
    n += judge (pace, HOST, ms * 1000) == SPC_PACE_FINE;
  g_assert_cmpuint (n, ==, 20 * PER_S);
}

static void
pace_itself_is_fine_for_ever (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();

  exhaust (pace, HOST, 0);
  for (guint i = 1; i <= 1000; i++)
    g_assert_cmpint (judge (pace, HOST, i * SECOND_US / PER_S), ==,
                     SPC_PACE_FINE);
}

static void
rest_brings_the_burst_back (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();

  exhaust (pace, HOST, 0);
  exhaust (pace, HOST, SPC_CONNECT_BURST_S * SECOND_US);
  /* half the rest brings half of it */
  for (guint i = 0; i < BURST / 2; i++)
    g_assert_cmpint (
        judge (pace, HOST, SPC_CONNECT_BURST_S * SECOND_US * 3 / 2), ==,
        SPC_PACE_FINE);
  g_assert_cmpint (judge (pace, HOST, SPC_CONNECT_BURST_S * SECOND_US * 3 / 2),
                   !=, SPC_PACE_FINE);
}

static void
addresses_do_not_share (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();

  exhaust (pace, HOST, 0);
  exhaust (pace, OTHER, 0);
}

/* a flood is told once, one that does not end once a minute, the next again */
static void
bursts_are_told_once (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();
  guint n_told = 0;

  exhaust (pace, HOST, 0);
  for (guint ms = 1; ms <= 150 * 1000; ms++)
    n_told += judge (pace, HOST, ms * 1000) == SPC_PACE_TOO_FAST;
  g_assert_cmpuint (n_told, ==, 2);
  exhaust (pace, HOST, 160 * SECOND_US);
}

/* who was heard of longest ago gives way, not who came first */
static void
oldest_address_gives_way (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();

  exhaust (pace, HOST, 0);
  exhaust (pace, OTHER, 0);
  g_assert_cmpint (judge (pace, HOST, SECOND_US / PER_S), ==, SPC_PACE_FINE);
  for (guint i = 0; i < SPC_MAX_PACED_ADDRESSES - 1; i++) {
    g_autofree char *network = g_strdup_printf ("host %u", i);

    g_assert_cmpint (judge (pace, network, SECOND_US / PER_S), ==,
                     SPC_PACE_FINE);
  }
  g_assert_cmpint (judge (pace, HOST, SECOND_US / PER_S), !=, SPC_PACE_FINE);
  g_assert_cmpint (judge (pace, OTHER, SECOND_US / PER_S), ==, SPC_PACE_FINE);
}

/* the fastest pace that can be set */
static void
largest_pace_is_kept (void)
{
  g_autoptr (SpcConnectPace) pace = spc_connect_pace_new ();
  uint32_t n = 0;

  while (spc_connect_pace_judge (pace, HOST, SPC_MAX_CONNECTS_PER_S,
                                 BEGIN_US) == SPC_PACE_FINE)
    n++;
  g_assert_cmpuint (n, >=, SPC_CONNECT_BURST_S * SPC_MAX_CONNECTS_PER_S);
  g_assert_cmpuint (n, <, 2 * SPC_CONNECT_BURST_S * SPC_MAX_CONNECTS_PER_S);
}

static void
this_machine_is_free_unless_told_otherwise (void)
{
  static const struct {
    const char *host;
    bool is_local;
    int wanted;
    uint32_t expected;
  } cases[] = {
      {HOST, false, -1, SPC_DEFAULT_CONNECTS_PER_S},
      {HOST, false, 7, 7},
      {HOST, false, 0, 0},
      {"127.0.0.1", false, -1, 0},
      {"::1", false, -1, 0},
      {"127.0.0.1", false, 7, 7},
      {"unix", true, -1, 0},
      {"unix", true, 7, 0},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SpcTransport transport = {.peer_host = (char *)cases[i].host,
                                    .is_local = cases[i].is_local};

    g_assert_cmpuint (spc_connect_pace_for (&transport, cases[i].wanted), ==,
                      cases[i].expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect-pace/burst-is-fine-and-no-more",
                   burst_is_fine_and_no_more);
  g_test_add_func ("/connect-pace/pace-is-kept-under-fire",
                   pace_is_kept_under_fire);
  g_test_add_func ("/connect-pace/pace-itself-is-fine-for-ever",
                   pace_itself_is_fine_for_ever);
  g_test_add_func ("/connect-pace/rest-brings-the-burst-back",
                   rest_brings_the_burst_back);
  g_test_add_func ("/connect-pace/addresses-do-not-share",
                   addresses_do_not_share);
  g_test_add_func ("/connect-pace/bursts-are-told-once", bursts_are_told_once);
  g_test_add_func ("/connect-pace/oldest-address-gives-way",
                   oldest_address_gives_way);
  g_test_add_func ("/connect-pace/this-machine-is-free-unless-told-otherwise",
                   this_machine_is_free_unless_told_otherwise);
  g_test_add_func ("/connect-pace/largest-pace-is-kept", largest_pace_is_kept);
  return g_test_run ();
}
