/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor-connection.h – one viewer of a pointer.
 *
 * Knows what it has told its viewer, and tells it what is new of its channel's
 * state whenever there is room for it. Loop thread only. */
#pragma once

#include "server-core/channel/connection.h"

#define SPC_TYPE_CURSOR_CONNECTION (spc_cursor_connection_get_type ())
G_DECLARE_FINAL_TYPE (SpcCursorConnection, spc_cursor_connection, SPC,
                      CURSOR_CONNECTION, SpcConnection)

/* the channel's state, or the mouse mode, may be another */
void spc_cursor_connection_update (SpcConnection *connection);
