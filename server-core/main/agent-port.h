/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-port.h – lets an agent daemon elsewhere be the agent.
 *
 * Listens on a unix socket for one daemon at a time, such as spice-vdagentd
 * with that path for its serial port, or a machine's serial port. Viewers have
 * an agent while one is there. A daemon knows of one client, so one viewer has
 * it: the first that started the agent and is in control (client.h). When that
 * one leaves, or is so no longer, the daemon is told, and the next has it.
 * Others find it silent (spec: agent port). Loop thread, where nothing else is
 * said. */
#pragma once

#include "agent-desk.h"
#include "agent.h"

typedef struct _SpcAgentPort SpcAgentPort;

typedef struct {
  bool clipboard, files; /* may pass */
} SpcAgentPortPolicy;

/* life; before the server's start, which has no other agent then. The server
 * owns it. */
SpcAgentPort *spc_agent_port_new (SpcServer *server);
/* Before the start: a daemon that wants to know is told which device each
 * display is. @desk: of the same server */
void spc_agent_port_set_desk (SpcAgentPort *self, SpcDesk *desk);
/* After the start; false when the address cannot be listened on. @path as
 * unix-path. Any thread but waits for the loop. */
bool spc_agent_port_listen (SpcAgentPort *self, const char *path,
                            GError **error);
/* before the server is stopped: the socket is gone when it returns */
void spc_agent_port_stop (SpcAgentPort *self);

/* Any thread. Counts for messages that begin from now on; both are allowed at
 * first. Viewers are told of it with the daemon's next announcement, which they
 * are made to ask for. */
void spc_agent_port_set_policy (SpcAgentPort *self,
                                const SpcAgentPortPolicy *policy);
