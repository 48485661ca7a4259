/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a viewer gets is worked out when it has room: the difference between the
 * newest state and what it was told last (spec: what clients really do).
 * Viewers differ in what they honour: some ignore the shape in INIT, some its
 * place, some the visibility in SET, some MOVE. So a shape to be seen always
 * comes by SET, also after INIT and when it is shown again; one that is not
 * seen is not sent; a place is told by MOVE. Web clients have no cache and do
 * not notice, so only those are told to keep shapes that are known to be
 * others. */
#include "cursor-channel.h"

#include "pointer-state.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "server-core/wire/messages-small.h"

#define WARNING_INTERVAL_US G_USEC_PER_SEC

struct _SpcCursor {
  SpcChannel parent;
  /* under the lock: what producers have posted */
  GMutex lock;
  SpcPointerState posted;
  bool update_posted; /* the loop has been asked to look */
  guint64 n_invalid;
  gint64 warned_us; /* monotonic; 0: never */
  /* loop thread only */
  SpcPointerState state;
};

G_DEFINE_FINAL_TYPE (SpcCursor, spc_cursor, SPC_TYPE_CHANNEL)

#define TYPE_CURSOR_CONNECTION (cursor_connection_get_type ())
G_DECLARE_FINAL_TYPE (CursorConnection, cursor_connection, CURSOR, CONNECTION,
                      SpcConnection)

struct _CursorConnection {
  SpcConnection parent;
  bool initialised; /* INIT was sent */
  bool queued;      /* an update stands in the pipe */
  bool is_placed;   /* MOVE was sent, to the place in told */
  SpcPointerState told;
  SpcCursorCache *cache; /* what the viewer keeps */
};

G_DEFINE_FINAL_TYPE (CursorConnection, cursor_connection, SPC_TYPE_CONNECTION)

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
  SpcCursorCache *cache = CURSOR_CONNECTION (connection)->cache;
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
is_moved (CursorConnection *self, SpcCursor *cursor)
{
  bool is_there = self->is_placed && self->told.x == cursor->state.x &&
                  self->told.y == cursor->state.y;

  return !is_there && moves_in_this_mode (cursor);
}

static bool
is_reshaped (SpcCursor *cursor, const SpcPointerState *told)
{
  return !spc_pointer_shape_equals (told->shape, cursor->state.shape);
}

/* natives take it from INIT, and complain about any other (spec: what clients
 * really do) */
static bool
has_other_trail (CursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *told = &self->told;
  SpcConnection *connection = SPC_CONNECTION (self);

  return !spc_connection_client (connection)->is_native &&
         (told->trail_length != cursor->state.trail_length ||
          told->trail_frequency != cursor->state.trail_frequency);
}

/* one with nothing to forget need not hear of it, however often it happens */
static bool
is_reset (SpcCursor *cursor, const SpcPointerState *told)
{
  return told->n_resets != cursor->state.n_resets &&
         !spc_pointer_state_is_blank (told);
}

/* a pointer that is not seen has no shape and no place to tell */
static bool
needs_update (CursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *told = &self->told;
  bool is_seen = spc_pointer_state_is_seen (&cursor->state);

  if (!self->initialised || is_reset (cursor, told) ||
      has_other_trail (self, cursor) ||
      spc_pointer_state_is_seen (told) != is_seen)
    return true;
  return is_seen && (is_reshaped (cursor, told) || is_moved (self, cursor));
}

/* the item: one at most waits in a pipe */

static void
place (CursorConnection *self, const SpcPointerState *state)
{
  send_move (SPC_CONNECTION (self), state);
  self->told.x = state->x;
  self->told.y = state->y;
  self->is_placed = true;
}

static void
send_seen (CursorConnection *self, SpcCursor *cursor, bool shows)
{
  const SpcPointerState *state = &cursor->state;

  if (shows || is_reshaped (cursor, &self->told))
    send_set (SPC_CONNECTION (self), state);
  /* some show the pointer again only when it moves */
  if (shows || is_moved (self, cursor))
    place (self, state);
}

static void
send_first (CursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = &cursor->state;

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
send_reset (CursorConnection *self, SpcCursor *cursor)
{
  send_plain (SPC_CONNECTION (self), SPICE_MSG_CURSOR_RESET);
  spc_cursor_cache_forget (self->cache);
  send_first (self, cursor);
}

static void
send_changes (CursorConnection *self, SpcCursor *cursor)
{
  bool was_seen = spc_pointer_state_is_seen (&self->told);

  if (has_other_trail (self, cursor))
    send_trail (SPC_CONNECTION (self), &cursor->state);
  if (spc_pointer_state_is_seen (&cursor->state))
    send_seen (self, cursor, !was_seen);
  else if (was_seen)
    send_plain (SPC_CONNECTION (self), SPICE_MSG_CURSOR_HIDE);
}

static void
send_update (CursorConnection *self, SpcCursor *cursor)
{
  const SpcPointerState *state = &cursor->state;
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
  CursorConnection *self = CURSOR_CONNECTION (connection);
  SpcChannel *channel = spc_connection_channel (connection);

  self->queued = false;
  if (channel && needs_update (self, SPC_CURSOR (channel)))
    send_update (self, SPC_CURSOR (channel));
}

static void
free_update (SpcItem *item)
{
  g_free (item);
}

static const SpcItemClass update_class = {
    .name = "cursor update",
    .build = build_update,
    .free = free_update,
};

static void
queue_update (SpcConnection *connection, gpointer user_data)
{
  CursorConnection *self = CURSOR_CONNECTION (connection);
  SpcCursor *cursor = SPC_CURSOR (spc_connection_channel (connection));
  const SpcPointerShape *shape = cursor->state.shape;
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
  queue_update (connection, NULL);
}

static void
cursor_connection_finalize (GObject *object)
{
  CursorConnection *self = CURSOR_CONNECTION (object);

  spc_pointer_state_clear (&self->told);
  spc_cursor_cache_free (self->cache);
  G_OBJECT_CLASS (cursor_connection_parent_class)->finalize (object);
}

static void
cursor_connection_class_init (CursorConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cursor_connection_finalize;
  connection->log_category = SPC_LOG_CURSOR;
  connection->uses_acks = true;
  connection->opened = on_opened;
}

static void
cursor_connection_init (CursorConnection *self)
{
  self->cache = spc_cursor_cache_new ();
  spc_pointer_state_init (&self->told);
}

/* from producers to the loop */

static void
update_all (SpcCursor *self)
{
  spc_channel_foreach (SPC_CHANNEL (self), queue_update, NULL);
}

static void
take_posted (gpointer user_data)
{
  SpcCursor *self = user_data;

  g_mutex_lock (&self->lock);
  spc_pointer_state_copy (&self->state, &self->posted);
  self->update_posted = false;
  g_mutex_unlock (&self->lock);
  update_all (self);
}

/* with the lock held: true if the loop must be asked to look */
static bool
claim_update (SpcCursor *self)
{
  bool claimed = !self->update_posted;

  self->update_posted = true;
  return claimed;
}

static void
post_update (SpcCursor *self)
{
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_posted,
                 g_object_ref (self), g_object_unref);
}

static bool
is_acceptable (const QxlImage *image)
{
  return image->format == QXL_FORMAT_BGRA &&
         image->width <= SPC_MAX_CURSOR_SIDE &&
         image->height <= SPC_MAX_CURSOR_SIDE;
}

void
spc_cursor_post_shape (SpcCursor *self, QxlImage *image, uint16_t hot_x,
                       uint16_t hot_y)
{
  g_autoptr (QxlImage) owned G_GNUC_UNUSED = image;
  g_autoptr (SpcPointerShape) shape = NULL;
  bool post;

  g_return_if_fail (SPC_IS_CURSOR (self));
  if (image && !is_acceptable (image)) {
    SPC_WARNING (SPC_LOG_CURSOR,
                 "%s: a shape of %u×%u in %s refused, allowed is %s up to %u",
                 spc_channel_name (SPC_CHANNEL (self)), image->width,
                 image->height, qxl_format_name (image->format),
                 qxl_format_name (QXL_FORMAT_BGRA), SPC_MAX_CURSOR_SIDE);
    return;
  }
  if (image)
    shape = spc_pointer_shape_new (image, hot_x, hot_y);
  g_mutex_lock (&self->lock);
  post = !spc_pointer_shape_equals (self->posted.shape, shape);
  if (post) {
    spc_pointer_state_set_shape (&self->posted, shape);
    post = claim_update (self);
  }
  g_mutex_unlock (&self->lock);
  if (post)
    post_update (self);
}

void
spc_cursor_post_position (SpcCursor *self, int32_t x, int32_t y)
{
  bool post;

  g_return_if_fail (SPC_IS_CURSOR (self));
  g_mutex_lock (&self->lock);
  spc_pointer_state_move (&self->posted,
                          (int16_t)CLAMP (x, G_MININT16, G_MAXINT16),
                          (int16_t)CLAMP (y, G_MININT16, G_MAXINT16));
  post = claim_update (self);
  g_mutex_unlock (&self->lock);
  if (post)
    post_update (self);
}

void
spc_cursor_post_visible (SpcCursor *self, bool visible)
{
  bool post;

  g_return_if_fail (SPC_IS_CURSOR (self));
  g_mutex_lock (&self->lock);
  self->posted.visible = visible;
  post = claim_update (self);
  g_mutex_unlock (&self->lock);
  if (post)
    post_update (self);
}

/* commands */

/* with the lock held: true if it is to be told, too */
static bool
count_invalid (SpcCursor *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->n_invalid++;
  if (self->warned_us && now_us - self->warned_us < WARNING_INTERVAL_US)
    return false;
  self->warned_us = now_us;
  return true;
}

static void
refuse (SpcCursor *self, const char *reason)
{
  bool tells;

  g_mutex_lock (&self->lock);
  tells = count_invalid (self);
  g_mutex_unlock (&self->lock);
  if (tells)
    SPC_WARNING (SPC_LOG_CURSOR, "%s: command dropped: %s",
                 spc_channel_name (SPC_CHANNEL (self)), reason);
}

/* false: it is a SET whose shape is none; else *@shape is that of a SET */
static bool
take_shape (SpcCursor *self, const QxlCursorCommand *command,
            SpcPointerShape **shape)
{
  g_autoptr (GError) error = NULL;

  *shape = NULL;
  if (command->kind != QXL_CURSOR_SET)
    return true;
  if (!command->shape) {
    refuse (self, "a cursor is set without a shape");
    return false;
  }
  *shape = spc_pointer_shape_new_qxl (command->shape, &error);
  if (!*shape)
    refuse (self, error->message);
  return *shape != NULL;
}

static void
apply (SpcCursor *self, const QxlCursorCommand *command)
{
  g_autoptr (SpcPointerShape) shape = NULL;
  bool post;

  if (!take_shape (self, command, &shape))
    return;
  g_mutex_lock (&self->lock);
  spc_pointer_state_apply (&self->posted, command, shape);
  post = claim_update (self);
  g_mutex_unlock (&self->lock);
  if (post)
    post_update (self);
}

void
spc_cursor_post_command (SpcCursor *self, QxlCursorCommand *command)
{
  g_autoptr (QxlCursorCommand) owned = command;

  g_return_if_fail (SPC_IS_CURSOR (self));
  apply (self, owned);
}

bool
spc_cursor_post_batch (SpcCursor *self, const QxlBatch *batch)
{
  static const QxlCursorCommand reset = {.kind = QXL_CURSOR_RESET};
  bool is_meant = false;

  g_return_val_if_fail (SPC_IS_CURSOR (self), false);
  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);

    if (command->kind == QXL_COMMAND_CURSOR)
      apply (self, command->u.cursor);
    else if (command->kind == QXL_COMMAND_SURFACE_DESTROY &&
             command->u.destroy.surface_id == QXL_PRIMARY_SURFACE)
      apply (self, &reset);
    else
      continue;
    is_meant = true;
  }
  return is_meant;
}

/* channel */

SpcCursor *
spc_cursor_new (SpcServer *server, uint8_t id)
{
  SpcCursor *self = g_object_new (SPC_TYPE_CURSOR, NULL);

  spc_channel_construct (SPC_CHANNEL (self), server, id);
  return self;
}

/* in server mode viewers must know where the pointer has been led meanwhile */
static void
on_server_changed (SpcChannel *channel, SpcServerChange change,
                   SpcChannel *subject)
{
  if (change == SPC_CHANGE_MOUSE_MODE)
    update_all (SPC_CURSOR (channel));
}

static void
cursor_add_stats (SpcChannel *channel, GVariantDict *dict)
{
  SpcCursor *self = SPC_CURSOR (channel);
  guint64 n_invalid;

  g_mutex_lock (&self->lock);
  n_invalid = self->n_invalid;
  g_mutex_unlock (&self->lock);
  g_variant_dict_insert (dict, "invalid-commands", "t", n_invalid);
}

static void
spc_cursor_finalize (GObject *object)
{
  SpcCursor *self = SPC_CURSOR (object);

  spc_pointer_state_clear (&self->posted);
  spc_pointer_state_clear (&self->state);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (spc_cursor_parent_class)->finalize (object);
}

static void
spc_cursor_class_init (SpcCursorClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_cursor_finalize;
  channel->channel_type = SPICE_CHANNEL_CURSOR;
  channel->connection_type = TYPE_CURSOR_CONNECTION;
  channel->server_changed = on_server_changed;
  channel->add_stats = cursor_add_stats;
}

static void
spc_cursor_init (SpcCursor *self)
{
  g_mutex_init (&self->lock);
  spc_pointer_state_init (&self->posted);
  spc_pointer_state_init (&self->state);
}
