/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clipboard-viewer.h"

#include "server-core/base/limits.h"

#include <spice/vd_agent.h>

struct _SpcClipboard {
  SpcAgent *agent; /* not owned: it owns this */
  /* loop thread only, once the server has started */
  SpcClipboardRules rules;
};

static bool
is_on (const SpcClipboardPolicy *policy)
{
  return policy->to_client || policy->to_server;
}

/* the agent's feature */

static SpcClipboardViewer *
viewer_of (SpcClipboard *self, SpcAgentViewer *viewer)
{
  SpcClipboardViewer *state = spc_agent_viewer_state (viewer, self);

  if (state != NULL && state->viewer == NULL)
    spc_clipboard_viewer_begin (state, viewer, &self->rules);
  return state;
}

static bool
on_message (gpointer feature, SpcAgentViewer *viewer,
            const SpcAgentHeader *header, const SpcAgentPiece *body,
            GError **error)
{
  return spc_clipboard_viewer_receive (viewer_of (feature, viewer), header,
                                       body, error);
}

static bool
on_data (gpointer feature, SpcAgentViewer *viewer, const SpcAgentHeader *header,
         const SpcAgentPiece *piece, GError **error)
{
  bool ok = spc_clipboard_viewer_receive_data (viewer_of (feature, viewer),
                                               header, piece, error);

  if (ok)
    spc_agent_viewer_give_back (viewer, 1);
  return ok;
}

static bool
on_max (gpointer feature, SpcAgentViewer *viewer, const SpcAgentHeader *header,
        const SpcAgentPiece *body, GError **error)
{
  SpcClipboardViewer *state = viewer_of (feature, viewer);
  QxlReader reader;
  int32_t max;

  qxl_reader_init (&reader, body->data, body->size);
  max = (int32_t)qxl_reader_u32 (&reader);
  state->has_max = max >= 0;
  state->max_size = (uint32_t)MAX (max, 0);
  return true;
}

static const SpcAgentHandler handlers[] = {
    {VD_AGENT_CLIPBOARD, 4, UINT32_MAX, true, on_data},
    {VD_AGENT_CLIPBOARD_GRAB, 0, SPC_MAX_AGENT_BODY, false, on_message},
    {VD_AGENT_CLIPBOARD_REQUEST, 4, 8, false, on_message},
    {VD_AGENT_CLIPBOARD_RELEASE, 0, 4, false, on_message},
    {VD_AGENT_MAX_CLIPBOARD, 4, 4, false, on_max},
};

static uint32_t
caps (gpointer feature)
{
  SpcClipboard *self = feature;

  if (!is_on (&self->rules.policy))
    return 0;
  self->rules.is_known = true;
  return 1u << VD_AGENT_CAP_CLIPBOARD_BY_DEMAND |
         1u << VD_AGENT_CAP_CLIPBOARD_SELECTION |
         1u << VD_AGENT_CAP_GUEST_LINEEND_LF |
         1u << VD_AGENT_CAP_MAX_CLIPBOARD |
         1u << VD_AGENT_CAP_CLIPBOARD_NO_RELEASE_ON_REGRAB |
         1u << VD_AGENT_CAP_CLIPBOARD_GRAB_SERIAL;
}

static void
review (SpcAgentViewer *viewer, gpointer user_data)
{
  spc_clipboard_viewer_review (viewer_of (user_data, viewer));
}

static void
on_changed (gpointer feature, SpcAgentViewer *viewer)
{
  review (viewer, feature);
}

static void
on_gone (gpointer feature, SpcAgentViewer *viewer)
{
  spc_clipboard_viewer_end (viewer_of (feature, viewer));
}

static void
on_save (gpointer feature, SpcAgentViewer *viewer, QxlWriter *state)
{
  SpcClipboard *self = feature;

  qxl_writer_u8 (state, self->rules.is_known);
  spc_clipboard_viewer_save (viewer_of (feature, viewer), state);
}

static bool
on_restore (gpointer feature, SpcAgentViewer *viewer, const QxlTail *state,
            GError **error)
{
  SpcClipboard *self = feature;
  SpcClipboardViewer *clipboard = viewer_of (self, viewer);
  const QxlTail rest = {.data = state->data + 1, .size = state->size - 1};

  if (state->size == 0) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL, "no clipboard's state");
    return false;
  }
  /* the viewer was told elsewhere */
  self->rules.is_known |= state->data[0] != 0;
  if (!spc_clipboard_viewer_restore (clipboard, &rest, error))
    return false;
  spc_clipboard_viewer_review (clipboard);
  return true;
}

static const SpcAgentFeatureClass feature_class = {
    .handlers = handlers,
    .n_handlers = G_N_ELEMENTS (handlers),
    .viewer_size = sizeof (SpcClipboardViewer),
    .caps = caps,
    .announced = on_changed,
    .role_changed = on_changed,
    .gone = on_gone,
    .free = g_free,
    .tag = "CLIP",
    .save = on_save,
    .restore = on_restore,
};

SpcClipboard *
spc_clipboard_new (SpcAgent *agent, const SpcClipboardHost *host,
                   gpointer user_data)
{
  SpcClipboard *self = g_new0 (SpcClipboard, 1);

  self->agent = agent;
  self->rules = (SpcClipboardRules){
      .host = host,
      .user_data = user_data,
      .policy = {.to_client = true,
                 .to_server = true,
                 .max_size = SPC_DEFAULT_CLIPBOARD_SIZE},
      .answer_ms = SPC_CLIPBOARD_ANSWER_MS,
      .viewer_answer_ms = SPC_CLIPBOARD_VIEWER_ANSWER_MS,
  };
  spc_agent_add_feature (agent, &feature_class, self);
  return self;
}

void
spc_clipboard_set_patience (SpcClipboard *self, uint32_t answer_ms,
                            uint32_t viewer_answer_ms)
{
  self->rules.answer_ms = answer_ms;
  self->rules.viewer_answer_ms = viewer_answer_ms;
}

/* what the application wants: carried to the loop */

typedef enum { GRAB, RELEASE, REQUEST, SET_DATA, SET_POLICY } WishKind;

typedef struct {
  WishKind kind;
  SpcClipboard *self; /* not owned: the loop ends before it */
  uint32_t client_id;
  uint8_t selection;
  uint32_t type; /* or types */
  GBytes *bytes; /* owned; may be NULL */
  SpcClipboardPolicy policy;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_clear_pointer (&wish->bytes, g_bytes_unref);
  g_free (wish);
}

static void
fulfil_for (SpcAgentViewer *viewer, gpointer user_data)
{
  const Wish *wish = user_data;
  SpcClipboardViewer *state = viewer_of (wish->self, viewer);

  switch (wish->kind) {
  case GRAB:
    spc_clipboard_viewer_offer (state, wish->selection, wish->type);
    break;
  case RELEASE:
    spc_clipboard_viewer_withdraw (state, wish->selection);
    break;
  case REQUEST:
    spc_clipboard_viewer_ask (state, wish->selection, wish->type);
    break;
  case SET_DATA:
    spc_clipboard_viewer_answer (state, wish->selection, wish->type,
                                 wish->bytes);
    break;
  case SET_POLICY:
    break;
  }
}

static void
fulfil_for_all (const Wish *wish)
{
  SpcClipboard *self = wish->self;

  if (wish->kind == GRAB)
    self->rules.offered[wish->selection] = wish->type;
  else if (wish->kind == RELEASE)
    self->rules.offered[wish->selection] = 0;
  spc_agent_foreach (self->agent, fulfil_for, (gpointer)wish);
}

static void
change_policy (SpcClipboard *self, const SpcClipboardPolicy *policy)
{
  bool was_on = is_on (&self->rules.policy);

  self->rules.policy = *policy;
  if (is_on (policy) != was_on)
    spc_agent_announce (self->agent);
  spc_agent_foreach (self->agent, review, self);
}

static void
fulfil (gpointer user_data)
{
  const Wish *wish = user_data;
  SpcClipboard *self = wish->self;
  SpcAgentViewer *viewer;

  if (wish->kind == SET_POLICY) {
    change_policy (self, &wish->policy);
    return;
  }
  if (wish->client_id == 0) {
    fulfil_for_all (wish);
    return;
  }
  viewer = spc_agent_find (self->agent, wish->client_id);
  if (viewer != NULL)
    fulfil_for (viewer, (gpointer)wish);
  else if (wish->kind == REQUEST)
    self->rules.host->data (wish->client_id, wish->selection, wish->type, NULL,
                            self->rules.user_data);
}

static void
post (Wish values)
{
  Wish *wish = g_new (Wish, 1);

  *wish = values;
  spc_loop_post (spc_agent_loop (wish->self->agent), fulfil, wish, wish_free);
}

void
spc_clipboard_set_policy (SpcClipboard *self, const SpcClipboardPolicy *policy)
{
  post ((Wish){.kind = SET_POLICY, .self = self, .policy = *policy});
}

void
spc_clipboard_grab (SpcClipboard *self, uint32_t client_id, uint8_t selection,
                    uint32_t types)
{
  types &= SPC_CLIPBOARD_ALL_TYPES;
  g_return_if_fail (selection < SPC_CLIPBOARD_SELECTIONS && types != 0);
  post ((Wish){.kind = GRAB,
               .self = self,
               .client_id = client_id,
               .selection = selection,
               .type = types});
}

void
spc_clipboard_release (SpcClipboard *self, uint32_t client_id,
                       uint8_t selection)
{
  g_return_if_fail (selection < SPC_CLIPBOARD_SELECTIONS);
  post ((Wish){.kind = RELEASE,
               .self = self,
               .client_id = client_id,
               .selection = selection});
}

void
spc_clipboard_request (SpcClipboard *self, uint32_t client_id,
                       uint8_t selection, uint32_t type)
{
  g_return_if_fail (selection < SPC_CLIPBOARD_SELECTIONS);
  g_return_if_fail (type > 0 && type < SPC_CLIPBOARD_N_TYPES && client_id > 0);
  post ((Wish){.kind = REQUEST,
               .self = self,
               .client_id = client_id,
               .selection = selection,
               .type = type});
}

void
spc_clipboard_set_data (SpcClipboard *self, uint32_t client_id,
                        uint8_t selection, uint32_t type, GBytes *bytes)
{
  g_return_if_fail (selection < SPC_CLIPBOARD_SELECTIONS);
  post ((Wish){.kind = SET_DATA,
               .self = self,
               .client_id = client_id,
               .selection = selection,
               .type = type,
               .bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL});
}
