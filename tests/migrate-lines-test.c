/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Viewers whose lines break in the very moment in which they are told to go:
 * that is noticed while they are told. */
#include "server-core/main/migrate.h"

#include "server-core/channel/client.h"
#include "server-core/cursor/cursor-channel.h"
#include "server-core/wire/messages-main.h"
#include "session.h"

static const SpcDestination elsewhere = {"there.example", 5901, 0, NULL};

typedef struct {
  Session session;
  SpcMigration *migration;
  GString *told; /* "connected 2; ended 1 lost 0; " */
} Fixture;

static void
on_connect_complete (const SpcMigrateResult *results, guint n_results,
                     gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->told, "connected %u; ",
                          n_results);
}

static void
on_end_complete (bool completed, guint n_lost, gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->told, "ended %d lost %u; ",
                          completed, n_lost);
}

static const SpcMigrateHost host = {
    .connect_complete = on_connect_complete,
    .end_complete = on_end_complete,
};

static void
fixture_init (Fixture *self)
{
  session_init (&self->session, NULL);
  self->told = g_string_new (NULL);
  self->migration = spc_server_migration (self->session.server);
  spc_migration_set_host (self->migration, &host, self);
  spc_migration_set_seamless (self->migration, true);
  session_add (&self->session, spc_cursor_new (self->session.server, 0));
  session_settle (&self->session);
}

static void
fixture_clear (Fixture *self)
{
  session_clear (&self->session);
  g_string_free (self->told, TRUE);
}

static WireClient *
join (Fixture *self)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  WireClient *main;

  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEAMLESS_MIGRATE);
  main = session_link (&self->session, &setup);
  NET_RUN_UNTIL (&self->session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  session_settle (&self->session);
  return main;
}

/* all lines are gone, and nobody has looked at them since */
static void
a_viewer_that_vanishes_as_it_is_to_leave (void)
{
  Fixture self;
  WireClient *main, *cursor;

  fixture_init (&self);
  main = join (&self);
  cursor = session_open (&self.session, main, SPICE_CHANNEL_CURSOR, 0);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  wire_client_send (main, SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS, NULL, 0);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "connected 1; ");
  wire_client_free (cursor);
  wire_client_free (main);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 1);
  g_assert_true (spc_migration_end (self.migration, true));
  session_settle (&self.session);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 0);
  g_assert_cmpstr (self.told->str, ==, "connected 1; ended 1 lost 0; ");
  fixture_clear (&self);
}

/* the others are asked nevertheless, and waited for */
static void
a_viewer_that_vanishes_as_it_is_asked (void)
{
  Fixture self;
  WireClient *gone, *second, *third;

  fixture_init (&self);
  gone = join (&self);
  second = join (&self);
  third = join (&self);
  wire_client_free (gone);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 3);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 2);
  g_assert_cmpstr (self.told->str, ==, "");
  wire_client_send (second, SPICE_MSGC_MAIN_MIGRATE_CONNECTED, NULL, 0);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "");
  wire_client_send (third, SPICE_MSGC_MAIN_MIGRATE_CONNECTED, NULL, 0);
  session_settle (&self.session);
  g_assert_cmpstr (self.told->str, ==, "connected 2; ");
  wire_client_free (second);
  wire_client_free (third);
  fixture_clear (&self);
}

/* it has not answered, and is told more than one thing */
static void
a_viewer_that_vanishes_as_it_is_sent_away (void)
{
  Fixture self;
  WireClient *main;

  fixture_init (&self);
  main = join (&self);
  g_assert_true (spc_migration_connect (self.migration, &elsewhere));
  session_settle (&self.session);
  wire_client_free (main);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 1);
  g_assert_true (spc_migration_end (self.migration, true));
  session_settle (&self.session);
  g_assert_cmpuint (spc_server_n_clients (self.session.server), ==, 0);
  g_assert_cmpstr (self.told->str, ==, "ended 1 lost 0; ");
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrate-lines/a-viewer-that-vanishes-as-it-is-to-leave",
                   a_viewer_that_vanishes_as_it_is_to_leave);
  g_test_add_func ("/migrate-lines/a-viewer-that-vanishes-as-it-is-asked",
                   a_viewer_that_vanishes_as_it_is_asked);
  g_test_add_func ("/migrate-lines/a-viewer-that-vanishes-as-it-is-sent-away",
                   a_viewer_that_vanishes_as_it_is_sent_away);
  return g_test_run ();
}
