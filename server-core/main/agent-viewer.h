/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent-viewer.h – what the agent, one viewer of it and the main channel tell
 * each other; features include agent.h only.
 *
 * A viewer of the agent lives as long as its main connection. Loop thread
 * only. */
#pragma once

#include "agent.h"
#include "qxl/fields.h"

/* a feature as the agent knows it */
typedef struct {
  const SpcAgentFeatureClass *klass;
  gpointer feature;
  gsize offset; /* of its memory in a viewer's */
} SpcAgentFeature;

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

/* what a viewer's conversation stands at, for agent-move.c */
typedef struct {
  bool has_announced;
  uint32_t caps;
  uint32_t tokens, send_tokens;
  SpcAgentFilter filter;
  QxlTail body;   /* what has come of the message under way; borrowed */
  QxlTail outbox; /* as it writes itself; restoring only */
} SpcAgentTalk;

/* Meanwhile what is sent to it stays in the connection's pipe, which may end
 * the viewer when it goes out: who sets it sees to that afterwards. */
void spc_agent_viewer_hold_back (SpcAgentViewer *self, bool holds_back);
/* what waits for the viewer is sent as far as it has given tokens; what comes
 * from now on stays, to be saved */
void spc_agent_viewer_leave (SpcAgentViewer *self);
void spc_agent_viewer_save (SpcAgentViewer *self, SpcAgentTalk *talk,
                            QxlWriter *outbox);
/* in place of AGENT_START; false with @error: it cannot be */
bool spc_agent_viewer_restore (SpcAgentViewer *self, const SpcAgentTalk *talk,
                               GError **error);
/* the @n th; NULL: there are fewer */
const SpcAgentFeature *spc_agent_nth_feature (SpcAgent *self, guint n);
/* tells the viewer what the server can do */
void spc_agent_tell_caps (SpcAgent *self, SpcAgentViewer *viewer);

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
