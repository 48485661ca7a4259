/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* snapshot-item.h – what a surface shows, in the pipes of viewers.
 *
 * The pixels of some rectangles of a surface, as they are after all commands
 * applied so far; the item waits in its pipe until they are there. Its size is
 * that of its plain pixels. Loop thread only. */
#pragma once

#include "fan-out.h"
#include "qxl/geometry.h"
#include "server-core/channel/connection.h"

typedef struct _SpcDisplay SpcDisplay;

SpcItem *spc_snapshot_item_new (SpcDisplay *display, uint32_t surface_id,
                                const QxlRect *rects, guint n_rects);
/* takes @flight, which it leaves when it is freed */
void spc_snapshot_item_take_flight (SpcItem *item, SpcFlight *flight);
/* at once after new: every image in it is sent as it is */
void spc_snapshot_item_forbid_loss (SpcItem *item);
/* false when @item is something else */
bool spc_snapshot_item_is_exact (const SpcItem *item);
/* NULL when @item is something else */
const QxlRect *spc_snapshot_item_rects (const SpcItem *item, guint *n_rects,
                                        uint32_t *surface_id);
