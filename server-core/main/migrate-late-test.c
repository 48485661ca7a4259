/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of viewers that do not answer, go, come or move in in time. */
#include "migrate-fixture.h"

#include <string.h>

/* source */

static void
set_patience (Fixture *self, uint32_t answer_ms, uint32_t leave_ms,
              uint32_t data_ms)
{
  const SpcMigratePatience patience = {answer_ms, leave_ms, data_ms};

  spc_migration_set_patience (self->migration, &patience);
}

#define WAIT_TOLD(self, text)                                                  \
  NET_RUN_UNTIL (&(self)->session.net, strstr ((self)->told->str, text) != NULL)

static const Way late_ways[] = {
    {"linked", SPICE_MSGC_MAIN_MIGRATE_CONNECTED, true, "connected none; ",
     SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"linked-seamless", SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, true,
     "connected none; ", SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"failed", SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR, true, "connected none; ",
     SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"silent", 0, true, "connected none; ", SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST},
    {"linked-cancelled", SPICE_MSGC_MAIN_MIGRATE_CONNECTED, false,
     "connected none; ended 0 lost 0; ", SPICE_MSG_MAIN_MIGRATE_CANCEL},
};

static void
test_a_late_answer_changes_nothing (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (WireClient) main = NULL;
  bool has_links = way->answer != SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR;
  Fixture self;

  fixture_init (&self);
  set_patience (&self, 1, A_MINUTE_MS, A_MINUTE_MS);
  spc_migration_set_seamless (self.migration, true);
  session_settle (&self.session);
  main = join (&self, true);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  WAIT_TOLD (&self, "connected none; ");
  go_way (&self, main, way);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MIGRATE), ==, 0);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MIGRATE_END), ==,
                    0);
  g_assert_cmpuint (wire_client_count (main, SPICE_MSG_MAIN_MIGRATE_CANCEL), ==,
                    has_links ? 1 : 0);
  fixture_clear (&self);
}

static void
test_a_viewer_that_does_not_go_is_sent_away (gconstpointer data)
{
  bool seamless = GPOINTER_TO_INT (data);
  g_autoptr (WireClient) main = NULL;
  Fixture self;

  fixture_init (&self);
  set_patience (&self, A_MINUTE_MS, 1, A_MINUTE_MS);
  spc_migration_set_seamless (self.migration, seamless);
  session_settle (&self.session);
  main = join (&self, true);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  say (&self, main,
       seamless ? SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS
                : SPICE_MSGC_MAIN_MIGRATE_CONNECTED);
  g_assert_true (spc_migration_end (self.migration, true));
  WAIT_TOLD (&self, "ended 1 lost 1; ");
  NET_RUN_UNTIL (&self.session.net, main->closed);
  g_assert_cmpuint (n_clients (&self), ==, 0);
  fixture_clear (&self);
}

/* destination */

/* the time passes before it links */
static void
test_a_late_arrival_is_refused (void)
{
  g_autoptr (WireClient) main = NULL;
  int64_t begin_us;
  Fixture self;

  fixture_init (&self);
  spc_migration_expect (self.migration, OLD_ID, 0);
  session_settle (&self.session);
  begin_us = g_get_monotonic_time ();
  while (g_get_monotonic_time () == begin_us)
    ;
  main = link_main (&self, OLD_ID, false);
  g_assert_cmpint (main->link_code, ==, SPICE_LINK_ERR_BAD_CONNECTION_ID);
  g_assert_cmpstr (self.told->str, ==, "");
  fixture_clear (&self);
}

/* or after that; on a busy machine a longer time is needed to link at all */
static void
test_a_viewer_that_does_not_move_in_is_ended (void)
{
  WireClient *main = NULL;
  uint32_t timeout_ms = 20;
  Fixture self;

  fixture_init (&self);
  do {
    g_clear_pointer (&main, wire_client_free);
    spc_migration_expect (self.migration, OLD_ID, timeout_ms);
    session_settle (&self.session);
    main = link_main (&self, OLD_ID, false);
    timeout_ms *= 2;
  } while (main->link_code != SPICE_LINK_ERR_OK);
  WAIT_TOLD (&self, "not here; ");
  NET_RUN_UNTIL (&self.session.net, main->closed);
  g_assert_cmpuint (n_clients (&self), ==, 0);
  wire_client_free (main);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (late_ways); i++) {
    g_autofree char *path =
        g_strconcat ("/migrate-late/a-late-answer-changes-nothing/",
                     late_ways[i].name, NULL);

    g_test_add_data_func (path, &late_ways[i],
                          test_a_late_answer_changes_nothing);
  }
  g_test_add_data_func (
      "/migrate-late/who-does-not-go-is-sent-away/semi-seamless",
      GINT_TO_POINTER (false), test_a_viewer_that_does_not_go_is_sent_away);
  g_test_add_data_func ("/migrate-late/who-does-not-go-is-sent-away/seamless",
                        GINT_TO_POINTER (true),
                        test_a_viewer_that_does_not_go_is_sent_away);
  g_test_add_func ("/migrate-late/a-late-arrival-is-refused",
                   test_a_late_arrival_is_refused);
  g_test_add_func ("/migrate-late/who-does-not-move-in-is-ended",
                   test_a_viewer_that_does_not_move_in_is_ended);
  return g_test_run ();
}
