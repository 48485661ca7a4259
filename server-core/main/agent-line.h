/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-line.h – the line to an agent daemon, as a guest's serial port has it.
 *
 * Both directions are chunks: u32 port, u32 size, then bytes of the agent's
 * message stream. Port 1 carries what viewers and agent say to each other, port
 * 2 what the server itself says; what comes on it is dropped. Chunks that come
 * are cut so that viewers may have the pieces as they are. Loop thread only
 * (spec: agent port). */
#pragma once

#include "agent.h"
#include "server-core/net/transport.h"

typedef struct _SpcAgentLine SpcAgentLine;

typedef struct {
  SpcAgentJudge judge; /* of messages that begin */
  /* 1 to 2048 bytes of a message that was not discarded, with its header at
   * the start. They may be changed. */
  bool (*piece) (const SpcAgentFilter *filter, uint8_t *data, gsize size,
                 gpointer user_data, GError **error);
  /* the peer has gone, or broke the rules; last call, frees the line */
  void (*ended) (const char *reason, gpointer user_data);
} SpcAgentLineEvents;

/* takes @transport */
SpcAgentLine *spc_agent_line_new (SpcLoop *loop, SpcTransport *transport,
                                  const SpcAgentLineEvents *events,
                                  gpointer user_data);
/* viewers have the tokens back of what the peer has not taken */
void spc_agent_line_free (SpcAgentLine *self);

/* One chunk for @port, VDP_CLIENT_PORT or VDP_SERVER_PORT, @size at most 2048.
 * @viewer: gets a token back when the peer has taken it, or has gone; NULL:
 * nobody does. A peer that takes nothing is ended. */
void spc_agent_line_send (SpcAgentLine *self, uint32_t port,
                          const uint8_t *data, gsize size,
                          SpcAgentViewer *viewer);
/* nothing is read while paused; may be called from anywhere */
void spc_agent_line_pause (SpcAgentLine *self);
void spc_agent_line_resume (SpcAgentLine *self);
/* the rest of the message that is coming is dropped */
void spc_agent_line_skip (SpcAgentLine *self);
