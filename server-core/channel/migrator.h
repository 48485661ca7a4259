/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrator.h – what this room asks whoever moves viewers between servers.
 *
 * A viewer that arrives links with the connection id of its session elsewhere.
 * All its connections are held: nothing is read but what migration is about,
 * and nothing is said, until the migrator releases them (connection.h). One
 * that leaves says nothing more once spc_connection_leave was called. The
 * migrator is in a room further up (server-core/main/migrate.h). Loop thread
 * only. */
#pragma once

#include "client.h"

typedef struct {
  /* is a viewer with the session @id of another server expected? */
  bool (*expects) (uint32_t id, gpointer user_data);
  /* it has come: from now on @client->stage says so. false: it is too late */
  bool (*arrived) (SpcClient *client, gpointer user_data);
  /* MIGRATE_FLUSH_MARK and MIGRATE_DATA, on any channel and at any time; false
   * with @error: the connection ends */
  bool (*flush_mark) (SpcConnection *connection, gpointer user_data,
                      GError **error);
  bool (*data) (SpcConnection *connection, const QxlTail *blob,
                gpointer user_data, GError **error);
  /* one that leaves has nothing more to send, or is closed */
  void (*sent) (SpcConnection *connection, gpointer user_data);
  void (*client_gone) (SpcClient *client, gpointer user_data);
} SpcMigratorFuncs;

/* before the server's start; @funcs stay valid while it lives */
void spc_server_set_migrator (SpcServer *server, const SpcMigratorFuncs *funcs,
                              gpointer user_data);

/* for this room; without a migrator nobody is expected and nothing asked for */
bool spc_server_expects (SpcServer *server, uint32_t id);
bool spc_server_take_arrival (SpcServer *server, SpcClient *client);
void spc_server_migrate_client_gone (SpcServer *server, SpcClient *client);
/* handlers of the base messages */
bool spc_migrate_flush_mark (SpcConnection *connection, const void *message,
                             GError **error);
bool spc_migrate_data (SpcConnection *connection, const void *blob,
                       GError **error);
void spc_migrate_sent (SpcConnection *connection);
