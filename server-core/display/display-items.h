/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-items.h – the small things in the pipes of display connections:
 * surfaces, heads, marks, new beginnings and ends of batches. Loop thread only.
 */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"

/* a surface appears; or goes, with @width 0 */
SpcItem *spc_surface_item_new (uint32_t surface_id, uint32_t width,
                               uint32_t height, QxlFormat format);
/* @item tells of a surface's beginning or end */
bool spc_item_is_of_surface (const SpcItem *item, uint32_t *surface_id,
                             bool *is_create);
/* where the heads lie, of at most @max_heads; those that are off are not told
 */
SpcItem *spc_heads_item_new (const QxlHead *heads, guint n_heads,
                             guint max_heads);
bool spc_item_is_heads (const SpcItem *item);
/* the primary surface is worth showing */
SpcItem *spc_mark_item_new (void);
bool spc_item_is_mark (const SpcItem *item);
/* the viewer forgets what it keeps */
SpcItem *spc_forget_item_new (void);
bool spc_item_is_forget (const SpcItem *item);

/* Stands behind the items of a batch; calls @done once, when the first viewer
 * has been sent all before it, or when no pipe holds it any more. */
SpcItem *spc_batch_end_item_new (SpcFunc done, gpointer user_data,
                                 GDestroyNotify destroy);
bool spc_item_is_batch_end (const SpcItem *item);
