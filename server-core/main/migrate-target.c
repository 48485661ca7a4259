/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate-target.h"

#include "server-core/channel/blob.h"
#include "server-core/channel/client.h"
#include "server-core/wire/protocol.h"

/* the state of all channels, once that of one has come (spec: migration) */
#define DATA_MS 10000u
#define MAX_EXPECTED SPC_MAX_CLIENTS

typedef struct {
  uint32_t connection_id; /* 0: any */
  int64_t deadline_us;    /* monotonic */
} Expected;

typedef enum {
  ARRIVAL_LINKED,   /* the other server has not let it go */
  ARRIVAL_SEAMLESS, /* its channels' state is to come */
  N_ARRIVAL_STATES
} ArrivalState;

/* a viewer that has links here and its session elsewhere */
typedef struct {
  SpcMigrateTarget *target; /* not owned */
  SpcClient *client;        /* owned */
  ArrivalState state;
  SpcTimer *timer;
} Arrival;

struct _SpcMigrateTarget {
  SpcServer *server; /* not owned */
  const SpcMigrateTargetFuncs *funcs;
  gpointer user_data;
  GArray *expected;    /* Expected */
  GPtrArray *arrivals; /* Arrival, owned */
  char *key;
  bool is_seamless;
  uint32_t data_ms;
};

/* who is expected */

static void
forget_late (SpcMigrateTarget *self)
{
  int64_t now_us = g_get_monotonic_time ();

  for (guint i = self->expected->len; i > 0; i--)
    if (g_array_index (self->expected, Expected, i - 1).deadline_us < now_us)
      g_array_remove_index (self->expected, i - 1);
}

/* one that was named goes before any; -1: none */
static int
find_expected (SpcMigrateTarget *self, uint32_t id)
{
  int any = -1;

  forget_late (self);
  for (guint i = 0; i < self->expected->len; i++) {
    uint32_t named = g_array_index (self->expected, Expected, i).connection_id;

    if (named == id)
      return (int)i;
    if (named == 0 && any < 0)
      any = (int)i;
  }
  return any;
}

void
spc_migrate_target_expect (SpcMigrateTarget *self, uint32_t connection_id,
                           uint32_t timeout_ms)
{
  const Expected one = {
      .connection_id = connection_id,
      .deadline_us = g_get_monotonic_time () + (int64_t)timeout_ms * 1000,
  };

  forget_late (self);
  if (self->expected->len < MAX_EXPECTED)
    g_array_append_val (self->expected, one);
}

bool
spc_migrate_target_expects (SpcMigrateTarget *self, uint32_t id)
{
  return find_expected (self, id) >= 0;
}

/* arrivals */

static void
free_arrival (gpointer data)
{
  Arrival *self = data;

  spc_timer_free (self->timer);
  spc_client_unref (self->client);
  g_free (self);
}

static Arrival *
find_arrival (SpcMigrateTarget *self, const SpcClient *client)
{
  for (guint i = 0; i < self->arrivals->len; i++) {
    Arrival *arrival = g_ptr_array_index (self->arrivals, i);

    if (arrival->client == client)
      return arrival;
  }
  return NULL;
}

static void
on_timer (gpointer user_data)
{
  Arrival *self = user_data;
  g_autoptr (SpcClient) client = spc_client_ref (self->client);

  spc_client_close (client, "did not move in in time");
}

bool
spc_migrate_target_arrived (SpcMigrateTarget *self, SpcClient *client)
{
  int index = find_expected (self, client->id);
  int64_t left_us;
  Arrival *arrival;

  if (index < 0)
    return false;
  left_us = g_array_index (self->expected, Expected, (guint)index).deadline_us -
            g_get_monotonic_time ();
  g_array_remove_index (self->expected, (guint)index);
  arrival = g_new0 (Arrival, 1);
  arrival->target = self;
  arrival->client = spc_client_ref (client);
  arrival->timer =
      spc_timer_new (spc_server_loop (self->server), on_timer, arrival);
  spc_timer_arm (arrival->timer, (uint32_t)MAX (left_us / 1000, 1));
  g_ptr_array_add (self->arrivals, arrival);
  SPC_INFO (SPC_LOG_MAIN, "client %08x has linked, to move in", client->id);
  return true;
}

/* the end of being one */
static void
finish (SpcMigrateTarget *self, SpcClient *client, bool is_here)
{
  Arrival *arrival = find_arrival (self, client);

  if (arrival == NULL)
    return;
  client->stage = SPC_CLIENT_HERE;
  g_ptr_array_remove (self->arrivals, arrival);
  SPC_INFO (SPC_LOG_MAIN, "client %08x %s", client->id,
            is_here ? "has moved in" : "does not move in");
  self->funcs->arrived (client, is_here, self->user_data);
}

void
spc_migrate_target_client_gone (SpcMigrateTarget *self, SpcClient *client)
{
  finish (self, client, false);
}

/* main first: what it says is what a viewer waits for */
static bool
release_held (SpcClient *client, bool stateless_only)
{
  g_autoptr (GPtrArray) connections =
      g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < client->connections->len; i++)
    g_ptr_array_add (connections,
                     g_object_ref (g_ptr_array_index (client->connections, i)));
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *one = g_ptr_array_index (connections, i);
    bool has_state = SPC_CONNECTION_GET_CLASS (one)->restore != NULL;

    if (spc_connection_is_held (one) && !spc_connection_is_closed (one) &&
        !(stateless_only && has_state))
      spc_connection_release (one, NULL, NULL);
  }
  return !client->closing;
}

static bool
is_any_held (const SpcClient *client)
{
  for (guint i = 0; i < client->connections->len; i++)
    if (spc_connection_is_held (g_ptr_array_index (client->connections, i)))
      return true;
  return false;
}

static bool
refuse (GError **error, const char *what)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%s although it is not due", what);
  return false;
}

bool
spc_migrate_target_end (SpcMigrateTarget *self, SpcConnection *connection,
                        GError **error)
{
  SpcClient *client = spc_connection_client (connection);
  Arrival *arrival = find_arrival (self, client);

  if (arrival == NULL)
    return true; /* it is here already; as other servers, we do not mind */
  if (arrival->state != ARRIVAL_LINKED)
    return refuse (error, "the end of a semi-seamless migration");
  spc_timer_disarm (arrival->timer);
  if (release_held (client, false))
    finish (self, client, true);
  return true;
}

/* the state of a session is for one viewer: caches and dictionaries are not
 * shared with others */
static bool
accepts_seamless (const SpcMigrateTarget *self, uint32_t version)
{
  return self->is_seamless && version <= SPC_MIGRATE_VERSION &&
         spc_server_clients (self->server)->len == 1;
}

bool
spc_migrate_target_do_seamless (SpcMigrateTarget *self,
                                SpcConnection *connection, uint32_t version,
                                GError **error)
{
  Arrival *arrival = find_arrival (self, spc_connection_client (connection));
  bool accepts = accepts_seamless (self, version);

  if (arrival == NULL)
    return true;
  if (arrival->state != ARRIVAL_LINKED)
    return refuse (error, "a second seamless migration");
  if (accepts)
    arrival->state = ARRIVAL_SEAMLESS;
  spc_connection_send (connection,
                       accepts ? SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_ACK
                               : SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_NACK,
                       NULL, NULL);
  spc_connection_pump (connection);
  return true;
}

/* state */

static bool
restore (SpcMigrateTarget *self, SpcConnection *connection,
         const QxlTail *sealed, GError **error)
{
  SpcChannel *channel = spc_connection_channel (connection);
  const SpcBlobOwner owner = {.connection_id =
                                  spc_connection_client (connection)->id,
                              .channel_type = spc_channel_type (channel),
                              .channel_id = spc_channel_id (channel)};
  QxlTail blob;

  return spc_blob_unseal (sealed, self->key, &owner, &blob, error) &&
         spc_connection_release (connection, &blob, error);
}

bool
spc_migrate_target_data (SpcMigrateTarget *self, SpcConnection *connection,
                         const QxlTail *sealed, GError **error)
{
  g_autoptr (SpcClient) client =
      spc_client_ref (spc_connection_client (connection));
  Arrival *arrival = find_arrival (self, client);
  bool is_main = spc_channel_type (spc_connection_channel (connection)) ==
                 SPICE_CHANNEL_MAIN;

  if (arrival == NULL || arrival->state != ARRIVAL_SEAMLESS ||
      !spc_connection_is_held (connection) ||
      SPC_CONNECTION_GET_CLASS (connection)->restore == NULL)
    return refuse (error, "migration data");
  spc_timer_arm (arrival->timer, self->data_ms);
  if (!restore (self, connection, sealed, error)) {
    spc_client_close (client, "its session cannot be restored");
    return false;
  }
  if (is_main)
    release_held (client, true);
  if (!client->closing && !is_any_held (client))
    finish (self, client, true);
  return true;
}

/* life */

SpcMigrateTarget *
spc_migrate_target_new (SpcServer *server, const SpcMigrateTargetFuncs *funcs,
                        gpointer user_data)
{
  SpcMigrateTarget *self = g_new0 (SpcMigrateTarget, 1);

  self->server = server;
  self->funcs = funcs;
  self->user_data = user_data;
  self->data_ms = DATA_MS;
  self->expected = g_array_new (FALSE, FALSE, sizeof (Expected));
  self->arrivals = g_ptr_array_new_with_free_func (free_arrival);
  return self;
}

void
spc_migrate_target_free (SpcMigrateTarget *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->expected);
  g_ptr_array_unref (self->arrivals);
  g_free (self->key);
  g_free (self);
}

void
spc_migrate_target_set_key (SpcMigrateTarget *self, const char *key)
{
  g_free (self->key);
  self->key = g_strdup (key);
}

void
spc_migrate_target_set_seamless (SpcMigrateTarget *self, bool is_allowed)
{
  self->is_seamless = is_allowed;
}

void
spc_migrate_target_set_patience (SpcMigrateTarget *self, uint32_t data_ms)
{
  self->data_ms = data_ms;
}
