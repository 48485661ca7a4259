/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fan-out.h – each draw to every viewer, in the form it takes.
 *
 * A draw is in flight until all viewers have been sent it. What newer ones hide
 * of those in flight is taken back out of the pipes, never encoded or sent
 * (qxl/tree.h). Loop thread only. */
#pragma once

#include "draft.h"
#include "server-core/channel/item.h"

typedef struct _SpcDisplay SpcDisplay;
typedef struct _SpcFanOut SpcFanOut;

/* life: inside the display's, which is not referenced */
SpcFanOut *spc_fan_out_new (SpcDisplay *display);
/* after every item of the display */
void spc_fan_out_free (SpcFanOut *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcFanOut, spc_fan_out_free)

/* in place of one with the same id */
void spc_fan_out_add_surface (SpcFanOut *self, uint32_t id, uint32_t width,
                              uint32_t height);
void spc_fan_out_drop_surface (SpcFanOut *self, uint32_t id);
/* @draw: valid; takes @draft, which may be NULL */
void spc_fan_out_draw (SpcFanOut *self, QxlDrawable *draw, SpcDraft *draft);

/* A draw's way to viewers, for the items that stand for it. */
typedef struct _SpcFlight SpcFlight;

/* @item is freed; @self may be NULL */
void spc_flight_leave (SpcFlight *self, const SpcItem *item);
