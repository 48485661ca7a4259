/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-items.h – what stands in the pipes of display connections.
 *
 * Draws and snapshots are shared by the pipes of all viewers, and so are the
 * encodings they hold. Each item's size is that of its plain pixels. Loop
 * thread only. */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"

typedef struct _SpcDisplay SpcDisplay;

/* A draw command. @is_for_all: it goes into the pipe of every viewer, as those
 * who share a GLZ dictionary need it. */
SpcItem *spc_draw_item_new (SpcDisplay *display, QxlDrawable *draw,
                            bool is_for_all);
/* NULL when @item is something else */
const QxlDrawable *spc_draw_item_draw (const SpcItem *item);
/* true once its image has a place in the GLZ dictionary: a viewer that is not
 * sent it falls out of step. false when @item is something else */
bool spc_draw_item_is_in_dictionary (const SpcItem *item);

/* the pixels of some rectangles of a surface, as they are after all commands
 * applied so far; it waits in its pipe until they are there */
SpcItem *spc_snapshot_item_new (SpcDisplay *display, uint32_t surface_id,
                                const QxlRect *rects, guint n_rects);
/* NULL when @item is something else */
const QxlRect *spc_snapshot_item_rects (const SpcItem *item, guint *n_rects,
                                        uint32_t *surface_id);

/* a surface appears; or goes, with @width 0 */
SpcItem *spc_surface_item_new (uint32_t surface_id, uint32_t width,
                               uint32_t height, QxlFormat format);
/* @item tells of the surface's beginning */
bool spc_item_is_create_of (const SpcItem *item, uint32_t surface_id);
/* where the heads lie on the primary surface */
SpcItem *spc_heads_item_new (const QxlRect *heads, guint n_heads);
bool spc_item_is_heads (const SpcItem *item);
/* the primary surface is worth showing */
SpcItem *spc_mark_item_new (void);
bool spc_item_is_mark (const SpcItem *item);

/* Stands behind the items of a batch; calls @done once, when the first viewer
 * has been sent all before it, or when no pipe holds it any more. */
SpcItem *spc_batch_end_item_new (SpcFunc done, gpointer user_data,
                                 GDestroyNotify destroy);
bool spc_item_is_batch_end (const SpcItem *item);
