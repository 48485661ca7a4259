/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-viewer.h"

#include "agent-outbox.h"
#include "server-core/wire/messages-main.h"

#include <spice/vd_agent.h>
#include <string.h>

/* a message's collected body is kept for the next one up to this size */
#define KEPT_BODY_BYTES 4096u

struct _SpcAgentViewer {
  guint ref_count;
  SpcAgent *agent;     /* not owned; cleared when closed */
  SpcConnection *main; /* not owned; cleared when closed */
  gpointer memory;     /* of the features */
  gsize memory_size;
  uint32_t id;
  char *name;
  bool has_started, is_receiving, is_in_control, is_leaving;
  /* client to server */
  bool tokens_are_void; /* what comes was sent before the client heard of us */
  uint32_t tokens;      /* messages it may still send */
  uint32_t used;        /* tokens to be given back */
  SpcAgentFilter filter;
  const SpcAgentHandler *handler; /* of the message under way; NULL: none */
  const SpcAgentFeature *feature;
  GByteArray *body; /* what has come of it */
  /* server to client */
  SpcAgentOutbox outbox;
  bool is_queued;      /* a piece of it stands in the connection's pipe */
  SpcTimer *impatient; /* armed while messages wait without a token */
  bool has_announced;
  uint32_t caps;
};

/* life */

static void
on_impatient (gpointer user_data)
{
  spc_agent_viewer_end (user_data, "takes no agent messages");
}

SpcAgentViewer *
spc_agent_viewer_new (SpcAgent *agent, SpcConnection *main, gsize state_size)
{
  SpcAgentViewer *self = g_new0 (SpcAgentViewer, 1);

  self->ref_count = 1;
  self->agent = agent;
  self->main = main;
  self->memory = g_malloc0 (state_size);
  self->memory_size = state_size;
  self->id = spc_connection_client (main)->id;
  self->name = g_strdup (spc_connection_name (main));
  self->tokens = SPC_AGENT_TOKENS;
  self->body = g_byte_array_new ();
  self->impatient = spc_timer_new (spc_agent_loop (agent), on_impatient, self);
  spc_agent_filter_init (&self->filter);
  spc_agent_outbox_init (&self->outbox);
  spc_agent_viewer_take_role (self);
  return self;
}

SpcAgentViewer *
spc_agent_viewer_ref (SpcAgentViewer *self)
{
  self->ref_count++;
  return self;
}

void
spc_agent_viewer_unref (SpcAgentViewer *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  spc_agent_outbox_clear (&self->outbox);
  g_clear_pointer (&self->impatient, spc_timer_free);
  g_byte_array_unref (self->body);
  g_free (self->memory);
  g_free (self->name);
  g_free (self);
}

static void
forget_message (SpcAgentViewer *self)
{
  spc_agent_filter_init (&self->filter);
  self->handler = NULL;
  g_byte_array_set_size (self->body, 0);
}

/* nothing under way in either direction */
static void
reset (SpcAgentViewer *self)
{
  if (self->has_started)
    spc_agent_forget (self->agent, self);
  if (self->memory_size > 0)
    memset (self->memory, 0, self->memory_size);
  self->has_started = false;
  self->has_announced = false;
  self->caps = 0;
  forget_message (self);
  spc_agent_outbox_clear (&self->outbox);
  spc_timer_disarm (self->impatient);
}

void
spc_agent_viewer_close (SpcAgentViewer *self)
{
  reset (self);
  g_clear_pointer (&self->impatient, spc_timer_free);
  self->agent = NULL;
  self->main = NULL;
}

void
spc_agent_viewer_end (SpcAgentViewer *self, const char *reason)
{
  g_autoptr (SpcConnection) main =
      self->main != NULL ? g_object_ref (self->main) : NULL;

  if (main == NULL)
    return;
  SPC_WARNING (SPC_LOG_MAIN, "%s: ended: %s", self->name, reason);
  spc_connection_close (main, reason);
}

/* asking */

SpcAgent *
spc_agent_viewer_agent (SpcAgentViewer *self)
{
  return self->agent;
}

SpcClient *
spc_agent_viewer_client (SpcAgentViewer *self)
{
  return self->main != NULL ? spc_connection_client (self->main) : NULL;
}

uint32_t
spc_agent_viewer_id (SpcAgentViewer *self)
{
  return self->id;
}

const char *
spc_agent_viewer_name (SpcAgentViewer *self)
{
  return self->name;
}

bool
spc_agent_viewer_is_in_control (SpcAgentViewer *self)
{
  SpcClient *client = spc_agent_viewer_client (self);

  return client != NULL && spc_client_is_in_control (client);
}

bool
spc_agent_viewer_take_role (SpcAgentViewer *self)
{
  bool was_in_control = self->is_in_control;

  self->is_in_control = spc_agent_viewer_is_in_control (self);
  return self->is_in_control != was_in_control;
}

bool
spc_agent_viewer_has_cap (SpcAgentViewer *self, unsigned bit)
{
  return bit < 32 && (self->caps & 1u << bit) != 0;
}

void
spc_agent_viewer_set_caps (SpcAgentViewer *self, uint32_t caps)
{
  self->caps = caps;
  self->has_announced = true;
}

bool
spc_agent_viewer_has_announced (const SpcAgentViewer *self)
{
  return self->has_announced;
}

bool
spc_agent_viewer_has_started (const SpcAgentViewer *self)
{
  return self->has_started;
}

gpointer
spc_agent_viewer_memory (SpcAgentViewer *self)
{
  return self->memory;
}

gpointer
spc_agent_viewer_state (SpcAgentViewer *self, gpointer feature)
{
  const SpcAgentFeature *known;

  if (self->agent == NULL)
    return NULL;
  known = spc_agent_feature (self->agent, feature);
  g_return_val_if_fail (known != NULL, NULL);
  return (uint8_t *)self->memory + known->offset;
}

/* tokens to the client */

bool
spc_agent_viewer_has_room (SpcAgentViewer *self)
{
  return spc_agent_outbox_length (&self->outbox) < SPC_MAX_AGENT_WAITING;
}

static void
pump (SpcAgentViewer *self)
{
  /* it is pumped after what was received */
  if (self->main != NULL && !self->is_receiving)
    spc_connection_pump (self->main);
}

/* In groups; none while answers pile up that the client does not take. */
static void
return_tokens (SpcAgentViewer *self)
{
  uint32_t n = self->used - self->used % SPC_AGENT_TOKEN_GROUP;
  const SpcAgentTokens tokens = {.tokens = n};

  if (self->main == NULL || n == 0 || self->is_leaving ||
      !spc_agent_viewer_has_room (self))
    return;
  self->tokens += n;
  self->used -= n;
  spc_connection_send (self->main, SPICE_MSG_MAIN_AGENT_TOKEN,
                       spc_agent_tokens_fields, &tokens);
}

void
spc_agent_viewer_give_back (SpcAgentViewer *self, guint n)
{
  if (self->tokens_are_void || self->tokens + self->used >= SPC_AGENT_TOKENS)
    return; /* of a time before the agent went */
  self->used += MIN (n, SPC_AGENT_TOKENS - self->tokens - self->used);
  return_tokens (self);
  pump (self);
}

/* server to client */

typedef struct {
  SpcItem item;
  SpcAgentViewer *viewer; /* owned */
} PieceItem;

static void queue_piece (SpcAgentViewer *self);

static void
build_piece (SpcItem *item, SpcConnection *connection)
{
  SpcAgentViewer *self = ((PieceItem *)item)->viewer;
  const SpcAgentRelayEnd *end;
  bool had_room = spc_agent_viewer_has_room (self);

  self->is_queued = false;
  if (!spc_agent_outbox_is_ready (&self->outbox))
    return;
  spc_connection_begin (connection, SPICE_MSG_MAIN_AGENT_DATA);
  spc_agent_outbox_write (&self->outbox, spc_connection_writer (connection));
  spc_connection_end (connection);
  queue_piece (self);
  return_tokens (self);
  end = self->agent != NULL ? spc_agent_relay (self->agent) : NULL;
  if (!had_room && spc_agent_viewer_has_room (self) && end != NULL &&
      end->klass->drained != NULL)
    end->klass->drained (end->relay, self);
}

static void
free_piece (SpcItem *item)
{
  spc_agent_viewer_unref (((PieceItem *)item)->viewer);
  g_free (item);
}

static const SpcItemClass piece_class = {
    .name = "agent piece",
    .build = build_piece,
    .free = free_piece,
};

/* One piece at a time stands in the pipe, so that a large message lets others
 * through. */
static void
queue_piece (SpcAgentViewer *self)
{
  bool is_stuck = self->outbox.tokens == 0 && self->outbox.messages.length > 0;
  PieceItem *piece;

  if (self->main == NULL || self->is_leaving)
    return;
  if (!is_stuck)
    spc_timer_disarm (self->impatient);
  else if (!spc_timer_is_armed (self->impatient))
    spc_timer_arm (self->impatient, spc_agent_patience_ms (self->agent));
  if (self->is_queued || !spc_agent_outbox_is_ready (&self->outbox))
    return;
  piece = g_new0 (PieceItem, 1);
  spc_item_init (&piece->item, &piece_class, SPC_MAX_AGENT_CHUNK);
  piece->viewer = spc_agent_viewer_ref (self);
  self->is_queued = true;
  spc_connection_push (self->main, &piece->item);
}

static GBytes *
make_head (uint32_t type, const void *body, gsize body_size, gsize data_size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_u32 (writer, VD_AGENT_PROTOCOL);
  qxl_writer_u32 (writer, type);
  qxl_writer_u64 (writer, 0);
  qxl_writer_u32 (writer, (uint32_t)(body_size + data_size));
  qxl_writer_bytes (writer, body, body_size);
  return qxl_writer_steal (writer);
}

static uint32_t
full_key (uint32_t type, uint16_t key)
{
  return key != 0 ? type << 16 | key : 0;
}

bool
spc_agent_viewer_send_latest (SpcAgentViewer *self, uint32_t type,
                              const void *body, gsize body_size, GBytes *data,
                              uint16_t key)
{
  gsize data_size = data != NULL ? g_bytes_get_size (data) : 0;
  g_autoptr (GBytes) head = NULL;
  bool was_replaced;

  g_return_val_if_fail (body_size <= G_MAXUINT32 - data_size, false);
  if (!self->has_started)
    return false;
  head = make_head (type, body, body_size, data_size);
  was_replaced =
      spc_agent_outbox_push (&self->outbox, head, data, full_key (type, key));
  queue_piece (self);
  pump (self);
  return was_replaced;
}

void
spc_agent_viewer_send (SpcAgentViewer *self, uint32_t type, const void *body,
                       gsize body_size, GBytes *data)
{
  spc_agent_viewer_send_latest (self, type, body, body_size, data, 0);
}

bool
spc_agent_viewer_drop (SpcAgentViewer *self, uint32_t type, uint16_t key)
{
  bool was_there = spc_agent_outbox_drop (&self->outbox, full_key (type, key));

  queue_piece (self);
  return was_there;
}

bool
spc_agent_viewer_is_waiting (SpcAgentViewer *self, uint32_t type, uint16_t key)
{
  return spc_agent_outbox_has (&self->outbox, full_key (type, key));
}

void
spc_agent_viewer_send_raw (SpcAgentViewer *self, GBytes *bytes)
{
  g_return_if_fail (g_bytes_get_size (bytes) - 1 < SPC_MAX_AGENT_CHUNK);
  if (!self->has_started)
    return;
  spc_agent_outbox_push (&self->outbox, NULL, bytes, 0);
  queue_piece (self);
  pump (self);
}

void
spc_agent_viewer_reply (SpcAgentViewer *self, uint32_t type, bool success)
{
  const uint32_t body[] = {
      GUINT32_TO_LE (type),
      GUINT32_TO_LE (success ? VD_AGENT_SUCCESS : VD_AGENT_ERROR),
  };

  if (spc_agent_viewer_has_cap (self, VD_AGENT_CAP_REPLY))
    spc_agent_viewer_send (self, VD_AGENT_REPLY, body, sizeof body, NULL);
}

void
spc_agent_viewer_grant (SpcAgentViewer *self, uint32_t tokens)
{
  if (!self->has_started)
    return;
  spc_agent_outbox_grant (&self->outbox, tokens);
  queue_piece (self);
}

/* client to server */

static bool
judge_by_features (const SpcAgentHeader *header, SpcAgentVerdict *verdict,
                   gpointer user_data, GError **error)
{
  SpcAgentViewer *self = user_data;

  if (!spc_agent_choose (self->agent, header, &self->handler, &self->feature,
                         error))
    return false;
  *verdict = self->handler != NULL ? SPC_AGENT_PASS : SPC_AGENT_DISCARD;
  return true;
}

static bool
handle (SpcAgentViewer *self, const SpcAgentPiece *body, GError **error)
{
  return self->handler->handle (self->feature->feature, self,
                                &self->filter.header, body, error);
}

/* Collects a body that comes in several pieces: memory grows with what has
 * come, not with what was announced. */
static bool
handle_whole (SpcAgentViewer *self, const SpcAgentPiece *piece, GError **error)
{
  bool ok = true;
  bool is_done = self->filter.left == 0;
  SpcAgentPiece body = *piece;

  if (!piece->is_start || !is_done) {
    g_byte_array_append (self->body, piece->data, piece->size);
    body = (SpcAgentPiece){
        .is_start = true, .data = self->body->data, .size = self->body->len};
  }
  if (is_done)
    ok = handle (self, &body, error);
  if (is_done && self->body->len > KEPT_BODY_BYTES) {
    g_byte_array_unref (self->body);
    self->body = g_byte_array_new ();
  }
  if (is_done)
    g_byte_array_set_size (self->body, 0);
  if (ok)
    spc_agent_viewer_give_back (self, 1);
  return ok;
}

static bool
receive_for_features (SpcAgentViewer *self, const uint8_t *data, gsize size,
                      GError **error)
{
  SpcAgentPiece piece;

  if (!spc_agent_filter_push (&self->filter, data, size, judge_by_features,
                              self, &piece, error))
    return false;
  if (self->filter.verdict != SPC_AGENT_PASS) {
    spc_agent_viewer_give_back (self, 1);
    return true;
  }
  if (self->handler->in_pieces)
    return handle (self, &piece, error);
  return handle_whole (self, &piece, error);
}

static bool
pass_all (const SpcAgentHeader *header, SpcAgentVerdict *verdict,
          gpointer user_data, GError **error)
{
  *verdict = SPC_AGENT_PASS;
  return true;
}

static bool
receive_for_relay (SpcAgentViewer *self, const SpcAgentRelayEnd *end,
                   const uint8_t *data, gsize size, GError **error)
{
  SpcAgentPiece piece;

  if (!spc_agent_filter_push (&self->filter, data, size,
                              end->klass->judge != NULL ? end->klass->judge
                                                        : pass_all,
                              end->relay, &piece, error))
    return false;
  if (self->filter.verdict != SPC_AGENT_DISCARD && size > 0)
    return end->klass->data (end->relay, self, &self->filter, data, size,
                             error);
  spc_agent_viewer_give_back (self, 1);
  return true;
}

static bool
receive (SpcAgentViewer *self, const uint8_t *data, gsize size, GError **error)
{
  const SpcAgentRelayEnd *end = spc_agent_relay (self->agent);
  bool ok;

  if (self->tokens_are_void)
    return true;
  if (self->tokens == 0) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "token violation: agent data without a token for it");
    return false;
  }
  self->tokens--;
  if (!self->has_started) {
    spc_agent_viewer_give_back (self, 1);
    return true;
  }
  self->is_receiving = true;
  ok = end != NULL ? receive_for_relay (self, end, data, size, error)
                   : receive_for_features (self, data, size, error);
  self->is_receiving = false;
  return ok;
}

bool
spc_agent_viewer_receive (SpcAgentViewer *self, const uint8_t *data, gsize size,
                          GError **error)
{
  bool ok;

  spc_agent_viewer_ref (self); /* what it says may end it */
  ok = receive (self, data, size, error);
  spc_agent_viewer_unref (self);
  return ok;
}

void
spc_agent_viewer_start (SpcAgentViewer *self, uint32_t tokens)
{
  const SpcAgentRelayEnd *end = spc_agent_relay (self->agent);
  bool was_started = self->has_started;

  if (!spc_agent_is_connected (self->agent))
    return;
  self->tokens_are_void = false;
  self->has_started = true;
  self->outbox.tokens = tokens;
  queue_piece (self);
  SPC_DEBUG (SPC_LOG_MAIN, "%s: starts the agent, %u tokens", self->name,
             tokens);
  if (!was_started && end != NULL && end->klass->started != NULL)
    end->klass->started (end->relay, self);
}

void
spc_agent_viewer_set_connected (SpcAgentViewer *self, bool is_connected)
{
  const SpcAgentTokens tokens = {.tokens = SPC_AGENT_TOKENS};
  const SpcAgentTokens no_error = {.tokens = 0};
  bool counts = spc_connection_has_cap (self->main,
                                        SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS);

  reset (self);
  self->tokens_are_void = counts;
  if (counts && is_connected) {
    self->tokens = SPC_AGENT_TOKENS;
    self->used = 0;
  }
  if (!is_connected)
    spc_connection_send (self->main, SPICE_MSG_MAIN_AGENT_DISCONNECTED,
                         spc_agent_tokens_fields, &no_error);
  else if (counts)
    spc_connection_send (self->main, SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS,
                         spc_agent_tokens_fields, &tokens);
  else
    spc_connection_send (self->main, SPICE_MSG_MAIN_AGENT_CONNECTED, NULL,
                         NULL);
  pump (self);
}

/* moving */

/* all that there are tokens for, as one item */
static void
build_rest (SpcItem *item, SpcConnection *connection)
{
  SpcAgentViewer *self = ((PieceItem *)item)->viewer;

  while (spc_agent_outbox_is_ready (&self->outbox)) {
    spc_connection_begin (connection, SPICE_MSG_MAIN_AGENT_DATA);
    spc_agent_outbox_write (&self->outbox, spc_connection_writer (connection));
    spc_connection_end (connection);
  }
}

static const SpcItemClass rest_class = {
    .name = "agent rest",
    .build = build_rest,
    .free = free_piece,
};

void
spc_agent_viewer_leave (SpcAgentViewer *self)
{
  PieceItem *rest = g_new0 (PieceItem, 1);

  spc_item_init (&rest->item, &rest_class, SPC_MAX_AGENT_CHUNK);
  rest->viewer = spc_agent_viewer_ref (self);
  spc_connection_push (self->main, &rest->item);
  spc_timer_disarm (self->impatient);
  self->is_leaving = true;
}

void
spc_agent_viewer_save (SpcAgentViewer *self, SpcAgentTalk *talk,
                       QxlWriter *outbox)
{
  *talk = (SpcAgentTalk){
      .has_announced = self->has_announced,
      .caps = self->caps,
      .tokens = self->tokens,
      .send_tokens = self->outbox.tokens,
      .filter = self->filter,
      .body = {.data = self->body->data, .size = self->body->len},
  };
  if (self->filter.left > 0 && self->handler != NULL &&
      self->handler->in_pieces && self->feature->klass->save == NULL)
    talk->filter.verdict = SPC_AGENT_DISCARD;
  spc_agent_outbox_save (&self->outbox, outbox);
}

/* the message that was under way goes on, if it is one here */
static bool
restore_message (SpcAgentViewer *self, const SpcAgentTalk *talk, GError **error)
{
  const SpcAgentHeader *header = &talk->filter.header;

  self->filter = talk->filter;
  if (talk->filter.left == 0)
    return true;
  if (!spc_agent_choose (self->agent, header, &self->handler, &self->feature,
                         error))
    return false;
  if (talk->filter.verdict != SPC_AGENT_PASS || self->handler == NULL ||
      (self->handler->in_pieces && self->feature->klass->restore == NULL)) {
    self->filter.verdict = SPC_AGENT_DISCARD;
    return true;
  }
  if (self->handler->in_pieces)
    return true;
  if (talk->body.size > 0)
    g_byte_array_append (self->body, talk->body.data, talk->body.size);
  if ((uint64_t)talk->body.size + talk->filter.left == header->size)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "%u bytes of an agent message of %u, and %u to come",
               talk->body.size, header->size, talk->filter.left);
  return false;
}

bool
spc_agent_viewer_restore (SpcAgentViewer *self, const SpcAgentTalk *talk,
                          GError **error)
{
  self->has_started = true;
  self->has_announced = talk->has_announced;
  self->caps = talk->caps;
  self->tokens = MIN (talk->tokens, SPC_AGENT_TOKENS);
  self->used = SPC_AGENT_TOKENS - self->tokens;
  self->outbox.tokens = talk->send_tokens;
  if (!spc_agent_outbox_restore (&self->outbox, talk->outbox.data,
                                 talk->outbox.size, error) ||
      !restore_message (self, talk, error))
    return false;
  queue_piece (self);
  return_tokens (self);
  return true;
}

void
spc_agent_viewer_hold_back (SpcAgentViewer *self, bool holds_back)
{
  self->is_receiving = holds_back;
}
