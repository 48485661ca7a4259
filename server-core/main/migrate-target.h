/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* migrate-target.h – viewers come from another server: the side they go to.
 *
 * Keeps who is expected, holds the links of one that has come until the other
 * server lets it go, and gives it its session then: anew, or as it was. A
 * viewer that does not keep to that is ended, and nobody else notices. Loop
 * thread only. */
#pragma once

#include "migrate.h"

typedef struct _SpcMigrateTarget SpcMigrateTarget;

typedef struct {
  /* it has its session here, or (false) will not get it */
  void (*arrived) (SpcClient *client, bool is_here, gpointer user_data);
} SpcMigrateTargetFuncs;

SpcMigrateTarget *spc_migrate_target_new (SpcServer *server,
                                          const SpcMigrateTargetFuncs *funcs,
                                          gpointer user_data);
void spc_migrate_target_free (SpcMigrateTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcMigrateTarget, spc_migrate_target_free)
void spc_migrate_target_set_key (SpcMigrateTarget *self, const char *key);
void spc_migrate_target_set_seamless (SpcMigrateTarget *self, bool is_allowed);
/* how long the state of a viewer's channels may take; for tests */
void spc_migrate_target_set_patience (SpcMigrateTarget *self, uint32_t data_ms);

void spc_migrate_target_expect (SpcMigrateTarget *self, uint32_t connection_id,
                                uint32_t timeout_ms);
bool spc_migrate_target_expects (SpcMigrateTarget *self, uint32_t id);

/* what viewers do */
bool spc_migrate_target_arrived (SpcMigrateTarget *self, SpcClient *client);
void spc_migrate_target_client_gone (SpcMigrateTarget *self, SpcClient *client);
bool spc_migrate_target_do_seamless (SpcMigrateTarget *self,
                                     SpcConnection *connection,
                                     uint32_t version, GError **error);
bool spc_migrate_target_end (SpcMigrateTarget *self, SpcConnection *connection,
                             GError **error);
bool spc_migrate_target_data (SpcMigrateTarget *self, SpcConnection *connection,
                              const QxlTail *sealed, GError **error);
