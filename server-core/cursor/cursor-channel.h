/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor-channel.h – the cursor channel: shape, position, visibility.
 *
 * Keeps one state, given by a producer on any thread, by parts or by commands;
 * newer state replaces what a viewer has not been sent yet. In client mouse
 * mode the viewer moves its own pointer: positions are kept but not sent. */
#pragma once

#include "pointer-state.h"
#include "qxl/command.h"
#include "server-core/channel/channel.h"

#define SPC_TYPE_CURSOR (spc_cursor_get_type ())
G_DECLARE_FINAL_TYPE (SpcCursor, spc_cursor, SPC, CURSOR, SpcChannel)

/* @id: of the display it belongs to. Visible at 0,0, without a shape. */
SpcCursor *spc_cursor_new (SpcServer *server, uint8_t id);

/* any thread: by parts */
/* takes @shape: QXL_FORMAT_BGRA with straight alpha, at most
 * SPC_MAX_CURSOR_SIDE a side, else it is refused with a warning; NULL: no
 * shape, nothing is seen. A hot spot outside is moved to the shape's edge. A
 * shape equal to the last one is not sent again. */
void spc_cursor_post_shape (SpcCursor *self, QxlImage *shape, uint16_t hot_x,
                            uint16_t hot_y);
/* of the hot spot, pixels of the display */
void spc_cursor_post_position (SpcCursor *self, int32_t x, int32_t y);
void spc_cursor_post_visible (SpcCursor *self, bool visible);

/* any thread: by commands */
/* Takes @command. A shape that is no shape (qxl_cursor_shape_check) is counted,
 * told in the log and changes nothing; one over SPC_MAX_CURSOR_SIDE shrinks. */
void spc_cursor_post_command (SpcCursor *self, QxlCursorCommand *command);
/* The cursor commands of @batch, in order; where the primary surface goes, a
 * reset. True if there was any. */
bool spc_cursor_post_batch (SpcCursor *self, const QxlBatch *batch);

/* loop thread: what holds, for its connections */
const SpcPointerState *spc_cursor_state (SpcCursor *self);
