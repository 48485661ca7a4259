/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceagentport.h – the setting "agent-port": an agent daemon elsewhere
 * instead of the server's own agent. Any thread but the loop. */
#pragma once

#include "gst/common/gstspicesettings.h"
#include "server-core/main/agent-port.h"

G_BEGIN_DECLS

/* before @server starts; it owns what is returned. NULL: not wanted, which the
 * others take */
SpcAgentPort *gst_spice_agent_port_new (SpcServer *server,
                                        const GstSpiceSettings *settings);
/* after the start, @cause as the server's own listeners give it */
bool gst_spice_agent_port_listen (SpcAgentPort *self,
                                  const GstSpiceSettings *settings,
                                  GError **cause);
/* any thread: "clipboard"; a daemon has it both ways or not at all */
void gst_spice_agent_port_apply (SpcAgentPort *self,
                                 const GstSpiceSettings *settings);
/* before the stop */
void gst_spice_agent_port_stop (SpcAgentPort *self);

G_END_DECLS
