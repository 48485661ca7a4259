/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cursor-channel.h"

#include "cursor-connection.h"
#include "server-core/channel/server.h"
#include "server-core/wire/protocol.h"

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

/* from producers to the loop */

static void
update (SpcConnection *connection, gpointer user_data)
{
  spc_cursor_connection_update (connection);
}

static void
update_all (SpcCursor *self)
{
  spc_channel_foreach (SPC_CHANNEL (self), update, NULL);
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

const SpcPointerState *
spc_cursor_state (SpcCursor *self)
{
  return &self->state;
}

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
  channel->connection_type = SPC_TYPE_CURSOR_CONNECTION;
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
