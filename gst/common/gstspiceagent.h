/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceagent.h – what an application may say of who is the agent.
 *
 * The type of the property "agent". Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_AGENT (gst_spice_agent_get_type ())

/**
 * GstSpiceAgent:
 * @GST_SPICE_AGENT_NONE: nobody; viewers have no clipboard, no files, no wishes
 *   for monitors
 * @GST_SPICE_AGENT_BUILT_IN: the server itself
 * @GST_SPICE_AGENT_PORT: a daemon that connects to "agent-port"
 *
 * Who speaks the part of the agent that runs in a guest elsewhere.
 */
typedef enum {
  GST_SPICE_AGENT_NONE,
  GST_SPICE_AGENT_BUILT_IN,
  GST_SPICE_AGENT_PORT,
} GstSpiceAgent;

GType gst_spice_agent_get_type (void);

G_END_DECLS
