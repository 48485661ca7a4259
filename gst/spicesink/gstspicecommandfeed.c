/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicecommandfeed.h"

#include "qxl/stream.h"
#include "qxl/validate.h"
#include "server-core/image/quic-decode.h"

/* batches that the loop has not taken yet */
#define MAX_BATCHES 64

struct _GstSpiceCommandFeed {
  /* set at construction */
  SpcDisplay *display;
  SpcStrand *strand;
  GstSpiceRecorder *recorder; /* not owned; NULL: none */
  GstSpiceCommandFuncs funcs;
  gpointer owner;
  /* pad thread */
  gboolean has_surfaces[QXL_MAX_SURFACES]; /* which are to be forgotten */
  /* under the lock */
  GMutex lock;
  GCond changed;
  guint n_waiting; /* batches that the loop has not taken */
  guint n_pushing;
  gboolean is_flushing;
  gboolean is_over; /* the loop takes no more */
};

static void
clear_feed (gpointer data)
{
  GstSpiceCommandFeed *self = data;

  spc_strand_unref (self->strand);
  g_object_unref (self->display);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_feed);
}

/* a batch on its way, for the job that posts it and the loop that takes it */

typedef struct {
  GstSpiceCommandFeed *feed;
  QxlBatch *batch;
  gint was_taken; /* atomic */
} Ride;

static void
on_taken (gpointer data)
{
  g_atomic_int_set (&((Ride *)data)->was_taken, 1);
}

static void
end_ride (gpointer data)
{
  Ride *ride = data;
  GstSpiceCommandFeed *self = ride->feed;

  qxl_batch_free (ride->batch);
  g_mutex_lock (&self->lock);
  self->n_waiting--;
  self->is_over |= !g_atomic_int_get (&ride->was_taken);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  release (self);
}

static void
leave_ride (gpointer ride)
{
  g_atomic_rc_box_release_full (ride, end_ride);
}

static void
post (SpcWorker *worker, gpointer data)
{
  Ride *ride = data;

  spc_display_post_commands (ride->feed->display,
                             g_steal_pointer (&ride->batch), worker, on_taken,
                             g_atomic_rc_box_acquire (ride), leave_ride);
}

/* takes @batch */
static void
send (GstSpiceCommandFeed *self, QxlBatch *batch)
{
  Ride *ride = g_atomic_rc_box_new0 (Ride);

  ride->feed = g_atomic_rc_box_acquire (self);
  ride->batch = batch;
  g_mutex_lock (&self->lock);
  self->n_waiting++;
  g_mutex_unlock (&self->lock);
  spc_strand_run (self->strand, post, ride, leave_ride);
}

/* reading */

static void
on_refused (gpointer user_data, guint record, const GError *error)
{
  GstSpiceCommandFeed *self = user_data;

  self->funcs.refused (self->owner, error);
}

static void
follow_surface (GstSpiceCommandFeed *self, uint32_t id, gboolean is_there)
{
  if (id < QXL_MAX_SURFACES)
    self->has_surfaces[id] = is_there;
}

/* what is not the display's; true: it is left out of the batch */
static bool
divert (GstSpiceCommandFeed *self, QxlCommand *command)
{
  switch (command->kind) {
  case QXL_COMMAND_CURSOR:
    self->funcs.cursor (self->owner, g_steal_pointer (&command->u.cursor));
    return true;
  case QXL_COMMAND_UPDATE:
    self->funcs.update (self->owner, command->u.update.surface_id,
                        &command->u.update.area, command->u.update.update_id);
    return true;
  case QXL_COMMAND_MESSAGE:
    GST_INFO ("message from the driver: %s", command->u.message);
    return true;
  case QXL_COMMAND_SURFACE_CREATE:
    follow_surface (self, command->u.create.surface_id, TRUE);
    return false;
  case QXL_COMMAND_SURFACE_DESTROY:
    follow_surface (self, command->u.destroy.surface_id, FALSE);
    /* the pointer belonged to what goes (spec: pointer state) */
    if (command->u.destroy.surface_id == QXL_PRIMARY_SURFACE)
      self->funcs.cursor (self->owner,
                          qxl_cursor_command_new (QXL_CURSOR_RESET));
    return false;
  default:
    return false;
  }
}

/* takes @batch; what is left for the display, in order */
static QxlBatch *
divert_all (GstSpiceCommandFeed *self, QxlBatch *batch)
{
  g_autoptr (QxlBatch) all = batch;
  QxlBatch *rest = qxl_batch_new ();

  for (guint i = 0; i < all->commands->len; i++) {
    QxlCommand *command = &g_array_index (all->commands, QxlCommand, i);

    if (!divert (self, command))
      qxl_batch_take (rest, command);
  }
  return rest;
}

/* the buffer's memory lives as long as an image in it */

typedef struct {
  GstBuffer *buffer;
  GstMapInfo map;
} Mapping;

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  gst_buffer_unmap (mapping->buffer, &mapping->map);
  gst_buffer_unref (mapping->buffer);
  g_free (mapping);
}

static GBytes *
map_buffer (GstBuffer *buffer)
{
  Mapping *mapping = g_new (Mapping, 1);

  mapping->buffer = gst_buffer_ref (buffer);
  if (!gst_buffer_map (buffer, &mapping->map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    g_free (mapping);
    return NULL;
  }
  return g_bytes_new_with_free_func (mapping->map.data, mapping->map.size,
                                     unmap, mapping);
}

/* true: there is room, and the push is under way */
static GstFlowReturn
begin_push (GstSpiceCommandFeed *self)
{
  GstFlowReturn ret = GST_FLOW_OK;

  g_mutex_lock (&self->lock);
  self->n_pushing++;
  while (self->n_waiting >= MAX_BATCHES && !self->is_flushing && !self->is_over)
    g_cond_wait (&self->changed, &self->lock);
  if (self->is_flushing || self->is_over)
    ret = GST_FLOW_FLUSHING;
  g_mutex_unlock (&self->lock);
  return ret;
}

static void
end_push (GstSpiceCommandFeed *self)
{
  g_mutex_lock (&self->lock);
  self->n_pushing--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static QxlImage *
decode_quic (gpointer user_data, const uint8_t *data, size_t size,
             uint32_t width, uint32_t height, GError **error)
{
  return spc_quic_decode (data, size, width, height, error);
}

/* takes @batch */
static void
push_batch (GstSpiceCommandFeed *self, QxlBatch *batch)
{
  batch = divert_all (self, batch);
  if (qxl_batch_is_empty (batch))
    qxl_batch_free (batch);
  else
    send (self, batch);
}

static void
push_bytes (GstSpiceCommandFeed *self, GBytes *bytes)
{
  static const QxlStreamHooks hooks = {.quic = decode_quic,
                                       .refused = on_refused};

  gst_spice_recorder_add_bytes (self->recorder, bytes);
  push_batch (self, qxl_stream_read_batch (bytes, &hooks, self, NULL));
}

GstFlowReturn
gst_spice_command_feed_push (GstSpiceCommandFeed *self, GstBuffer *buffer)
{
  GstFlowReturn ret = begin_push (self);
  g_autoptr (GBytes) bytes = NULL;

  if (ret == GST_FLOW_OK) {
    bytes = map_buffer (buffer);
    if (bytes)
      push_bytes (self, bytes);
    else
      ret = GST_FLOW_ERROR;
  }
  end_push (self);
  return ret;
}

void
gst_spice_command_feed_forget (GstSpiceCommandFeed *self)
{
  QxlBatch *batch = qxl_batch_new ();

  /* the primary last, as the pointer goes with it */
  for (guint id = QXL_MAX_SURFACES; id-- > 0;)
    if (self->has_surfaces[id])
      qxl_batch_destroy_surface (batch, id);
  if (!qxl_batch_is_empty (batch))
    gst_spice_recorder_add_batch (self->recorder, batch);
  push_batch (self, batch);
}

/* life */

GstSpiceCommandFeed *
gst_spice_command_feed_new (SpcDisplay *display, SpcJobs *jobs,
                            GstSpiceRecorder *recorder,
                            const GstSpiceCommandFuncs *funcs, gpointer owner)
{
  GstSpiceCommandFeed *self = g_atomic_rc_box_new0 (GstSpiceCommandFeed);

  self->display = g_object_ref (display);
  self->strand = spc_strand_new (jobs);
  self->recorder = recorder;
  self->funcs = *funcs;
  self->owner = owner;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

void
gst_spice_command_feed_set_flushing (GstSpiceCommandFeed *self,
                                     gboolean is_flushing)
{
  g_mutex_lock (&self->lock);
  self->is_flushing = is_flushing;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_command_feed_stop (GstSpiceCommandFeed *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->is_flushing = TRUE;
  g_cond_broadcast (&self->changed);
  while (self->n_pushing > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  release (self);
}
