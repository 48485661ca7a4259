/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceagentport.h"

static const char *
path_of (const GstSpiceSettings *settings)
{
  return gst_spice_settings_string (settings, GST_SPICE_SETTING_AGENT_PORT);
}

SpcAgentPort *
gst_spice_agent_port_new (SpcServer *server, const GstSpiceSettings *settings)
{
  return path_of (settings) ? spc_agent_port_new (server) : NULL;
}

bool
gst_spice_agent_port_listen (SpcAgentPort *self,
                             const GstSpiceSettings *settings, GError **cause)
{
  return !self || spc_agent_port_listen (self, path_of (settings), cause);
}

void
gst_spice_agent_port_stop (SpcAgentPort *self)
{
  if (self)
    spc_agent_port_stop (self);
}
