/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate-departure.h"

#include "server-core/channel/blob.h"
#include "server-core/channel/channel.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/protocol.h"

typedef enum {
  LEAVE_MARK,  /* MIGRATE is sent, the viewer's last message has not come */
  LEAVE_FLUSH, /* what it must still be sent is on its way */
  LEAVE_DONE,
} LeaveState;

typedef struct {
  SpcConnection *connection; /* not owned; only compared */
  LeaveState state;
} Leave;

struct _SpcDeparture {
  SpcClient *client; /* owned */
  char *key;
  GArray *leaves; /* Leave */
};

SpcDeparture *
spc_departure_new (SpcClient *client, const char *key)
{
  SpcDeparture *self = g_new0 (SpcDeparture, 1);

  self->client = spc_client_ref (client);
  self->key = g_strdup (key);
  self->leaves = g_array_new (FALSE, FALSE, sizeof (Leave));
  return self;
}

void
spc_departure_free (SpcDeparture *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->leaves);
  spc_client_unref (self->client);
  g_free (self->key);
  g_free (self);
}

static Leave *
find_leave (SpcDeparture *self, const SpcConnection *connection)
{
  for (guint i = 0; i < self->leaves->len; i++) {
    Leave *leave = &g_array_index (self->leaves, Leave, i);

    if (leave->connection == connection)
      return leave;
  }
  return NULL;
}

static bool
have_all_left (const SpcDeparture *self)
{
  for (guint i = 0; i < self->leaves->len; i++)
    if (g_array_index (self->leaves, Leave, i).state != LEAVE_DONE)
      return false;
  return true;
}

/* none of them has left yet when the first is known to */
static void
expect_all (SpcDeparture *self, GPtrArray *connections)
{
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    bool saves = SPC_CONNECTION_GET_CLASS (connection)->save != NULL;
    const Leave one = {.connection = connection,
                       .state = saves ? LEAVE_MARK : LEAVE_FLUSH};

    g_array_append_val (self->leaves, one);
  }
}

static void
leave (SpcConnection *connection)
{
  bool saves = SPC_CONNECTION_GET_CLASS (connection)->save != NULL;

  if (!spc_connection_is_closed (connection))
    spc_connection_leave (connection, saves
                                          ? SPICE_MIGRATE_NEED_FLUSH |
                                                SPICE_MIGRATE_NEED_DATA_TRANSFER
                                          : 0);
}

static void
leave_main_if_due (SpcDeparture *self)
{
  SpcConnection *main = spc_client_find (self->client, SPICE_CHANNEL_MAIN, 0);
  g_autoptr (GPtrArray) last = g_ptr_array_new ();

  if (main == NULL || self->client->closing || !have_all_left (self) ||
      find_leave (self, main) != NULL)
    return;
  g_ptr_array_add (last, main);
  expect_all (self, last);
  leave (main);
}

/* What a channel does as it leaves may be the viewer's end, and that of
 * @self. */
void
spc_departure_begin (SpcDeparture *self)
{
  g_autoptr (SpcClient) client = spc_client_ref (self->client);
  g_autoptr (GPtrArray) others =
      g_ptr_array_new_with_free_func (g_object_unref);
  SpcConnection *main = spc_client_find (client, SPICE_CHANNEL_MAIN, 0);
  GPtrArray *all = client->connections;

  for (guint i = 0; i < all->len; i++)
    if (g_ptr_array_index (all, i) != main)
      g_ptr_array_add (others, g_object_ref (g_ptr_array_index (all, i)));
  expect_all (self, others);
  for (guint i = 0; i < others->len; i++)
    leave (g_ptr_array_index (others, i));
  if (!client->closing)
    leave_main_if_due (self);
}

static void
send_state (SpcDeparture *self, SpcConnection *connection)
{
  SpcChannel *channel = spc_connection_channel (connection);
  const SpcBlobOwner owner = {.connection_id = self->client->id,
                              .channel_type = spc_channel_type (channel),
                              .channel_id = spc_channel_id (channel)};
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GBytes) sealed = NULL;
  SpcMigrateData message;
  gsize size;

  SPC_CONNECTION_GET_CLASS (connection)->save (connection, writer);
  blob = qxl_writer_steal (writer);
  sealed = spc_blob_seal (blob, self->key, &owner);
  message.blob.data = g_bytes_get_data (sealed, &size);
  message.blob.size = (uint32_t)size;
  spc_connection_write (connection, SPICE_MSG_MIGRATE_DATA,
                        spc_migrate_data_fields, &message);
  spc_connection_pump (connection);
}

bool
spc_departure_flush_mark (SpcDeparture *self, SpcConnection *connection)
{
  Leave *leave = find_leave (self, connection);

  if (leave == NULL || leave->state != LEAVE_MARK)
    return false;
  leave->state = LEAVE_FLUSH;
  send_state (self, connection);
  return true;
}

void
spc_departure_sent (SpcDeparture *self, SpcConnection *connection)
{
  Leave *leave = find_leave (self, connection);

  if (leave == NULL)
    return;
  if (leave->state == LEAVE_FLUSH || spc_connection_is_closed (connection))
    leave->state = LEAVE_DONE;
  leave_main_if_due (self);
}
