/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transport-ws.h – a transport within a WebSocket, the server's side, after the
 * handshake. What goes each way is a stream: the bounds of messages and frames
 * mean nothing. Loop thread only. */
#pragma once

#include "transport.h"

/* takes @line */
SpcTransport *spc_transport_new_ws (SpcTransport *line);
