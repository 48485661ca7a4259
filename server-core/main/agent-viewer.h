/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-viewer.h – what the agent, one viewer of it and the main channel tell
 * each other; features include agent.h only.
 *
 * A viewer of the agent lives as long as its main connection. Loop thread
 * only. */
#pragma once

#include "agent.h"

/* main-channel.c → agent.c */
/* made with the main channel; the server object owns it */
SpcAgent *spc_agent_new (SpcServer *server);
SpcAgentViewer *spc_agent_open_viewer (SpcAgent *self, SpcConnection *main);
void spc_agent_close_viewer (SpcAgent *self, SpcAgentViewer *viewer);
void spc_agent_roles_changed (SpcAgent *self);
/* how long a viewer may leave messages without a token; for tests */
void spc_agent_set_patience (SpcAgent *self, uint32_t patience_ms);

/* main-channel.c → agent-viewer.c: AGENT_START, AGENT_TOKEN, AGENT_DATA */
void spc_agent_viewer_start (SpcAgentViewer *self, uint32_t tokens);
void spc_agent_viewer_grant (SpcAgentViewer *self, uint32_t tokens);
bool spc_agent_viewer_receive (SpcAgentViewer *self, const uint8_t *data,
                               gsize size, GError **error);

/* agent.c → agent-viewer.c */
SpcAgentViewer *spc_agent_viewer_new (SpcAgent *agent, SpcConnection *main,
                                      gsize state_size);
void spc_agent_viewer_close (SpcAgentViewer *self);
bool spc_agent_viewer_has_started (const SpcAgentViewer *self);
/* the agent came or has gone */
void spc_agent_viewer_set_connected (SpcAgentViewer *self, bool is_connected);
void spc_agent_viewer_set_caps (SpcAgentViewer *self, uint32_t caps);
bool spc_agent_viewer_has_announced (const SpcAgentViewer *self);
/* its role is another one than when this was asked last */
bool spc_agent_viewer_take_role (SpcAgentViewer *self);
gpointer spc_agent_viewer_memory (SpcAgentViewer *self);

/* agent-viewer.c → agent.c */
typedef struct {
  const SpcAgentFeatureClass *klass;
  gpointer feature;
  gsize offset; /* of its memory in a viewer's */
} SpcAgentFeature;

typedef struct {
  const SpcAgentRelayClass *klass;
  gpointer relay;
} SpcAgentRelayEnd;

/* what handles the message; false with @error: its size is wrong. @handler is
 * NULL when nobody does. */
bool spc_agent_choose (SpcAgent *self, const SpcAgentHeader *header,
                       const SpcAgentHandler **handler,
                       const SpcAgentFeature **feature, GError **error);
const SpcAgentFeature *spc_agent_feature (SpcAgent *self, gpointer feature);
const SpcAgentRelayEnd *spc_agent_relay (SpcAgent *self); /* NULL: none */
uint32_t spc_agent_patience_ms (SpcAgent *self);
/* features and relay forget it */
void spc_agent_forget (SpcAgent *self, SpcAgentViewer *viewer);
