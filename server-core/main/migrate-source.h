/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate-source.h – viewers go to another server: the side they leave.
 *
 * A state for each viewer and one for all, both moved by tables. Nothing is
 * lost until the end is called for: a viewer that cannot link to the
 * destination, or is not answered there, goes on here. Loop thread only. */
#pragma once

#include "migrate.h"

typedef struct _SpcMigrateSource SpcMigrateSource;

typedef struct {
  void (*connect_complete) (const SpcMigrateResult *results, guint n_results,
                            gpointer user_data);
  void (*end_complete) (bool completed, guint n_lost, gpointer user_data);
} SpcMigrateSourceFuncs;

SpcMigrateSource *spc_migrate_source_new (SpcServer *server,
                                          const SpcMigrateSourceFuncs *funcs,
                                          gpointer user_data);
void spc_migrate_source_free (SpcMigrateSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcMigrateSource, spc_migrate_source_free)
void spc_migrate_source_set_key (SpcMigrateSource *self, const char *key);
void spc_migrate_source_set_seamless (SpcMigrateSource *self, bool is_allowed);
/* how long viewers may take to answer, and to go; for tests */
void spc_migrate_source_set_patience (SpcMigrateSource *self,
                                      uint32_t answer_ms, uint32_t leave_ms);

/* as in migrate.h; @destination has been checked */
void spc_migrate_source_connect (SpcMigrateSource *self,
                                 const SpcDestination *destination);
bool spc_migrate_source_end (SpcMigrateSource *self, bool completed);
void spc_migrate_source_switch (SpcMigrateSource *self,
                                const SpcDestination *destination);

/* what viewers say */
typedef enum {
  SPC_MIGRATE_LINKED,
  SPC_MIGRATE_LINKED_SEAMLESS,
  SPC_MIGRATE_LINK_FAILED,
} SpcMigrateAnswer;
/* one that nobody asked for changes nothing */
void spc_migrate_source_answer (SpcMigrateSource *self, SpcClient *client,
                                SpcMigrateAnswer answer);
/* false: nobody asked for it */
bool spc_migrate_source_flush_mark (SpcMigrateSource *self,
                                    SpcConnection *connection);
/* a connection that leaves has nothing more to send, or is closed */
void spc_migrate_source_sent (SpcMigrateSource *self,
                              SpcConnection *connection);

/* one that moved here itself has its session here now */
void spc_migrate_source_client_here (SpcMigrateSource *self, SpcClient *client);
void spc_migrate_source_client_gone (SpcMigrateSource *self, SpcClient *client);
