/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceagentport.h"

#include "gst/common/gstspiceagent.h"
#include "gst/common/gstspiceclipboard.h"

static const char *
path_of (const GstSpiceSettings *settings)
{
  return gst_spice_settings_string (settings, GST_SPICE_SETTING_AGENT_PORT);
}

/* who is the agent, if nobody has said */
static GstSpiceAgent
agent_of (const GstSpiceSettings *settings)
{
  if (!gst_spice_settings_has (settings, GST_SPICE_SETTING_AGENT) &&
      path_of (settings))
    return GST_SPICE_AGENT_PORT;
  return g_value_get_enum (&settings->values[GST_SPICE_SETTING_AGENT]);
}

SpcAgentPort *
gst_spice_agent_port_new (SpcServer *server, GstSpiceDesk *desk,
                          const GstSpiceSettings *settings)
{
  GstSpiceAgent agent = agent_of (settings);
  SpcAgentPort *self;

  if (agent == GST_SPICE_AGENT_NONE)
    spc_agent_set_off (spc_server_agent (server));
  if (agent != GST_SPICE_AGENT_PORT)
    return NULL;
  self = spc_agent_port_new (server);
  gst_spice_desk_bind_port (desk, self);
  gst_spice_agent_port_apply (self, settings);
  return self;
}

bool
gst_spice_agent_port_listen (SpcAgentPort *self,
                             const GstSpiceSettings *settings, GError **error)
{
  const char *path = path_of (settings);
  g_autoptr (GError) cause = NULL;

  if (!self || (path && spc_agent_port_listen (self, path, &cause)))
    return true;
  if (!path)
    g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                         "Property \"agent\" is port, but there is no "
                         "\"agent-port\".");
  else
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                 "Cannot wait for an agent daemon at agent-port \"%s\": %s",
                 path, cause->message);
  return false;
}

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
      .files =
          gst_spice_settings_bool (settings, GST_SPICE_SETTING_FILE_TRANSFER),
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
