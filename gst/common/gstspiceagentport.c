/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceagentport.h"

#include "gst/common/gstspiceclipboard.h"

static const char *
path_of (const GstSpiceSettings *settings)
{
  return gst_spice_settings_string (settings, GST_SPICE_SETTING_AGENT_PORT);
}

SpcAgentPort *
gst_spice_agent_port_new (SpcServer *server, const GstSpiceSettings *settings)
{
  SpcAgentPort *self;

  if (!path_of (settings))
    return NULL;
  self = spc_agent_port_new (server);
  gst_spice_agent_port_apply (self, settings);
  return self;
}

bool
gst_spice_agent_port_listen (SpcAgentPort *self,
                             const GstSpiceSettings *settings, GError **cause)
{
  return !self || spc_agent_port_listen (self, path_of (settings), cause);
}

/* Whether files are taken is the daemon's own decision. */
void
gst_spice_agent_port_apply (SpcAgentPort *self,
                            const GstSpiceSettings *settings)
{
  const guint both =
      GST_SPICE_CLIPBOARD_TO_CLIENT | GST_SPICE_CLIPBOARD_TO_SERVER;
  guint ways =
      g_value_get_flags (&settings->values[GST_SPICE_SETTING_CLIPBOARD]);
  const SpcAgentPortPolicy policy = {
      .clipboard = (ways & both) == both,
      .files = true,
  };

  if (self)
    spc_agent_port_set_policy (self, &policy);
}

void
gst_spice_agent_port_stop (SpcAgentPort *self)
{
  if (self)
    spc_agent_port_stop (self);
}
