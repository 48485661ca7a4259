/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-migration.h – a viewer's display goes to another server, or comes
 * from one (spec: migration data).
 *
 * What goes along is what the viewer has said of itself, where its counts
 * stand, and which surfaces it has. At the destination these go, what it keeps
 * counts for nothing, and it is told what there is to be seen. Loop thread
 * only. */
#pragma once

#include "server-core/channel/connection.h"
#include "server-core/wire/messages-display.h"

/* class init of display connections */
void spc_display_migration_install (SpcConnectionClass *klass);
/* what the viewer has said, for the day it leaves */
void spc_display_migration_note (SpcConnection *connection,
                                 const SpcDisplayInit *init);
