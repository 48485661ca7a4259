/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of connections that others depend on. */
#include "channel-fixture.h"

#include "server-core/wire/protocol.h"

#define NEWS 1234 /* a message */

typedef void (*LeftFunc) (SpcConnection *connection, SpcChannel *lead);

/* its connection's end is that of the client, as the main channel's is */
typedef SpcChannel LeadChannel;
typedef SpcChannelClass LeadChannelClass;
typedef SpcConnection LeadConnection;
typedef SpcConnectionClass LeadConnectionClass;
GType lead_connection_get_type (void);
GType lead_channel_get_type (void);
G_DEFINE_TYPE (LeadConnection, lead_connection, SPC_TYPE_CONNECTION)
G_DEFINE_TYPE (LeadChannel, lead_channel, SPC_TYPE_CHANNEL)

/* does something when a connection has left */
typedef struct {
  SpcChannel parent;
  SpcChannel *lead;
  LeftFunc left;
  guint n_left;
} SideChannel;
typedef SpcChannelClass SideChannelClass;
typedef SpcConnection SideConnection;
typedef SpcConnectionClass SideConnectionClass;
GType side_connection_get_type (void);
GType side_channel_get_type (void);
G_DEFINE_TYPE (SideConnection, side_connection, SPC_TYPE_CONNECTION)
G_DEFINE_TYPE (SideChannel, side_channel, SPC_TYPE_CHANNEL)

static void
lead_closed (SpcConnection *connection)
{
  spc_client_close (spc_connection_client (connection), "lead left");
}

static void
lead_connection_class_init (LeadConnectionClass *klass)
{
  klass->closed = lead_closed;
}

static void
lead_connection_init (LeadConnection *self)
{
}

static void
lead_channel_class_init (LeadChannelClass *klass)
{
  klass->channel_type = SPICE_CHANNEL_MAIN;
  klass->connection_type = lead_connection_get_type ();
}

static void
lead_channel_init (LeadChannel *self)
{
}

static void
side_connection_class_init (SideConnectionClass *klass)
{
}

static void
side_connection_init (SideConnection *self)
{
}

static void
side_disconnected (SpcChannel *channel, SpcConnection *connection)
{
  SideChannel *self = (SideChannel *)channel;

  self->n_left++;
  self->left (connection, self->lead);
}

static void
side_channel_class_init (SideChannelClass *klass)
{
  klass->channel_type = SPICE_CHANNEL_PORT;
  klass->connection_type = side_connection_get_type ();
  klass->disconnected = side_disconnected;
}

static void
side_channel_init (SideChannel *self)
{
}

typedef struct {
  ChannelFixture fixture;
  SpcChannel *lead;
  SideChannel *sides[3];
} Test;

static void
set_up (Test *test, gconstpointer left)
{
  channel_fixture_init (&test->fixture);
  test->lead = g_object_new (lead_channel_get_type (), NULL);
  spc_channel_construct (test->lead, test->fixture.server, 0);
  spc_server_add_channel (test->fixture.server, test->lead);
  for (guint i = 0; i < G_N_ELEMENTS (test->sides); i++) {
    test->sides[i] = g_object_new (side_channel_get_type (), NULL);
    test->sides[i]->lead = test->lead;
    test->sides[i]->left = (LeftFunc)left;
    spc_channel_construct (&test->sides[i]->parent, test->fixture.server,
                           (uint8_t)i);
    spc_server_add_channel (test->fixture.server, &test->sides[i]->parent);
  }
  channel_fixture_settle (&test->fixture);
}

static void
tear_down (Test *test, gconstpointer left)
{
  channel_fixture_clear (&test->fixture);
  g_object_unref (test->lead);
  for (guint i = 0; i < G_N_ELEMENTS (test->sides); i++)
    g_object_unref (test->sides[i]);
}

static void
tell_all (SpcConnection *connection, SpcChannel *lead)
{
  spc_channel_broadcast (lead, NEWS, NULL, NULL);
}

static void
close_client (SpcConnection *connection, SpcChannel *lead)
{
  spc_client_close (spc_connection_client (connection), "side left");
}

/* Its lines break one by one: those that are left are closed, each once, and
 * who else is there is told. */
static void
test_a_client_leaves (Test *test, gconstpointer left)
{
  Viewer *stays = viewer_new (&test->fixture, test->lead, 0);
  Viewer *lead = viewer_new (&test->fixture, test->lead, 0);
  Viewer *sides[G_N_ELEMENTS (test->sides)];

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    sides[i] = viewer_new_of (lead, &test->sides[i]->parent, 0);
  channel_fixture_settle (&test->fixture);
  g_clear_pointer (&lead->end, spc_transport_free);
  g_clear_pointer (&sides[1]->end, spc_transport_free);
  /* before the loop sees either end */
  spc_connection_close (sides[1]->connection, "closed by the viewer");
  channel_fixture_settle (&test->fixture);
  g_assert_true (lead->client->closing);
  g_assert_null (lead->client->server);
  g_assert_cmpuint (lead->client->connections->len, ==, 0);
  g_assert_true (spc_connection_is_closed (lead->connection));
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_assert_true (spc_connection_is_closed (sides[i]->connection));
    g_assert_cmpuint (test->sides[i]->n_left, ==, 1);
    viewer_free (sides[i]);
  }
  viewer_free (lead);
  g_assert_cmpuint (spc_server_clients (test->fixture.server)->len, ==, 1);
  g_assert_false (viewer_is_closed (stays));
  if (left == (gconstpointer)tell_all)
    VIEWER_EXPECT (stays, "1234:");
  viewer_free (stays);
}

/* Whoever sends need not care for it: it closes later. */
static void
test_a_line_fails (Test *test, gconstpointer left)
{
  Viewer *lead = viewer_new (&test->fixture, test->lead, 0);

  g_clear_pointer (&lead->end, spc_transport_free);
  tell_all (lead->connection, test->lead);
  g_assert_false (spc_connection_is_closed (lead->connection));
  tell_all (lead->connection, test->lead);
  channel_fixture_settle (&test->fixture);
  g_assert_true (spc_connection_is_closed (lead->connection));
  g_assert_null (lead->client->server);
  viewer_free (lead);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/connection/line-fails", Test, (gconstpointer)tell_all, set_up,
              test_a_line_fails, tear_down);
  g_test_add ("/connection/leaves-while-others-are-told", Test,
              (gconstpointer)tell_all, set_up, test_a_client_leaves, tear_down);
  g_test_add ("/connection/leaves-and-takes-its-client-along", Test,
              (gconstpointer)close_client, set_up, test_a_client_leaves,
              tear_down);
  return g_test_run ();
}
