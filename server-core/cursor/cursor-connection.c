/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a viewer gets is worked out when it has room: the difference between the
 * newest state and what it was told last (spec: what clients really do).
 * Viewers differ in what they honour: some ignore the shape in INIT, some its
 * place, some the visibility in SET, some MOVE. So a shape to be seen always
 * comes by SET, also after INIT and when it is shown again; one that is not
 * seen is not sent; a place is told by MOVE. Web clients have no cache and do
 * not notice, so only those are told to keep shapes that are known to be
 * others. */
#include "cursor-connection.h"

#include "cursor-channel.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "server-core/wire/messages-small.h"

struct _SpcCursorConnection {
  SpcConnection parent;
  bool initialised; /* INIT was sent */
  bool queued;      /* an update stands in the pipe */
  bool is_placed;   /* MOVE was sent, to the place in told */
  SpcPointerState told;
  SpcCursorCache *cache; /* what the viewer keeps */
};

G_DEFINE_FINAL_TYPE (SpcCursorConnection, spc_cursor_connection,
                     SPC_TYPE_CONNECTION)

/* messages */

/* @use: NULL: the viewer does not keep it */
static void
write_shape (SpcConnection *connection, const SpcPointerShape *shape,
             const SpcCursorUse *use)
{
  SpcCursorShape header = {
      .unique = use ? use->unique : 0,
      .type = SPICE_CURSOR_TYPE_ALPHA,
      .width = shape->width,
      .height = shape->height,
      .hot_x = shape->hot_x,
      .hot_y = shape->hot_y,
  };
  QxlWriter *writer = spc_connection_writer (connection);

  qxl_fields_write (spc_cursor_shape_fields, &header, writer);
  if (!use || !use->is_there)
    qxl_writer_ref (writer, shape->pixels);
}

static void
send_init (SpcConnection *connection, const SpcPointerState *state)
{
  SpcCursorInit init = {
      .x = state->x,
      .y = state->y,
      .trail_length = state->trail_length,
      .trail_frequency = state->trail_frequency,
      .visible = spc_pointer_state_is_seen (state),
      .flags = state->shape ? 0 : SPICE_CURSOR_FLAGS_NONE,
  };

  spc_connection_begin (connection, SPICE_MSG_CURSOR_INIT);
  qxl_fields_write (spc_cursor_init_fields, &init,
                    spc_connection_writer (connection));
  if (state->shape)
    write_shape (connection, state->shape, NULL);
  spc_connection_end (connection);
}

static void
send_inval_one (SpcConnection *connection, uint64_t unique)
{
  const SpcCursorInval inval = {.unique = unique};

  spc_connection_write (connection, SPICE_MSG_CURSOR_INVAL_ONE,
                        spc_cursor_inval_fields, &inval);
}

static void
write_set (SpcConnection *connection, const SpcPointerState *state,
           const SpcCursorUse *use)
{
  SpcCursorSet set = {
      .x = state->set_x, .y = state->set_y, .visible = state->visible};

  if (use)
    set.flags = use->is_there ? SPICE_CURSOR_FLAGS_FROM_CACHE
                              : SPICE_CURSOR_FLAGS_CACHE_ME;
  spc_connection_begin (connection, SPICE_MSG_CURSOR_SET);
  qxl_fields_write (spc_cursor_set_fields, &set,
                    spc_connection_writer (connection));
  write_shape (connection, state->shape, use);
  spc_connection_end (connection);
}

static void
send_set (SpcConnection *connection, const SpcPointerState *state)
{
  SpcCursorCache *cache = SPC_CURSOR_CONNECTION (connection)->cache;
  SpcCursorUse use;

  if (!spc_connection_client (connection)->is_native) {
    write_set (connection, state, NULL);
    return;
  }
  use = spc_cursor_cache_use (cache, &state->shape->content);
  if (use.evicted != 0)
    send_inval_one (connection, use.evicted);
  write_set (connection, state, &use);
}

static void
send_move (SpcConnection *connection, const SpcPointerState *state)
{
  SpcCursorMove move = {.x = state->x, .y = state->y};

  spc_connection_write (connection, SPICE_MSG_CURSOR_MOVE,
                        spc_cursor_move_fields, &move);
}

static void
send_trail (SpcConnection *connection, const SpcPointerState *state)
{
  SpcCursorTrail trail = {.length = state->trail_length,
                          .frequency = state->trail_frequency};

  spc_connection_write (connection, SPICE_MSG_CURSOR_TRAIL,
                        spc_cursor_trail_fields, &trail);
}

static void
send_plain (SpcConnection *connection, uint16_t type)
{
  spc_connection_write (connection, type, NULL, NULL);
}

/* what has changed */

static bool
moves_in_this_mode (SpcCursor *self)
{
  SpcServer *server = spc_channel_server (SPC_CHANNEL (self));

  return server && !spc_server_is_client_mouse (server);
}

static bool
is_moved (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = spc_cursor_state (cursor);
  bool is_there =
      self->is_placed && self->told.x == state->x && self->told.y == state->y;

  return !is_there && moves_in_this_mode (cursor);
}

static bool
is_reshaped (SpcCursor *cursor, const SpcPointerState *told)
{
  return !spc_pointer_shape_equals (told->shape,
                                    spc_cursor_state (cursor)->shape);
}

/* natives take it from INIT, and complain about any other (spec: what clients
 * really do) */
static bool
has_other_trail (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = spc_cursor_state (cursor);

  return !spc_connection_client (SPC_CONNECTION (self))->is_native &&
         (self->told.trail_length != state->trail_length ||
          self->told.trail_frequency != state->trail_frequency);
}

/* one with nothing to forget need not hear of it, however often it happens */
static bool
is_reset (SpcCursor *cursor, const SpcPointerState *told)
{
  return told->n_resets != spc_cursor_state (cursor)->n_resets &&
         !spc_pointer_state_is_blank (told);
}

/* a pointer that is not seen has no shape and no place to tell */
static bool
needs_update (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *told = &self->told;
  bool is_seen = spc_pointer_state_is_seen (spc_cursor_state (cursor));

  if (!self->initialised || is_reset (cursor, told) ||
      has_other_trail (self, cursor) ||
      spc_pointer_state_is_seen (told) != is_seen)
    return true;
  return is_seen && (is_reshaped (cursor, told) || is_moved (self, cursor));
}

/* the item: one at most waits in a pipe */

static void
place (SpcCursorConnection *self, const SpcPointerState *state)
{
  send_move (SPC_CONNECTION (self), state);
  self->told.x = state->x;
  self->told.y = state->y;
  self->is_placed = true;
}

static void
send_seen (SpcCursorConnection *self, SpcCursor *cursor, bool shows)
{
  const SpcPointerState *state = spc_cursor_state (cursor);

  if (shows || is_reshaped (cursor, &self->told))
    send_set (SPC_CONNECTION (self), state);
  /* some show the pointer again only when it moves */
  if (shows || is_moved (self, cursor))
    place (self, state);
}

static void
send_first (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = spc_cursor_state (cursor);

  send_init (SPC_CONNECTION (self), state);
  self->initialised = true;
  self->is_placed = false;
  if (!spc_pointer_state_is_seen (state)) {
    /* some show a pointer of their own until they are told */
    if (!state->visible)
      send_plain (SPC_CONNECTION (self), SPICE_MSG_CURSOR_HIDE);
    return;
  }
  send_set (SPC_CONNECTION (self), state);
  if (moves_in_this_mode (cursor))
    place (self, state);
}

/* clients drop all that comes between RESET and INIT */
static void
send_reset (SpcCursorConnection *self, SpcCursor *cursor)
{
  send_plain (SPC_CONNECTION (self), SPICE_MSG_CURSOR_RESET);
  spc_cursor_cache_forget (self->cache);
  send_first (self, cursor);
}

static void
send_changes (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = spc_cursor_state (cursor);
  bool was_seen = spc_pointer_state_is_seen (&self->told);

  if (has_other_trail (self, cursor))
    send_trail (SPC_CONNECTION (self), state);
  if (spc_pointer_state_is_seen (state))
    send_seen (self, cursor, !was_seen);
  else if (was_seen)
    send_plain (SPC_CONNECTION (self), SPICE_MSG_CURSOR_HIDE);
}

static void
send_update (SpcCursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = spc_cursor_state (cursor);
  int16_t x, y;

  if (!self->initialised)
    send_first (self, cursor);
  else if (is_reset (cursor, &self->told))
    send_reset (self, cursor);
  else
    send_changes (self, cursor);
  /* a place that was not sent was not told */
  x = self->told.x;
  y = self->told.y;
  spc_pointer_state_copy (&self->told, state);
  self->told.x = x;
  self->told.y = y;
}

static void
build_update (SpcItem *item, SpcConnection *connection)
{
  SpcCursorConnection *self = SPC_CURSOR_CONNECTION (connection);
  SpcChannel *channel = spc_connection_channel (connection);

  self->queued = false;
  if (channel && needs_update (self, SPC_CURSOR (channel)))
    send_update (self, SPC_CURSOR (channel));
}

static const SpcItemClass update_class = {
    .name = "cursor update",
    .build = build_update,
};

void
spc_cursor_connection_update (SpcConnection *connection)
{
  SpcCursorConnection *self = SPC_CURSOR_CONNECTION (connection);
  SpcCursor *cursor = SPC_CURSOR (spc_connection_channel (connection));
  const SpcPointerShape *shape = spc_cursor_state (cursor)->shape;
  SpcItem *item;

  if (self->queued || !needs_update (self, cursor))
    return;
  self->queued = true;
  item = g_new0 (SpcItem, 1);
  spc_item_init (item, &update_class,
                 shape ? (uint32_t)g_bytes_get_size (shape->pixels) : 0);
  spc_connection_push (connection, item);
  spc_connection_pump (connection);
}

/* connection */

static void
on_opened (SpcConnection *connection)
{
  /* it may have had an INIT elsewhere, and drops all others until a RESET */
  if (spc_connection_client (connection)->stage == SPC_CLIENT_ARRIVING)
    spc_connection_send (connection, SPICE_MSG_CURSOR_RESET, NULL, NULL);
  spc_cursor_connection_update (connection);
}

static void
spc_cursor_connection_finalize (GObject *object)
{
  SpcCursorConnection *self = SPC_CURSOR_CONNECTION (object);

  spc_pointer_state_clear (&self->told);
  spc_cursor_cache_free (self->cache);
  G_OBJECT_CLASS (spc_cursor_connection_parent_class)->finalize (object);
}

static void
spc_cursor_connection_class_init (SpcCursorConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_cursor_connection_finalize;
  connection->log_category = SPC_LOG_CURSOR;
  connection->uses_acks = true;
  connection->opened = on_opened;
}

static void
spc_cursor_connection_init (SpcCursorConnection *self)
{
  self->cache = spc_cursor_cache_new ();
  spc_pointer_state_init (&self->told);
}
