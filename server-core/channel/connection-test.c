/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of connections that others depend on. */
#include "channel-fixture.h"

#include "server-core/wire/protocol.h"

#define NEWS 1234 /* a message */

typedef void (*LeftFunc) (SpcConnection *connection, SpcChannel *lead);

/* Does something when a connection has left; but the end of a connection of the
 * lead, which has none itself, is that of the client, as of the main channel.
 */
typedef struct {
  SpcChannel parent;
  SpcChannel *lead;
  LeftFunc left;
  guint n_left;
} TestChannel;
typedef SpcChannelClass TestChannelClass;
typedef SpcConnection TestConnection;
typedef SpcConnectionClass TestConnectionClass;
GType test_connection_get_type (void);
GType test_channel_get_type (void);
G_DEFINE_TYPE (TestConnection, test_connection, SPC_TYPE_CONNECTION)
G_DEFINE_TYPE (TestChannel, test_channel, SPC_TYPE_CHANNEL)

static void
closed (SpcConnection *connection)
{
  if (((TestChannel *)spc_connection_channel (connection))->lead == NULL)
    spc_client_close (spc_connection_client (connection), "lead left");
}

static void
test_connection_class_init (TestConnectionClass *klass)
{
  klass->closed = closed;
}

static void
test_connection_init (TestConnection *self)
{
}

static void
disconnected (SpcChannel *channel, SpcConnection *connection)
{
  TestChannel *self = (TestChannel *)channel;

  self->n_left++;
  if (self->lead != NULL)
    self->left (connection, self->lead);
}

static void
test_channel_class_init (TestChannelClass *klass)
{
  klass->channel_type = SPICE_CHANNEL_PORT;
  klass->connection_type = test_connection_get_type ();
  klass->disconnected = disconnected;
}

static void
test_channel_init (TestChannel *self)
{
}

typedef struct {
  ChannelFixture fixture;
  SpcChannel *lead;
  TestChannel *sides[3];
} Test;

/* @lead: NULL for the lead itself */
static TestChannel *
add_channel (Test *test, uint8_t id, SpcChannel *lead, LeftFunc left)
{
  TestChannel *self = g_object_new (test_channel_get_type (), NULL);

  self->lead = lead;
  self->left = left;
  spc_channel_construct (&self->parent, test->fixture.server, id);
  spc_server_add_channel (test->fixture.server, &self->parent);
  return self;
}

static void
set_up (Test *test, gconstpointer left)
{
  channel_fixture_init (&test->fixture);
  test->lead = &add_channel (test, 0, NULL, NULL)->parent;
  for (guint i = 0; i < G_N_ELEMENTS (test->sides); i++)
    test->sides[i] =
        add_channel (test, (uint8_t)(i + 1), test->lead, (LeftFunc)left);
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
