/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the acknowledgement window and the pings: what flow.h promises. */
#include "flow.h"

#include <glib.h>

/* sends until the window is closed; returns how many messages went */
static guint
fill (SpcFlow *flow)
{
  guint n = 0;

  for (; spc_flow_may_send (flow) && n < 1000; n++)
    spc_flow_sent (flow);
  return n;
}

static void
test_without_window (void)
{
  SpcFlow flow = {0};

  g_assert_cmpuint (fill (&flow), ==, 1000);
  spc_flow_ack (&flow);
  g_assert_true (spc_flow_may_send (&flow));
}

static void
test_window_closes (void)
{
  static const uint32_t windows[] = {1, 2, 20, 40};

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++) {
    SpcFlow flow = {0};

    spc_flow_start_window (&flow, windows[i]);
    g_assert_cmpuint (flow.generation, ==, 1);
    g_assert_cmpuint (fill (&flow), ==, 2 * windows[i] + 1);
  }
}

static void
test_ack_releases (void)
{
  SpcFlow flow = {0};

  spc_flow_start_window (&flow, 20);
  fill (&flow);
  spc_flow_ack_sync (&flow, 1);
  g_assert_false (spc_flow_may_send (&flow));
  spc_flow_ack (&flow);
  g_assert_cmpuint (fill (&flow), ==, 20);
}

static void
test_ack_before_sync (void)
{
  SpcFlow flow = {0};

  spc_flow_start_window (&flow, 20);
  fill (&flow);
  spc_flow_ack (&flow);
  spc_flow_ack_sync (&flow, 7);
  spc_flow_ack (&flow);
  g_assert_false (spc_flow_may_send (&flow));
}

static void
test_surplus_acks (void)
{
  SpcFlow flow = {0};

  spc_flow_start_window (&flow, 20);
  spc_flow_ack_sync (&flow, 1);
  spc_flow_sent (&flow);
  for (guint i = 0; i < 100; i++)
    spc_flow_ack (&flow);
  g_assert_cmpuint (flow.outstanding, ==, 0);
  g_assert_cmpuint (fill (&flow), ==, 41);
}

static void
test_new_generation (void)
{
  SpcFlow flow = {0};

  spc_flow_start_window (&flow, 20);
  spc_flow_ack_sync (&flow, 1);
  fill (&flow);
  spc_flow_start_window (&flow, 40);
  g_assert_cmpuint (flow.generation, ==, 2);
  g_assert_cmpuint (fill (&flow), ==, 81);
  spc_flow_ack (&flow);
  spc_flow_ack_sync (&flow, 1);
  spc_flow_ack (&flow);
  g_assert_false (spc_flow_may_send (&flow));
  spc_flow_ack_sync (&flow, 2);
  spc_flow_ack (&flow);
  g_assert_cmpuint (fill (&flow), ==, 40);
}

static void
test_pong (void)
{
  SpcFlow flow = {0};
  SpcPendingPing ping;
  int func, data;
  uint32_t id = spc_flow_ping (&flow, 1234, &func, &data);

  g_assert_cmpuint (id, !=, 0);
  g_assert_false (spc_flow_pong (&flow, id + 1, &ping));
  g_assert_true (spc_flow_pong (&flow, id, &ping));
  g_assert_cmpint (ping.sent_us, ==, 1234);
  g_assert_true (ping.func == &func && ping.user_data == &data);
  g_assert_false (spc_flow_pong (&flow, id, &ping));
}

static void
test_pongs_left_out (void)
{
  SpcFlow flow = {0};
  SpcPendingPing ping;
  uint32_t ids[3];

  for (guint i = 0; i < 3; i++)
    ids[i] = spc_flow_ping (&flow, i, NULL, NULL);
  g_assert_true (spc_flow_pong (&flow, ids[1], &ping));
  g_assert_cmpint (ping.sent_us, ==, 1);
  g_assert_false (spc_flow_pong (&flow, ids[0], &ping));
  g_assert_true (spc_flow_pong (&flow, ids[2], &ping));
  g_assert_cmpuint (flow.n_pings, ==, 0);
}

static void
test_too_many_pings (void)
{
  SpcFlow flow = {0};
  SpcPendingPing ping;
  uint32_t first = 0;

  for (guint i = 0; i < SPC_MAX_PINGS; i++) {
    uint32_t id = spc_flow_ping (&flow, 0, NULL, NULL);
    g_assert_cmpuint (id, !=, 0);
    first = first != 0 ? first : id;
  }
  g_assert_cmpuint (spc_flow_ping (&flow, 0, NULL, NULL), ==, 0);
  g_assert_true (spc_flow_pong (&flow, first, &ping));
  g_assert_cmpuint (spc_flow_ping (&flow, 0, NULL, NULL), !=, 0);
}

static void
test_id_is_never_zero (void)
{
  SpcFlow flow = {.next_ping_id = G_MAXUINT32};

  g_assert_cmpuint (spc_flow_ping (&flow, 0, NULL, NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/without-a-window-all-may-be-sent",
                   test_without_window);
  g_test_add_func ("/flow/two-windows-and-one-message-then-closed",
                   test_window_closes);
  g_test_add_func ("/flow/an-ack-releases-one-window", test_ack_releases);
  g_test_add_func ("/flow/acks-before-the-sync-count-nothing",
                   test_ack_before_sync);
  g_test_add_func ("/flow/surplus-acks-are-harmless", test_surplus_acks);
  g_test_add_func ("/flow/a-new-window-forgets-the-old-one",
                   test_new_generation);
  g_test_add_func ("/flow/a-pong-is-matched-with-its-ping", test_pong);
  g_test_add_func ("/flow/pings-before-an-answered-one-are-forgotten",
                   test_pongs_left_out);
  g_test_add_func ("/flow/unanswered-pings-are-bounded", test_too_many_pings);
  g_test_add_func ("/flow/ping-id-zero-is-left-out", test_id_is_never_zero);
  return g_test_run ();
}
