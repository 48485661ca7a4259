/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrator.h"

#include "server.h"

/* the server's; its destroy function is g_free */
#define DATA_KEY "spc-migrator"

typedef struct {
  const SpcMigratorFuncs *funcs;
  gpointer user_data;
} Migrator;

static Migrator *
migrator_of (SpcServer *server)
{
  return g_object_get_data (G_OBJECT (server), DATA_KEY);
}

void
spc_server_set_migrator (SpcServer *server, const SpcMigratorFuncs *funcs,
                         gpointer user_data)
{
  Migrator *self = g_new (Migrator, 1);

  *self = (Migrator){.funcs = funcs, .user_data = user_data};
  g_object_set_data_full (G_OBJECT (server), DATA_KEY, self, g_free);
}

bool
spc_server_expects (SpcServer *server, uint32_t id)
{
  const Migrator *self = migrator_of (server);

  return self != NULL && self->funcs->expects (id, self->user_data);
}

bool
spc_server_take_arrival (SpcServer *server, SpcClient *client)
{
  const Migrator *self = migrator_of (server);

  client->stage = SPC_CLIENT_ARRIVING;
  return self != NULL && self->funcs->arrived (client, self->user_data);
}

void
spc_server_migrate_client_gone (SpcServer *server, SpcClient *client)
{
  const Migrator *self = migrator_of (server);

  if (self != NULL)
    self->funcs->client_gone (client, self->user_data);
}

static Migrator *
migrator_for (SpcConnection *connection)
{
  SpcServer *server = spc_channel_server (spc_connection_channel (connection));

  return server != NULL ? migrator_of (server) : NULL;
}

static bool
refuse (GError **error)
{
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "a migration message although no migration is under way");
  return false;
}

bool
spc_migrate_flush_mark (SpcConnection *connection, const void *message,
                        GError **error)
{
  const Migrator *self = migrator_for (connection);

  if (self == NULL)
    return refuse (error);
  return self->funcs->flush_mark (connection, self->user_data, error);
}

bool
spc_migrate_data (SpcConnection *connection, const void *blob, GError **error)
{
  const Migrator *self = migrator_for (connection);

  if (self == NULL)
    return refuse (error);
  return self->funcs->data (connection, blob, self->user_data, error);
}

void
spc_migrate_sent (SpcConnection *connection)
{
  const Migrator *self = migrator_for (connection);

  if (self != NULL)
    self->funcs->sent (connection, self->user_data);
}
