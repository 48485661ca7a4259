/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries calls to the loop and hands messages to the side they are for. */
#include "migrate.h"

#include "migrate-source.h"
#include "migrate-target.h"
#include "server-core/channel/migrator.h"
#include "server-core/link/ticket.h"
#include "server-core/wire/messages-main.h"

#include <string.h>

/* the server's */
#define DATA_KEY "spc-migration"

struct _SpcMigration {
  SpcServer *server; /* not owned */
  const SpcMigrateHost *host;
  gpointer user_data;
  /* loop thread only; NULL: stopped */
  SpcMigrateSource *source;
  SpcMigrateTarget *target;
};

/* what the two sides tell */

static void
on_connect_complete (const SpcMigrateResult *results, guint n_results,
                     gpointer user_data)
{
  SpcMigration *self = user_data;

  if (self->host->connect_complete != NULL)
    self->host->connect_complete (results, n_results, self->user_data);
}

static void
on_end_complete (bool completed, guint n_lost, gpointer user_data)
{
  SpcMigration *self = user_data;

  if (self->host->end_complete != NULL)
    self->host->end_complete (completed, n_lost, self->user_data);
}

static void
on_arrived (SpcClient *client, bool is_here, gpointer user_data)
{
  SpcMigration *self = user_data;

  if (is_here)
    spc_migrate_source_client_here (self->source, client);
  if (self->host->arrived != NULL)
    self->host->arrived (client->id, is_here, self->user_data);
}

static const SpcMigrateSourceFuncs source_funcs = {
    .connect_complete = on_connect_complete,
    .end_complete = on_end_complete,
};

static const SpcMigrateTargetFuncs target_funcs = {.arrived = on_arrived};

/* what connections ask */

static bool
expects (uint32_t id, gpointer user_data)
{
  SpcMigration *self = user_data;

  return self->target != NULL && spc_migrate_target_expects (self->target, id);
}

static bool
on_link (SpcClient *client, gpointer user_data)
{
  SpcMigration *self = user_data;

  return self->target != NULL &&
         spc_migrate_target_arrived (self->target, client);
}

static bool
on_flush_mark (SpcConnection *connection, gpointer user_data, GError **error)
{
  SpcMigration *self = user_data;

  if (self->source != NULL &&
      spc_migrate_source_flush_mark (self->source, connection))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "a flush mark that nobody asked for");
  return false;
}

static bool
on_data (SpcConnection *connection, const QxlTail *blob, gpointer user_data,
         GError **error)
{
  SpcMigration *self = user_data;

  return spc_migrate_target_data (self->target, connection, blob, error);
}

static void
on_sent (SpcConnection *connection, gpointer user_data)
{
  SpcMigration *self = user_data;

  if (self->source != NULL)
    spc_migrate_source_sent (self->source, connection);
}

static void
on_client_gone (SpcClient *client, gpointer user_data)
{
  SpcMigration *self = user_data;

  if (self->source == NULL)
    return;
  spc_migrate_target_client_gone (self->target, client);
  spc_migrate_source_client_gone (self->source, client);
}

static const SpcMigratorFuncs migrator_funcs = {
    .expects = expects,
    .arrived = on_link,
    .flush_mark = on_flush_mark,
    .data = on_data,
    .sent = on_sent,
    .client_gone = on_client_gone,
};

/* life */

static const SpcMigrateHost no_host = {0};

SpcMigration *
spc_server_migration (SpcServer *server)
{
  return g_object_get_data (G_OBJECT (server), DATA_KEY);
}

static void
free_migration (gpointer data)
{
  spc_migration_stop (data);
  g_free (data);
}

SpcMigration *
spc_migration_new (SpcServer *server)
{
  SpcMigration *self = g_new0 (SpcMigration, 1);

  self->server = server;
  self->host = &no_host;
  self->source = spc_migrate_source_new (server, &source_funcs, self);
  self->target = spc_migrate_target_new (server, &target_funcs, self);
  spc_server_set_migrator (server, &migrator_funcs, self);
  g_object_set_data_full (G_OBJECT (server), DATA_KEY, self, free_migration);
  return self;
}

void
spc_migration_stop (SpcMigration *self)
{
  g_clear_pointer (&self->source, spc_migrate_source_free);
  g_clear_pointer (&self->target, spc_migrate_target_free);
}

void
spc_migration_set_host (SpcMigration *self, const SpcMigrateHost *host,
                        gpointer user_data)
{
  self->host = host;
  self->user_data = user_data;
}

void
spc_migration_set_patience (SpcMigration *self,
                            const SpcMigratePatience *patience)
{
  spc_migrate_source_set_patience (self->source, patience->answer_ms,
                                   patience->leave_ms);
  spc_migrate_target_set_patience (self->target, patience->data_ms);
}

/* settings and expectations: posted */

typedef enum { SET_KEY, SET_SEAMLESS, EXPECT } ChangeKind;

typedef struct {
  SpcMigration *migration; /* the server runs or destroys all posts before */
  ChangeKind kind;
  char *key;
  bool is_allowed;
  uint32_t connection_id, timeout_ms;
} Change;

static void
free_change (gpointer data)
{
  Change *self = data;

  if (self->key != NULL)
    spc_wipe (self->key, strlen (self->key));
  g_free (self->key);
  g_free (self);
}

static void
apply (gpointer user_data)
{
  Change *change = user_data;
  SpcMigration *self = change->migration;

  if (self->source == NULL)
    return;
  switch (change->kind) {
  case SET_KEY:
    spc_migrate_source_set_key (self->source, change->key);
    spc_migrate_target_set_key (self->target, change->key);
    break;
  case SET_SEAMLESS:
    spc_migrate_source_set_seamless (self->source, change->is_allowed);
    spc_migrate_target_set_seamless (self->target, change->is_allowed);
    break;
  case EXPECT:
    spc_migrate_target_expect (self->target, change->connection_id,
                               change->timeout_ms);
    break;
  }
}

static void
post (SpcMigration *self, Change values)
{
  Change *change = g_new (Change, 1);

  *change = values;
  change->migration = self;
  spc_loop_post (spc_server_loop (self->server), apply, change, free_change);
}

void
spc_migration_set_key (SpcMigration *self, const char *key)
{
  post (self, (Change){.kind = SET_KEY, .key = g_strdup (key)});
}

void
spc_migration_set_seamless (SpcMigration *self, bool is_allowed)
{
  post (self, (Change){.kind = SET_SEAMLESS, .is_allowed = is_allowed});
}

void
spc_migration_expect (SpcMigration *self, uint32_t connection_id,
                      uint32_t timeout_ms)
{
  post (self, (Change){.kind = EXPECT,
                       .connection_id = connection_id,
                       .timeout_ms = timeout_ms});
}

/* what the application wants of the source: waited for */

typedef enum { DO_CONNECT, DO_END, DO_SWITCH } CallKind;

typedef struct {
  SpcMigration *migration;
  CallKind kind;
  const SpcDestination *destination;
  bool completed;
  bool ok;
} Call;

static void
run_call (gpointer user_data)
{
  Call *call = user_data;
  SpcMigrateSource *source = call->migration->source;

  call->ok = source != NULL;
  if (source == NULL)
    return;
  if (call->kind == DO_CONNECT)
    spc_migrate_source_connect (source, call->destination);
  else if (call->kind == DO_SWITCH)
    spc_migrate_source_switch (source, call->destination);
  else
    call->ok = spc_migrate_source_end (source, call->completed);
}

static bool
call (SpcMigration *self, Call values)
{
  values.migration = self;
  spc_loop_call (spc_server_loop (self->server), run_call, &values);
  return values.ok;
}

static bool
is_port (int port)
{
  return port > 0 && port <= G_MAXUINT16;
}

static bool
is_possible (const SpcDestination *to)
{
  return to->host != NULL && *to->host != '\0' &&
         strlen (to->host) <= SPC_MAX_HOST_NAME &&
         (to->cert_subject == NULL ||
          strlen (to->cert_subject) <= SPC_MAX_CERT_SUBJECT) &&
         (is_port (to->port) || is_port (to->tls_port));
}

bool
spc_migration_connect (SpcMigration *self, const SpcDestination *destination)
{
  return is_possible (destination) &&
         call (self, (Call){.kind = DO_CONNECT, .destination = destination});
}

bool
spc_migration_end (SpcMigration *self, bool completed)
{
  return call (self, (Call){.kind = DO_END, .completed = completed});
}

bool
spc_migration_switch_host (SpcMigration *self,
                           const SpcDestination *destination)
{
  return is_possible (destination) &&
         call (self, (Call){.kind = DO_SWITCH, .destination = destination});
}

/* main-channel.c */

static SpcMigration *
migration_of (SpcConnection *connection)
{
  return spc_server_migration (
      spc_channel_server (spc_connection_channel (connection)));
}

static bool
answer (SpcConnection *connection, SpcMigrateAnswer what)
{
  spc_migrate_source_answer (migration_of (connection)->source,
                             spc_connection_client (connection), what);
  return true;
}

bool
spc_migration_on_connected (SpcConnection *connection, const void *message,
                            GError **error)
{
  return answer (connection, SPC_MIGRATE_LINKED);
}

bool
spc_migration_on_connect_error (SpcConnection *connection, const void *message,
                                GError **error)
{
  return answer (connection, SPC_MIGRATE_LINK_FAILED);
}

bool
spc_migration_on_connected_seamless (SpcConnection *connection,
                                     const void *message, GError **error)
{
  return answer (connection, SPC_MIGRATE_LINKED_SEAMLESS);
}

bool
spc_migration_on_do_seamless (SpcConnection *connection, const void *message,
                              GError **error)
{
  const SpcMigrateDoSeamless *wish = message;

  return spc_migrate_target_do_seamless (migration_of (connection)->target,
                                         connection, wish->version, error);
}

bool
spc_migration_on_end (SpcConnection *connection, const void *message,
                      GError **error)
{
  return spc_migrate_target_end (migration_of (connection)->target, connection,
                                 error);
}
