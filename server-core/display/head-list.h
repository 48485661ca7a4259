/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* head-list.h – where a display's heads lie on its primary surface.
 *
 * At first, and when none of them fits, one head is all of it. Loop thread
 * only. */
#pragma once

#include "surface-list.h"
#include "server-core/channel/item.h"

typedef struct _SpcHeadList SpcHeadList;

SpcHeadList *spc_head_list_new (void);
void spc_head_list_free (SpcHeadList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcHeadList, spc_head_list_free)

/* copies @heads */
void spc_head_list_set (SpcHeadList *self, const QxlHead *heads, guint n_heads,
                        guint max_heads);
/* those that lie inside @primary; (transfer full) */
SpcItem *spc_head_list_item (const SpcHeadList *self,
                             const SpcSurfaceInfo *primary);
