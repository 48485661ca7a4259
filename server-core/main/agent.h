/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* agent.h – the agent's half of the conversation, spoken by the server.
 *
 * A server that is its own agent: viewers' agent messages go to features
 * (clipboard, files, monitors, …), each of which brings a table of what it
 * handles and a vtable to the layer above. Or a relay has all of it and carries
 * the bytes to an agent elsewhere. The agent does what is common: who has an
 * agent, tokens both ways, framing, sizes, capabilities, the queue of each
 * viewer. All state is one viewer's; nothing a viewer says reaches another one
 * but through a feature. The server owns it. Before the server's start it
 * may be given features by the thread that makes the server; then: loop thread
 * only (spec: agent). */
#pragma once

#include "agent-filter.h"
#include "server-core/channel/server.h"

typedef struct _SpcAgent SpcAgent;
typedef struct _SpcAgentViewer SpcAgentViewer;

/* the agent of @server, which has a main channel; valid while the server is */
SpcAgent *spc_server_agent (SpcServer *server); /* any thread */

/* features */

/* what a feature does with one type of message */
typedef struct {
  uint32_t type;               /* VD_AGENT_… */
  uint32_t min_size, max_size; /* of the body; others end the viewer */
  /* False (the usual): called once with the whole body, and @max_size is at
   * most SPC_MAX_AGENT_BODY. True: called with each piece as it comes, whose
   * token is the handler's, to give back once it is done with the piece
   * (spc_agent_viewer_give_back), maybe later. */
  bool in_pieces;
  /* @header->size: of the whole body. false with @error: the viewer is ended */
  bool (*handle) (gpointer feature, SpcAgentViewer *viewer,
                  const SpcAgentHeader *header, const SpcAgentPiece *body,
                  GError **error);
} SpcAgentHandler;

/* all but the handlers optional */
typedef struct {
  const SpcAgentHandler *handlers;
  guint n_handlers;
  gsize viewer_size; /* bytes of spc_agent_viewer_state, zeroed at first */
  /* what it announces at this moment, bits (1 << VD_AGENT_CAP_…) */
  uint32_t (*caps) (gpointer feature);
  /* the viewer has sent its capabilities, for the first time or anew, and has
   * been answered */
  void (*announced) (gpointer feature, SpcAgentViewer *viewer);
  /* it has become view-only, or may do all again */
  void (*role_changed) (gpointer feature, SpcAgentViewer *viewer);
  /* its agent is gone, or itself: forget it; the state is freed afterwards */
  void (*gone) (gpointer feature, SpcAgentViewer *viewer);
  void (*free) (gpointer feature);
  /* a viewer that moves with its session (spec: migration data): what is to be
   * told before; what goes along, by the name of @tag, four letters; what
   * another server has written, false: it cannot be. Messages that come in
   * pieces go on there only if the feature saves. */
  void (*leaving) (gpointer feature, SpcAgentViewer *viewer);
  const char *tag;
  void (*save) (gpointer feature, SpcAgentViewer *viewer, QxlWriter *state);
  bool (*restore) (gpointer feature, SpcAgentViewer *viewer,
                   const QxlTail *state, GError **error);
} SpcAgentFeatureClass;

/* takes @feature; before the server's start. Two features may not have one type
 * of message. Once it has a feature, viewers are told of an agent. */
void spc_agent_add_feature (SpcAgent *self, const SpcAgentFeatureClass *klass,
                            gpointer feature);
/* what the features announce has changed: viewers hear of it */
void spc_agent_announce (SpcAgent *self);
SpcLoop *spc_agent_loop (SpcAgent *self); /* any thread */

/* an agent elsewhere, instead of the features */

/* loop thread */
typedef struct {
  /* AGENT_START: it hears, and may speak */
  void (*started) (gpointer relay, SpcAgentViewer *viewer);
  /* One AGENT_DATA, well framed as @filter shows, 1 to 2048 bytes with what
   * belongs to the header. The token is the relay's, to give back when the
   * device has taken the bytes. */
  bool (*data) (gpointer relay, SpcAgentViewer *viewer,
                const SpcAgentFilter *filter, const uint8_t *data, gsize size,
                GError **error);
  /* what a message of the viewer becomes; optional: SPC_AGENT_PASS.
   * Discarded ones are not handed to data. */
  SpcAgentJudge judge; /* user_data: the relay */
  /* a viewer's queue has room again after spc_agent_viewer_has_room was false
   */
  void (*drained) (gpointer relay, SpcAgentViewer *viewer);
  /* it is in control now, or no longer; optional */
  void (*role_changed) (gpointer relay, SpcAgentViewer *viewer);
  void (*gone) (gpointer relay, SpcAgentViewer *viewer);
  void (*free) (gpointer relay);
} SpcAgentRelayClass;

/* takes @relay; before the server's start. There is no agent until
 * spc_agent_set_connected. */
void spc_agent_set_relay (SpcAgent *self, const SpcAgentRelayClass *klass,
                          gpointer relay);
/* there is no agent, neither the features nor one elsewhere: in place of the
 * above */
void spc_agent_set_off (SpcAgent *self);
/* the agent came, or has gone: viewers are told, queues both ways dropped */
void spc_agent_set_connected (SpcAgent *self, bool is_connected);
/* 1 to 2048 bytes as they are, for one token of the viewer */
void spc_agent_viewer_send_raw (SpcAgentViewer *self, GBytes *bytes);
/* fewer than SPC_MAX_AGENT_WAITING messages wait for tokens */
bool spc_agent_viewer_has_room (SpcAgentViewer *self);

/* asking */
bool spc_agent_is_connected (SpcAgent *self);
/* calls @func for each viewer that has started the agent */
void spc_agent_foreach (SpcAgent *self,
                        void (*func) (SpcAgentViewer *viewer,
                                      gpointer user_data),
                        gpointer user_data);
SpcAgentViewer *spc_agent_find (SpcAgent *self, uint32_t client_id);

/* viewers */

SpcAgent *spc_agent_viewer_agent (SpcAgentViewer *self);
SpcClient *spc_agent_viewer_client (SpcAgentViewer *self); /* NULL: gone */
uint32_t spc_agent_viewer_id (SpcAgentViewer *self);       /* its client's */
const char *spc_agent_viewer_name (SpcAgentViewer *self);  /* for the log */
/* Only who is in control has an effect on the desktop, and is told of its
 * clipboard: view-only viewers are not, nor is who waits for the inputs. */
bool spc_agent_viewer_is_in_control (SpcAgentViewer *self);
/* VD_AGENT_CAP_…: the viewer has announced it */
bool spc_agent_viewer_has_cap (SpcAgentViewer *self, unsigned bit);
/* the @feature's own memory about it; NULL once it is gone */
gpointer spc_agent_viewer_state (SpcAgentViewer *self, gpointer feature);
/* what outlasts the handler keeps a reference; a viewer that is gone takes
 * everything and does nothing */
SpcAgentViewer *spc_agent_viewer_ref (SpcAgentViewer *self);
void spc_agent_viewer_unref (SpcAgentViewer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcAgentViewer, spc_agent_viewer_unref)

/* Sends a message: @body, small and copied, then @data (may be NULL, kept by
 * reference, not copied: for what is large). It waits for the viewer's tokens;
 * one that gives none for SPC_AGENT_PATIENCE_MS is ended. Who answers every
 * message of a viewer need not look at the queue: the viewer's own tokens run
 * out first. */
void spc_agent_viewer_send (SpcAgentViewer *self, uint32_t type,
                            const void *body, gsize body_size, GBytes *data);
/* The same, in the place of one with this @key (not 0) and this type of which
 * nothing was sent yet; true if there was one. For whatever the layer above may
 * send as often as it likes. */
bool spc_agent_viewer_send_latest (SpcAgentViewer *self, uint32_t type,
                                   const void *body, gsize body_size,
                                   GBytes *data, uint16_t key);
/* drops such a message; true if there was one */
bool spc_agent_viewer_drop (SpcAgentViewer *self, uint32_t type, uint16_t key);
/* such a message has not been sent wholly */
bool spc_agent_viewer_is_waiting (SpcAgentViewer *self, uint32_t type,
                                  uint16_t key);
/* REPLY, if the viewer takes it (VD_AGENT_CAP_REPLY) */
void spc_agent_viewer_reply (SpcAgentViewer *self, uint32_t type, bool success);
/* gives back the tokens of @n pieces; the viewer may be gone after it */
void spc_agent_viewer_give_back (SpcAgentViewer *self, guint n);
/* ends the viewer */
void spc_agent_viewer_end (SpcAgentViewer *self, const char *reason);
