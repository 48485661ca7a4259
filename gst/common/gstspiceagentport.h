/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceagentport.h – the settings "agent" and "agent-port": an agent daemon
 * elsewhere instead of the server's own agent, or none. Any thread but the
 * loop. */
#pragma once

#include "gst/common/gstspicedesk.h"
#include "gst/common/gstspicesettings.h"
#include "server-core/main/agent-port.h"

G_BEGIN_DECLS

/* before @server starts; it owns what is returned. NULL: not wanted, which the
 * others take */
SpcAgentPort *gst_spice_agent_port_new (SpcServer *server, GstSpiceDesk *desk,
                                        const GstSpiceSettings *settings);
/* after the start; @error is one for the bus */
bool gst_spice_agent_port_listen (SpcAgentPort *self,
                                  const GstSpiceSettings *settings,
                                  GError **error);
/* any thread: "clipboard", which a daemon has both ways or not at all, and
 * "file-transfer" */
void gst_spice_agent_port_apply (SpcAgentPort *self,
                                 const GstSpiceSettings *settings);
/* before the stop */
void gst_spice_agent_port_stop (SpcAgentPort *self);

G_END_DECLS
