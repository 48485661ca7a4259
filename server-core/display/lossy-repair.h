/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lossy-repair.h – what a viewer was sent with loss is sent exactly in the end.
 *
 * One for each display connection whose viewer was sent something with loss.
 * It is told of every draw as it is built. When an area has been left alone for
 * SPC_REST_MS, nothing waits in the pipe, and the viewer has got all that was
 * sent before (it answers a ping), a piece of it is sent again without loss,
 * with the newest pixels; then, when that has arrived, the next. So a slow link
 * holds one piece at a time, and what is new never waits for more. A screen
 * without loss costs nothing: no timer, no ping.
 *
 * Web clients decode photos when they like to and draw them then, over what was
 * drawn there in the meantime (spec: quirks). For them only what was sent to
 * repair it makes an area exact. Loop thread only. */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"

typedef struct _SpcLossyRepair SpcLossyRepair;

/* with loss, or exact: as drawn, or as a repair */
typedef enum { SPC_DRAWN_LOSSY, SPC_DRAWN_EXACT, SPC_DRAWN_AGAIN } SpcDrawnHow;

/* life */
/* @connection: not owned; free it before that goes */
SpcLossyRepair *spc_lossy_repair_new (SpcConnection *connection);
void spc_lossy_repair_free (SpcLossyRepair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcLossyRepair, spc_lossy_repair_free)

/* what happens to the connection */
/* @draw is in the pipe behind what is there: a repair of that place is dropped,
 * since it would be hidden again */
void spc_lossy_repair_queued (SpcLossyRepair *self, const QxlDrawable *draw);
/* @draw was written to the viewer */
void spc_lossy_repair_built (SpcLossyRepair *self, const QxlDrawable *draw,
                             SpcDrawnHow how);
/* what the viewer has in @box differs from what a surface shows, or will: no
 * message says how */
void spc_lossy_repair_blur (SpcLossyRepair *self, uint32_t surface_id,
                            const QxlRect *box);
void spc_lossy_repair_forget (SpcLossyRepair *self, uint32_t surface_id);
/* the pipe is empty */
void spc_lossy_repair_drained (SpcLossyRepair *self);

/* asking */
bool spc_lossy_repair_is_done (const SpcLossyRepair *self); /* all is exact */
