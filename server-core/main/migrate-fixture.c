/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate-fixture.h"

const SpcDestination elsewhere = {"there.example", 5901, 5902, "CN=x"};

static void
on_connect_complete (const SpcMigrateResult *results, guint n_results,
                     gpointer user_data)
{
  static const char *const ways[] = {"none", "semi", "seamless"};
  Fixture *self = user_data;

  g_string_append (self->told, "connected");
  for (guint i = 0; i < n_results; i++)
    g_string_append_printf (self->told, " %s", ways[results[i].way]);
  g_string_append (self->told, "; ");
}

static void
on_end_complete (bool completed, guint n_lost, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->told, "ended %d lost %u; ", completed, n_lost);
}

static void
on_arrived (uint32_t client_id, bool is_here, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_cmphex (client_id, ==, OLD_ID);
  g_string_append (self->told, is_here ? "here; " : "not here; ");
}

static const SpcMigrateHost host = {
    .connect_complete = on_connect_complete,
    .end_complete = on_end_complete,
    .arrived = on_arrived,
};

void
fixture_init (Fixture *self)
{
  session_init (&self->session, NULL);
  self->told = g_string_new (NULL);
  self->migration = spc_server_migration (self->session.server);
  spc_migration_set_host (self->migration, &host, self);
}

void
fixture_clear (Fixture *self)
{
  session_clear (&self->session);
  g_string_free (self->told, TRUE);
}

WireClient *
link_main (Fixture *self, uint32_t connection_id, bool takes_seamless)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                           .connection_id = connection_id};

  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE);
  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);
  if (takes_seamless)
    spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_SEAMLESS_MIGRATE);
  return session_link (&self->session, &setup);
}

WireClient *
join (Fixture *self, bool takes_seamless)
{
  WireClient *main = link_main (self, 0, takes_seamless);

  NET_RUN_UNTIL (&self->session.net,
                 wire_client_find (main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  session_settle (&self->session);
  return main;
}

void
say (Fixture *self, WireClient *client, uint16_t type)
{
  wire_client_send (client, type, NULL, 0);
  session_settle (&self->session);
}

void
go_way (Fixture *self, WireClient *client, const Way *way)
{
  if (way->answer != 0)
    say (self, client, way->answer);
  g_assert_true (spc_migration_end (self->migration, way->completed));
  session_settle (&self->session);
  g_assert_cmpstr (self->told->str, ==, way->told);
  g_assert_cmpuint (wire_client_count (client, way->message), ==, 1);
}

guint
n_clients (Fixture *self)
{
  return spc_server_n_clients (self->session.server);
}
