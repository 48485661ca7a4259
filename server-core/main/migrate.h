/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate.h – viewers move to another server, and come from one.
 *
 * Three ways to go, the best a viewer and both servers are capable of: seamless
 * (all connections go on where they were), semi-seamless (the viewer has linked
 * to the other server before it leaves), and switch-host (it begins a new
 * session there). A destination must be told whom to expect, so that nobody can
 * pose as a viewer that moves. The server owns it. Calls from any thread; those
 * that answer wait for the loop (spec: migration). */
#pragma once

#include "server-core/channel/server.h"

typedef struct _SpcMigration SpcMigration;

/* of @server, which has a main channel; valid while the server is */
SpcMigration *spc_server_migration (SpcServer *server);

/* what the layer above hears; loop thread, must return at once */

typedef enum {
  SPC_MIGRATE_NOT_READY, /* it would be sent to the new host at the end */
  SPC_MIGRATE_SEMI_SEAMLESS,
  SPC_MIGRATE_SEAMLESS,
} SpcMigrateWay;

typedef struct {
  uint32_t client_id;
  SpcMigrateWay way;
} SpcMigrateResult;

typedef struct {
  /* all viewers have linked to the destination, or will not */
  void (*connect_complete) (const SpcMigrateResult *results, guint n_results,
                            gpointer user_data);
  /* @completed: the viewers have gone, @n_lost of them had to be sent away; or
   * the migration was cancelled, and they stay */
  void (*end_complete) (bool completed, guint n_lost, gpointer user_data);
  /* a viewer has moved in, or (false) had linked and did not */
  void (*arrived) (uint32_t client_id, bool is_here, gpointer user_data);
} SpcMigrateHost;

/* before the server's start; @host stays valid */
void spc_migration_set_host (SpcMigration *self, const SpcMigrateHost *host,
                             gpointer user_data);

/* both sides */
/* what proves that state is the other server's and not the viewer's; NULL: it
 * is believed */
void spc_migration_set_key (SpcMigration *self, const char *key);
/* may viewers move seamlessly, away or here? */
void spc_migration_set_seamless (SpcMigration *self, bool is_allowed);

/* source */
typedef struct {
  const char *host;
  int port, tls_port;       /* 1 to 65535; others: none */
  const char *cert_subject; /* NULL: the host's name counts */
} SpcDestination;

/* viewers link to @destination; connect_complete tells when they have. One that
 * is under way is cancelled. False: there is no host, or neither port. */
bool spc_migration_connect (SpcMigration *self,
                            const SpcDestination *destination);
/* They go, or (false) stay; end_complete tells. False: nothing was connected.
 */
bool spc_migration_end (SpcMigration *self, bool completed);
/* all viewers begin a new session at @destination */
bool spc_migration_switch_host (SpcMigration *self,
                                const SpcDestination *destination);

/* destination */
/* One viewer, whose connection id at the source is @connection_id (0: any), may
 * link and move in within @timeout_ms. */
void spc_migration_expect (SpcMigration *self, uint32_t connection_id,
                           uint32_t timeout_ms);

/* for tests, before the server's start: how long a viewer may take to answer,
 * to go, and to bring the state of all its channels; 10 s each */
typedef struct {
  uint32_t answer_ms, leave_ms, data_ms;
} SpcMigratePatience;
void spc_migration_set_patience (SpcMigration *self,
                                 const SpcMigratePatience *patience);

/* for main-channel.c: loop thread */
SpcMigration *spc_migration_new (SpcServer *server); /* the server's */
void spc_migration_stop (SpcMigration *self);
/* handlers of the main channel's messages */
bool spc_migration_on_connected (SpcConnection *connection, const void *message,
                                 GError **error);
bool spc_migration_on_connect_error (SpcConnection *connection,
                                     const void *message, GError **error);
bool spc_migration_on_connected_seamless (SpcConnection *connection,
                                          const void *message, GError **error);
bool spc_migration_on_do_seamless (SpcConnection *connection,
                                   const void *message, GError **error);
bool spc_migration_on_end (SpcConnection *connection, const void *message,
                           GError **error);
