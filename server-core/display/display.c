/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display.h"

#include "demand.h"
#include "display-connection.h"
#include "display-counters.h"
#include "display-items.h"
#include "display-private.h"
#include "draft.h"
#include "fan-out.h"
#include "head-list.h"
#include "listener.h"
#include "server-core/channel/server.h"
#include "server-core/wire/protocol.h"
#include "snapshot-item.h"

struct _SpcDisplay {
  SpcChannel parent;
  /* set at construction, read by any thread */
  SpcJobs *jobs;
  SpcRecentNames *recent;
  SpcListener room_listener, refused_listener;
  /* loop thread only */
  SpcPicture *picture;
  SpcGlzGroup *glz_group;
  SpcKeepPolicy *keep_policy;
  SpcSurfaceList *surfaces;
  SpcFanOut *fan_out;
  SpcStreams *streams;
  SpcHeadList *heads;
  bool pump_posted;
  bool has_new_primary; /* of which viewers have not been told */
  GHashTable *wholes;   /* surface id → newest SpcItem with all of it */
  /* atomic: written by the producer and the loop */
  gint in_flight; /* batches posted and not done with */
  gint demand;    /* demand.h: who waits for what */
  SpcDisplayCounters counters;
};

G_DEFINE_FINAL_TYPE (SpcDisplay, spc_display, SPC_TYPE_CHANNEL)

/* counters */

void
spc_display_stats (SpcDisplay *self, SpcDisplayStats *stats)
{
  spc_display_counters_read (&self->counters, stats);
}

void
spc_display_count_encoded (SpcDisplay *self)
{
  SPC_COUNT (&self->counters, images_encoded, 1);
}

void
spc_display_count_fold (SpcDisplay *self)
{
  SPC_COUNT (&self->counters, folds, 1);
}

void
spc_display_count_snapshot (SpcDisplay *self)
{
  SPC_COUNT (&self->counters, snapshots, 1);
}

void
spc_display_count_dropped (SpcDisplay *self, guint n_draws)
{
  SPC_COUNT (&self->counters, draws_dropped, n_draws);
}

void
spc_display_count_stream (SpcDisplay *self)
{
  SPC_COUNT (&self->counters, streams, 1);
}

void
spc_display_count_video_frame (SpcDisplay *self)
{
  SPC_COUNT (&self->counters, video_frames, 1);
}

static void
display_add_stats (SpcChannel *channel, GVariantDict *dict)
{
  spc_display_counters_tell (&SPC_DISPLAY (channel)->counters, dict);
}

/* surfaces */

SpcPicture *
spc_display_picture (SpcDisplay *self)
{
  return self->picture;
}

SpcGlzGroup *
spc_display_glz_group (SpcDisplay *self)
{
  return self->glz_group;
}

SpcStreams *
spc_display_streams (SpcDisplay *self)
{
  return self->streams;
}

SpcKeepPolicy *
spc_display_keep_policy (SpcDisplay *self)
{
  return self->keep_policy;
}

SpcRecentNames *
spc_display_recent_names (SpcDisplay *self)
{
  return self->recent;
}

const SpcSurfaceList *
spc_display_surfaces (SpcDisplay *self)
{
  return self->surfaces;
}

SpcEncodeTicket *
spc_display_encode (SpcDisplay *self, QxlImage *image,
                    const SpcEncodeOrder *order, const SpcContentId *content,
                    SpcFunc done)
{
  SPC_COUNT (&self->counters, images_encoded, 1);
  return spc_encode_ticket_new (spc_channel_loop (SPC_CHANNEL (self)),
                                self->jobs, image, order, content, done,
                                g_object_ref (self), g_object_unref);
}

void
spc_display_update_demand (SpcDisplay *self)
{
  guint demand = spc_demand_of (spc_channel_connections (SPC_CHANNEL (self)),
                                self->glz_group);

  g_atomic_int_set (&self->demand, (gint)demand);
}

static void
pump (gpointer user_data)
{
  SpcDisplay *self = user_data;

  self->pump_posted = false;
  spc_channel_pump_all (SPC_CHANNEL (self));
  spc_display_update_demand (self);
}

void
spc_display_pump_soon (SpcDisplay *self)
{
  if (self->pump_posted)
    return;
  self->pump_posted = true;
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), pump,
                 g_object_ref (self), g_object_unref);
}

bool
spc_display_is_kept_by_all (SpcDisplay *self, const SpcContentId *content)
{
  GPtrArray *connections = spc_channel_connections (SPC_CHANNEL (self));

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);

    if (spc_display_connection_is_ready (connection) &&
        !spc_display_connection_keeps (
            connection, content,
            spc_display_connection_coding (connection).permits_loss))
      return false;
  }
  return true;
}

SpcItem *
spc_display_whole_surface (SpcDisplay *self, uint32_t surface_id)
{
  const SpcSurfaceInfo *info =
      spc_surface_list_find (self->surfaces, surface_id);
  const QxlRect all =
      QXL_RECT (0, 0, (int32_t)info->width, (int32_t)info->height);
  SpcItem *item =
      g_hash_table_lookup (self->wholes, GUINT_TO_POINTER (surface_id));

  if (item == NULL) {
    spc_display_count_snapshot (self);
    item = spc_snapshot_item_new (self, surface_id, &all, 1);
    g_hash_table_insert (self->wholes, GUINT_TO_POINTER (surface_id), item);
  }
  return spc_item_ref (item);
}

SpcItem *
spc_display_heads_item (SpcDisplay *self)
{
  return spc_head_list_item (
      self->heads, spc_surface_list_find (self->surfaces, QXL_PRIMARY_SURFACE));
}

/* validation */

static void
tell_refused (SpcDisplay *self, const GError *error)
{
  SpcListenerCall call;

  if (!spc_listener_begin (&self->refused_listener, &call))
    return;
  ((SpcRefusedFunc)call.func) (error, call.user_data);
  spc_listener_end (&call);
}

static bool
check_command (SpcDisplay *self, const QxlCommand *command)
{
  g_autoptr (GError) error = NULL;

  if (spc_surface_list_check (self->surfaces, command, &error))
    return true;
  SPC_WARNING (SPC_LOG_DISPLAY, "%s: command dropped: %s",
               spc_channel_name (SPC_CHANNEL (self)), error->message);
  SPC_COUNT (&self->counters, invalid_commands, 1);
  tell_refused (self, error);
  return false;
}

void
spc_display_set_refused_func (SpcDisplay *self, SpcRefusedFunc func,
                              gpointer user_data, GDestroyNotify destroy)
{
  spc_listener_set (&self->refused_listener, G_CALLBACK (func), user_data,
                    destroy);
}

/* room */

guint
spc_display_room (SpcDisplay *self)
{
  gint in_flight = g_atomic_int_get (&self->in_flight);

  return in_flight < SPC_MAX_BATCHES ? (guint)(SPC_MAX_BATCHES - in_flight) : 0;
}

static void
batch_done (gpointer user_data)
{
  SpcDisplay *self = user_data;
  SpcListenerCall call;

  g_atomic_int_add (&self->in_flight, -1);
  if (!spc_listener_begin (&self->room_listener, &call))
    return;
  ((SpcFunc)call.func) (call.user_data);
  spc_listener_end (&call);
}

void
spc_display_set_room_func (SpcDisplay *self, SpcFunc func, gpointer user_data,
                           GDestroyNotify destroy)
{
  spc_listener_set (&self->room_listener, G_CALLBACK (func), user_data,
                    destroy);
}

/* batches */

typedef struct {
  SpcDisplay *display;
  SpcDraftedBatch drafted;
  int64_t time_us; /* monotonic, when it was posted */
  bool takes_room;
  /* or NULL */
  SpcFunc taken;
  gpointer user_data;
  GDestroyNotify destroy;
} Post;

static void
post_free (gpointer data)
{
  Post *post = data;

  if (post->destroy != NULL)
    post->destroy (post->user_data);
  spc_drafted_batch_clear (&post->drafted);
  g_object_unref (post->display);
  g_free (post);
}

static void
tell_surface (SpcDisplay *self, uint32_t id, bool is_blank)
{
  GPtrArray *connections = spc_channel_connections (SPC_CHANNEL (self));

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_display_connection_add_surface (connection, id, is_blank);
  }
}

/* The primary is told whole once the batch that creates it has been applied, or
 * something is taken from it: so the first picture is one draw. Others are told
 * at once, and then what is drawn on them; but surfaces of alpha, of which
 * drivers make hundreds for glyphs, only with the first draw that makes use of
 * them. */
static void
tell_primary (SpcDisplay *self)
{
  if (!self->has_new_primary)
    return;
  self->has_new_primary = false;
  if (spc_surface_list_find (self->surfaces, QXL_PRIMARY_SURFACE) != NULL)
    tell_surface (self, QXL_PRIMARY_SURFACE, false);
}

static void
remove_surface (SpcConnection *connection, gpointer user_data)
{
  spc_display_connection_remove_surface (connection,
                                         GPOINTER_TO_UINT (user_data));
}

static void
create_surface (SpcDisplay *self, const QxlCommand *command)
{
  const SpcSurfaceInfo info = {
      .id = command->u.create.surface_id,
      .width = command->u.create.width,
      .height = command->u.create.height,
      .format = command->u.create.format,
  };

  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: surface %u is %ux%u",
             spc_channel_name (SPC_CHANNEL (self)), info.id, info.width,
             info.height);
  if (info.id == QXL_PRIMARY_SURFACE)
    spc_streams_set_primary (self->streams, info.width, info.height);
  spc_surface_list_add (self->surfaces, &info);
  spc_fan_out_add_surface (self->fan_out, info.id, info.width, info.height);
  if (info.id == QXL_PRIMARY_SURFACE)
    self->has_new_primary = true;
  else if (info.format == QXL_FORMAT_A8)
    spc_channel_foreach (SPC_CHANNEL (self), remove_surface,
                         GUINT_TO_POINTER (info.id));
  else
    tell_surface (self, info.id, true);
}

/* takes @draft */
static void
draw (SpcDisplay *self, QxlDrawable *draw, SpcDraft *draft)
{
  g_autoptr (SpcDraft) mine = draft;

  SPC_COUNT (&self->counters, draws, 1);
  spc_streams_draw (self->streams, draw);
  if (draw->surface_id != QXL_PRIMARY_SURFACE &&
      qxl_drawable_reads (draw, QXL_PRIMARY_SURFACE))
    tell_primary (self);
  if (draw->surface_id != QXL_PRIMARY_SURFACE || !self->has_new_primary)
    spc_fan_out_draw (self->fan_out, draw, g_steal_pointer (&mine));
}

static void
send_heads (SpcConnection *connection, gpointer user_data)
{
  if (!spc_display_connection_is_ready (connection))
    return;
  spc_display_connection_send_heads (connection);
  spc_connection_pump (connection);
}

void
spc_display_use_heads (SpcDisplay *self, const QxlHead *heads, guint n_heads,
                       guint max_heads)
{
  spc_head_list_set (self->heads, heads, n_heads, max_heads);
  if (spc_surface_list_find (self->surfaces, QXL_PRIMARY_SURFACE) != NULL &&
      !self->has_new_primary)
    spc_channel_foreach (SPC_CHANNEL (self), send_heads, NULL);
}

/* Moves become plain ones, that more is known of. false: nothing is moved. */
static bool
make_plain (SpcDisplay *self, QxlCommand *command)
{
  QxlDrawable *move;

  if (command->kind != QXL_COMMAND_DRAW ||
      !qxl_drawable_is_move (command->u.draw))
    return true;
  move = spc_surface_list_plain_move (self->surfaces, command->u.draw);
  if (move == NULL)
    return false;
  qxl_drawable_unref (command->u.draw);
  command->u.draw = move;
  return true;
}

static void apply (SpcDisplay *self, QxlCommand *command, SpcDraft *draft);

/* one by one: what is wrong about one of them is not the others' fault */
static void
apply_apart (SpcDisplay *self, const QxlDrawable *joined)
{
  const QxlOperation *op = joined->u.operation;

  for (guint i = 0; i < op->n_clip_rects; i++) {
    QxlDrawable *fill = qxl_drawable_new_fill (
        joined->surface_id, &op->clip_rects[i], op->u.fill.brush.color);
    QxlCommand command = {.kind = QXL_COMMAND_DRAW, .u.draw = fill};

    apply (self, &command, NULL);
    qxl_drawable_unref (fill);
  }
}

static bool
is_whole (SpcDisplay *self, const QxlCommand *command)
{
  return spc_surface_list_check (self->surfaces, command, NULL);
}

/* takes @draft */
static void
apply (SpcDisplay *self, QxlCommand *command, SpcDraft *draft)
{
  g_autoptr (SpcDraft) mine = draft;

  if (mine != NULL && mine->is_joined && !is_whole (self, command)) {
    apply_apart (self, command->u.draw);
    return;
  }
  if (!check_command (self, command) || !make_plain (self, command))
    return;
  g_hash_table_remove_all (self->wholes);
  spc_picture_apply (self->picture, command);
  switch (command->kind) {
  case QXL_COMMAND_SURFACE_CREATE:
    create_surface (self, command);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    if (command->u.destroy.surface_id == QXL_PRIMARY_SURFACE)
      spc_streams_set_primary (self->streams, 0, 0);
    spc_surface_list_remove (self->surfaces, command->u.destroy.surface_id);
    spc_channel_foreach (SPC_CHANNEL (self), remove_surface,
                         GUINT_TO_POINTER (command->u.destroy.surface_id));
    spc_fan_out_drop_surface (self->fan_out, command->u.destroy.surface_id);
    break;
  case QXL_COMMAND_DRAW:
    draw (self, command->u.draw, g_steal_pointer (&mine));
    break;
  case QXL_COMMAND_MONITORS:
    spc_display_use_heads (self, command->u.monitors.heads,
                           command->u.monitors.n_heads,
                           command->u.monitors.max_heads);
    break;
  case QXL_COMMAND_CURSOR:
  case QXL_COMMAND_UPDATE:
  case QXL_COMMAND_MESSAGE:
    break;
  }
}

/* the end's own reference goes last: with no viewer, room comes back here */
static void
end_batch (SpcDisplay *self)
{
  GPtrArray *connections = spc_channel_connections (SPC_CHANNEL (self));
  g_autoptr (SpcItem) end =
      spc_batch_end_item_new (batch_done, g_object_ref (self), g_object_unref);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_display_connection_end_batch (connection, end);
  }
}

static void
bound_pipe (SpcConnection *connection, gpointer user_data)
{
  if (spc_display_connection_is_ready (connection))
    spc_display_connection_bound_pipe (connection);
}

static void
take_batch (gpointer user_data)
{
  Post *post = user_data;
  SpcDisplay *self = post->display;

  SPC_COUNT (&self->counters, batches, 1);
  for (guint i = 0; i < post->drafted.batch->commands->len; i++)
    apply (self, &g_array_index (post->drafted.batch->commands, QxlCommand, i),
           spc_drafted_batch_steal (&post->drafted, i));
  tell_primary (self);
  spc_streams_end_batch (self->streams, post->drafted.batch, post->time_us);
  if (post->takes_room)
    end_batch (self);
  else
    spc_channel_foreach (SPC_CHANNEL (self), bound_pipe, NULL);
  spc_channel_pump_all (SPC_CHANNEL (self));
  spc_display_update_demand (self);
  if (post->taken != NULL)
    post->taken (post->user_data);
}

/* takes @post but for the display */
static void
send_post (SpcDisplay *self, const Post *post,
           void (*cross) (SpcLoop *, SpcFunc, gpointer, GDestroyNotify))
{
  Post *sent = g_memdup2 (post, sizeof *post);

  sent->display = g_object_ref (self);
  sent->time_us = g_get_monotonic_time ();
  if (sent->takes_room)
    g_atomic_int_inc (&self->in_flight);
  cross (spc_channel_loop (SPC_CHANNEL (self)), take_batch, sent, post_free);
}

void
spc_display_post (SpcDisplay *self, QxlBatch *batch)
{
  send_post (self, &(Post){.drafted.batch = batch, .takes_room = true},
             spc_loop_post);
}

/* what viewers are told whole, once all of it is drawn */
static bool
makes_primary (const QxlBatch *batch)
{
  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    if (command->kind == QXL_COMMAND_SURFACE_CREATE &&
        command->u.create.surface_id == QXL_PRIMARY_SURFACE)
      return true;
  }
  return false;
}

void
spc_display_films (SpcDisplay *self, GArray *areas)
{
  spc_streams_films (self->streams, areas);
}

static void
draft (SpcDisplay *self, QxlBatch *batch, SpcWorker *worker,
       SpcDraftedBatch *drafted)
{
  guint demand =
      makes_primary (batch) ? 0 : (guint)g_atomic_int_get (&self->demand);
  g_autoptr (GArray) areas = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  const SpcDraftOrder order = {
      .cuts = true,
      .demand = demand & ~SPC_DEMAND_GLZ,
      .glz_group = self->glz_group,
      .is_slot_awaited = (demand & SPC_DEMAND_GLZ) != 0,
      .recent = self->recent,
      .video_areas = areas,
  };
  guint n_encoded;

  spc_streams_areas (self->streams, areas);
  n_encoded = spc_draft_batch (batch, &order, worker, drafted);

  SPC_COUNT (&self->counters, images_encoded, n_encoded);
}

void
spc_display_post_from (SpcDisplay *self, QxlBatch *batch, SpcWorker *worker)
{
  Post post = {.takes_room = true};

  draft (self, batch, worker, &post.drafted);
  send_post (self, &post, spc_loop_run);
}

void
spc_display_post_commands (SpcDisplay *self, QxlBatch *batch, SpcWorker *worker,
                           SpcFunc taken, gpointer user_data,
                           GDestroyNotify destroy)
{
  Post post = {.taken = taken, .user_data = user_data, .destroy = destroy};

  draft (self, batch, worker, &post.drafted);
  send_post (self, &post, spc_loop_run);
}

/* life */

SpcDisplay *
spc_display_new (SpcServer *server, uint8_t id)
{
  SpcDisplay *self = g_object_new (SPC_TYPE_DISPLAY, NULL);

  spc_channel_construct (SPC_CHANNEL (self), server, id);
  self->jobs = spc_jobs_ref (spc_server_jobs (server));
  self->recent = spc_recent_names_new ();
  self->picture =
      spc_picture_new (spc_channel_loop (SPC_CHANNEL (self)), self->jobs);
  self->streams = spc_streams_new (self);
  self->glz_group =
      spc_glz_group_new (spc_channel_loop (SPC_CHANNEL (self)), self->jobs);
  return self;
}

/* items keep a reference to the display, so they must not stay with it */
static void
display_detached (SpcChannel *channel)
{
  g_hash_table_remove_all (SPC_DISPLAY (channel)->wholes);
  spc_streams_stop (SPC_DISPLAY (channel)->streams);
}

static void
spc_display_finalize (GObject *object)
{
  SpcDisplay *self = SPC_DISPLAY (object);

  spc_listener_clear (&self->room_listener);
  spc_listener_clear (&self->refused_listener);
  spc_streams_free (self->streams);
  spc_picture_free (self->picture);
  spc_glz_group_free (self->glz_group);
  spc_recent_names_free (self->recent);
  spc_keep_policy_free (self->keep_policy);
  spc_fan_out_free (self->fan_out);
  spc_surface_list_free (self->surfaces);
  g_hash_table_unref (self->wholes);
  spc_head_list_free (self->heads);
  spc_jobs_unref (self->jobs);
  g_mutex_clear (&self->counters.lock);
  G_OBJECT_CLASS (spc_display_parent_class)->finalize (object);
}

static void
spc_display_class_init (SpcDisplayClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_display_finalize;
  channel->channel_type = SPICE_CHANNEL_DISPLAY;
  channel->connection_type = SPC_TYPE_DISPLAY_CONNECTION;
  channel->detached = display_detached;
  channel->add_stats = display_add_stats;
  spc_caps_set (&channel->caps, SPICE_DISPLAY_CAP_MONITORS_CONFIG);
  spc_caps_set (&channel->caps, SPICE_DISPLAY_CAP_STREAM_REPORT);
  spc_caps_set (&channel->caps, SPICE_DISPLAY_CAP_PREF_COMPRESSION);
  spc_caps_set (&channel->caps, SPICE_DISPLAY_CAP_PREF_VIDEO_CODEC_TYPE);
}

static void
unref_item (gpointer item)
{
  spc_item_unref (item);
}

static void
spc_display_init (SpcDisplay *self)
{
  g_mutex_init (&self->counters.lock);
  spc_listener_init (&self->room_listener);
  spc_listener_init (&self->refused_listener);
  self->keep_policy = spc_keep_policy_new ();
  self->surfaces = spc_surface_list_new ();
  self->wholes =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, unref_item);
  self->fan_out = spc_fan_out_new (self);
  self->heads = spc_head_list_new ();
}
