/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceagent.h"

GType
gst_spice_agent_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_AGENT_NONE, "Nobody", "none"},
      {GST_SPICE_AGENT_BUILT_IN, "The server itself", "built-in"},
      {GST_SPICE_AGENT_PORT, "A daemon that connects to agent-port", "port"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstSpiceAgent", values));
  return type;
}
