/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a viewer gets is worked out when it has room: the difference between the
 * newest state and what it was told last (spec: what clients really do).
 * Viewers differ in what they honour: some ignore the shape in INIT, some the
 * visibility in SET, some MOVE. So a shape to be seen always comes by SET, also
 * after INIT and when it is shown again; one that is not seen is not sent. Web
 * clients have no cache and do not notice, so only those are told to keep
 * shapes that are known to be others. */
#include "cursor-channel.h"

#include "cursor-cache.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "server-core/wire/messages-small.h"

#include <string.h>

/* immutable once posted */
typedef struct {
  gint ref_count;
  uint16_t width, height, hot_x, hot_y;
  GBytes *pixels; /* BGRA rows without padding */
  SpcCursorContent content;
} Shape;

typedef struct {
  Shape *shape; /* owned; NULL: none */
  int16_t x, y;
  bool visible;
} State;

struct _SpcCursor {
  SpcChannel parent;
  /* under the lock: what producers have posted */
  GMutex lock;
  State posted;
  bool update_posted; /* the loop has been asked to look */
  /* loop thread only */
  State state;
};

G_DEFINE_FINAL_TYPE (SpcCursor, spc_cursor, SPC_TYPE_CHANNEL)

#define TYPE_CURSOR_CONNECTION (cursor_connection_get_type ())
G_DECLARE_FINAL_TYPE (CursorConnection, cursor_connection, CURSOR, CONNECTION,
                      SpcConnection)

struct _CursorConnection {
  SpcConnection parent;
  bool initialised; /* INIT was sent: once in a connection's life */
  bool queued;      /* an update stands in the pipe */
  State told;
  SpcCursorCache *cache; /* what the viewer keeps */
};

G_DEFINE_FINAL_TYPE (CursorConnection, cursor_connection, SPC_TYPE_CONNECTION)

/* shapes and states */

static Shape *
shape_ref (Shape *self)
{
  if (self)
    g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
shape_unref (Shape *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_bytes_unref (self->pixels);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shape, shape_unref)

static GBytes *
pack_pixels (const QxlImage *image)
{
  gsize row_bytes = (gsize)image->width * 4;
  uint8_t *pixels = g_malloc (row_bytes * image->height);

  for (uint32_t y = 0; y < image->height; y++)
    memcpy (pixels + y * row_bytes, qxl_image_row (image, y), row_bytes);
  return g_bytes_new_take (pixels, row_bytes * image->height);
}

static SpcCursorContent
digest (const Shape *shape)
{
  const uint16_t numbers[] = {shape->width, shape->height, shape->hot_x,
                              shape->hot_y};
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  SpcCursorContent content;
  gsize size;
  const void *pixels = g_bytes_get_data (shape->pixels, &size);
  gsize length = sizeof content.bytes;

  g_checksum_update (sum, (const guchar *)numbers, sizeof numbers);
  g_checksum_update (sum, pixels, (gssize)size);
  g_checksum_get_digest (sum, content.bytes, &length);
  return content;
}

static Shape *
shape_new (const QxlImage *image, uint16_t hot_x, uint16_t hot_y)
{
  Shape *self = g_new0 (Shape, 1);

  self->ref_count = 1;
  self->width = (uint16_t)image->width;
  self->height = (uint16_t)image->height;
  self->hot_x = MIN (hot_x, self->width - 1);
  self->hot_y = MIN (hot_y, self->height - 1);
  self->pixels = pack_pixels (image);
  self->content = digest (self);
  return self;
}

static bool
shape_equals (const Shape *a, const Shape *b)
{
  if (a == b)
    return true;
  if (!a || !b)
    return false;
  return a->width == b->width && a->height == b->height &&
         a->hot_x == b->hot_x && a->hot_y == b->hot_y &&
         g_bytes_equal (a->pixels, b->pixels);
}

static void
state_set_shape (State *self, Shape *shape)
{
  Shape *old = self->shape;

  self->shape = shape_ref (shape);
  shape_unref (old);
}

static void
state_copy (State *self, const State *from)
{
  state_set_shape (self, from->shape);
  self->x = from->x;
  self->y = from->y;
  self->visible = from->visible;
}

static bool
state_is_seen (const State *self)
{
  return self->visible && self->shape;
}

/* messages */

/* @use: NULL: the viewer does not keep it */
static void
write_shape (SpcConnection *connection, const Shape *shape,
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
send_init (SpcConnection *connection, const State *state)
{
  SpcCursorInit init = {
      .x = state->x,
      .y = state->y,
      .visible = state_is_seen (state),
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
write_set (SpcConnection *connection, const State *state,
           const SpcCursorUse *use)
{
  SpcCursorSet set = {.x = state->x, .y = state->y, .visible = state->visible};

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
send_set (SpcConnection *connection, const State *state)
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
send_move (SpcConnection *connection, const State *state)
{
  SpcCursorMove move = {.x = state->x, .y = state->y};

  spc_connection_write (connection, SPICE_MSG_CURSOR_MOVE,
                        spc_cursor_move_fields, &move);
}

/* the item: one at most waits in a pipe */

static bool
moves_in_this_mode (SpcCursor *self)
{
  SpcServer *server = spc_channel_server (SPC_CHANNEL (self));

  return server && !spc_server_is_client_mouse (server);
}

static bool
is_moved (SpcCursor *cursor, const State *told, const State *state)
{
  return (told->x != state->x || told->y != state->y) &&
         moves_in_this_mode (cursor);
}

/* a pointer that is not seen has no shape and no place to tell */
static bool
needs_update (CursorConnection *self, SpcCursor *cursor)
{
  const State *state = &cursor->state;

  if (!self->initialised ||
      state_is_seen (&self->told) != state_is_seen (state))
    return true;
  return state_is_seen (state) && (self->told.shape != state->shape ||
                                   is_moved (cursor, &self->told, state));
}

static void
send_seen (CursorConnection *self, SpcCursor *cursor, bool shows)
{
  SpcConnection *connection = SPC_CONNECTION (self);
  const State *state = &cursor->state;

  if (shows || self->told.shape != state->shape)
    send_set (connection, state);
  /* some show the pointer again only when it moves */
  if (shows || is_moved (cursor, &self->told, state)) {
    send_move (connection, state);
    self->told.x = state->x;
    self->told.y = state->y;
  }
}

static void
send_first (CursorConnection *self, const State *state)
{
  SpcConnection *connection = SPC_CONNECTION (self);

  send_init (connection, state);
  if (state_is_seen (state))
    send_set (connection, state);
  self->told.x = state->x;
  self->told.y = state->y;
  self->initialised = true;
}

static void
send_update (CursorConnection *self, SpcCursor *cursor)
{
  const State *state = &cursor->state;
  bool was_seen = state_is_seen (&self->told);

  if (!self->initialised)
    send_first (self, state);
  else if (state_is_seen (state))
    send_seen (self, cursor, !was_seen);
  else if (was_seen)
    spc_connection_write (SPC_CONNECTION (self), SPICE_MSG_CURSOR_HIDE, NULL,
                          NULL);
  self->told.visible = state->visible;
  state_set_shape (&self->told, state->shape);
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
  const Shape *shape = cursor->state.shape;
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

  state_set_shape (&self->told, NULL);
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
  state_copy (&self->state, &self->posted);
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
  g_autoptr (Shape) shape = NULL;
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
    shape = shape_new (image, hot_x, hot_y);
  g_mutex_lock (&self->lock);
  post = !shape_equals (self->posted.shape, shape);
  if (post) {
    state_set_shape (&self->posted, shape);
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
  self->posted.x = (int16_t)CLAMP (x, G_MININT16, G_MAXINT16);
  self->posted.y = (int16_t)CLAMP (y, G_MININT16, G_MAXINT16);
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
spc_cursor_finalize (GObject *object)
{
  SpcCursor *self = SPC_CURSOR (object);

  state_set_shape (&self->posted, NULL);
  state_set_shape (&self->state, NULL);
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
}

static void
spc_cursor_init (SpcCursor *self)
{
  g_mutex_init (&self->lock);
  self->posted.visible = true;
  self->state.visible = true;
}
