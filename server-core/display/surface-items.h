/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* surface-items.h – what stands in a viewer's pipe for the sake of a surface.
 *
 * Draws on it and pictures of it, what tells of its beginning and its end, and
 * what of these may go when it does. Loop thread only. */
#pragma once

#include "server-core/channel/pipe.h"

/* false: a viewer had better be sent it although nobody will see it, than fall
 * out of step with its dictionary */
bool spc_item_may_be_left_out (const SpcPipe *pipe, const SpcItem *item);
/* The surface goes. What is drawn on it is not needed any more, but for what is
 * drawn from it elsewhere. Returns whether the viewer is to hear of its end: if
 * it has not heard of the surface yet, and need not, it is not. */
bool spc_pipe_forget_surface (SpcPipe *pipe, uint32_t surface_id);
/* Surfaces that begin and end in the pipe, when nothing is drawn on them any
 * more: otherwise a stalled viewer would collect what comes and goes. */
void spc_pipe_drop_short_lived (SpcPipe *pipe);
