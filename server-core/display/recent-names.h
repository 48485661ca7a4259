/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recent-names.h – what clients were asked to keep lately, roughly.
 *
 * A small table of names, in which newer ones take the places of older ones. An
 * image whose name is in it is likely kept by clients, so its encoding is not
 * worth beginning before that is known. Any thread, several at a time. */
#pragma once

#include "server-core/image/content-id.h"

typedef struct _SpcRecentNames SpcRecentNames;

SpcRecentNames *spc_recent_names_new (void);
void spc_recent_names_free (SpcRecentNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcRecentNames, spc_recent_names_free)

void spc_recent_names_note (SpcRecentNames *self, const SpcContentId *name);
bool spc_recent_names_has (SpcRecentNames *self, const SpcContentId *name);
