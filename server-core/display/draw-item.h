/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draw-item.h – a draw command in the pipes of viewers.
 *
 * Shared by the pipes of all viewers, and so are the encodings it holds. Its
 * size is that of its plain pixels. Loop thread only. */
#pragma once

#include "draft.h"
#include "fan-out.h"
#include "server-core/channel/connection.h"

typedef struct _SpcDisplay SpcDisplay;

/* bytes of a draw without its picture: the largest fixed part of a message */
#define SPC_DRAW_MESSAGE_SIZE 80u

/* @draft: (transfer full): or NULL. @is_for_all: it goes into the pipe of every
 * viewer, as those who share a GLZ dictionary need it */
SpcItem *spc_draw_item_new (SpcDisplay *display, QxlDrawable *draw,
                            SpcDraft *draft, bool is_for_all);
/* NULL when @item is something else */
const QxlDrawable *spc_draw_item_draw (const SpcItem *item);
/* true once its image has a place in the GLZ dictionary: a viewer that is not
 * sent it falls out of step. false when @item is something else */
bool spc_draw_item_is_in_dictionary (const SpcItem *item);

/* takes @flight, which it leaves when it is freed */
void spc_draw_item_take_flight (SpcItem *item, SpcFlight *flight);

/* for items made of draw items */
/* at once after new: its image is sent as it is */
void spc_draw_item_forbid_loss (SpcItem *item);
SpcItemState spc_draw_item_prepare (SpcItem *item, SpcConnection *connection);
void spc_draw_item_build (SpcItem *item, SpcConnection *connection);
