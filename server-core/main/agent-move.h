/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-move.h – the conversation of a viewer with the server's own agent goes
 * on at another server.
 *
 * Tokens both ways, what each can do, the message that is half said, what waits
 * to be sent, and what features keep. An agent elsewhere (agent-port.h) does
 * not move: with one at either end the conversation begins anew. Loop thread
 * only (spec: migration data). */
#pragma once

#include "agent-viewer.h"
#include "main-blob.h"

/* before MIGRATE is sent */
void spc_agent_leave (SpcAgent *self, SpcAgentViewer *viewer);
/* the agent's part of @blob, and what is to follow its fixed part */
GBytes *spc_agent_save (SpcAgent *self, SpcAgentViewer *viewer,
                        SpcMainBlob *blob);
/* @bytes: all of the state, whose fixed part is @blob. It goes on, or begins
 * anew; false with @error: this cannot be */
bool spc_agent_restore (SpcAgent *self, SpcAgentViewer *viewer,
                        const SpcMainBlob *blob, const QxlTail *bytes,
                        GError **error);
