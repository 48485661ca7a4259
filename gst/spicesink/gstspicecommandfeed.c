/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicecommandfeed.h"

#include "gst/common/gstspiceqxl.h"
#include "gst/spicesink/gstspicequic.h"
#include "gst/spicesink/gstspicewait.h"
#include "qxl/stream.h"
#include "qxl/validate.h"

/* batches and updates that the server has not dealt with yet, and bytes of
 * unpacked images in them */
#define MAX_WAITING 64
#define MAX_WAITING_BYTES GST_SPICE_QUIC_MAX_BATCH

struct _GstSpiceCommandFeed {
  /* set at construction */
  GstSpiceCommandSetup setup;
  SpcStrand *strand;
  /* pad thread */
  gboolean has_surfaces[QXL_MAX_SURFACES]; /* which are to be forgotten */
  /* under the lock */
  GMutex lock;
  GCond changed;
  guint n_waiting;     /* batches that the loop has not taken, and updates */
  gsize waiting_bytes; /* of unpacked images in them */
  guint n_pushing;
  guint n_watching; /* who wait for a change */
  gboolean is_flushing;
  gboolean is_interrupted; /* flushing, and the pad thread may not know yet */
  /* atomic, written under the lock */
  gint is_over; /* the loop takes no more */
};

static void
clear_feed (gpointer data)
{
  GstSpiceCommandFeed *self = data;

  spc_strand_unref (self->strand);
  gst_spice_report_unref (self->setup.report);
  g_object_unref (self->setup.display);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_feed);
}

/* changes: a system call where nobody may be waiting */

/* lock held */
static void
wait_for_change (GstSpiceCommandFeed *self)
{
  self->n_watching++;
  g_cond_wait (&self->changed, &self->lock);
  self->n_watching--;
}

/* lock held */
static void
tell_change (GstSpiceCommandFeed *self)
{
  if (self->n_watching > 0)
    g_cond_broadcast (&self->changed);
}

/* room */

/* OK: there is; CUSTOM_SUCCESS: there will be; FLUSHING: the server stopped */
static GstFlowReturn
look_for_room_unlocked (GstSpiceCommandFeed *self)
{
  if (self->is_over)
    return GST_FLOW_FLUSHING;
  return self->n_waiting < MAX_WAITING &&
                 self->waiting_bytes < MAX_WAITING_BYTES
             ? GST_FLOW_OK
             : GST_FLOW_CUSTOM_SUCCESS;
}

static GstFlowReturn
look_for_room (GstSpiceCommandFeed *self)
{
  GstFlowReturn ret;

  g_mutex_lock (&self->lock);
  ret = look_for_room_unlocked (self);
  g_mutex_unlock (&self->lock);
  return ret;
}

/* Flushing may have ended again before this thread has run. */
static void
wait_once (GstSpiceCommandFeed *self)
{
  g_mutex_lock (&self->lock);
  while (look_for_room_unlocked (self) == GST_FLOW_CUSTOM_SUCCESS &&
         !self->is_flushing && !self->is_interrupted)
    wait_for_change (self);
  self->is_interrupted = self->is_flushing;
  g_mutex_unlock (&self->lock);
}

/* A pause interrupts, too; what was not sent yet must not be lost by it, and
 * goes when the sink plays. */
static GstFlowReturn
wait_for_room (GstSpiceCommandFeed *self)
{
  GstFlowReturn ret = look_for_room (self), end = GST_FLOW_OK;

  while (ret == GST_FLOW_CUSTOM_SUCCESS && end == GST_FLOW_OK) {
    gst_spice_wait_begin (self->setup.sink);
    wait_once (self);
    end = gst_spice_wait_end (self->setup.sink, NULL, FALSE);
    ret = look_for_room (self);
  }
  return end == GST_FLOW_OK ? ret : end;
}

static void
take_room (GstSpiceCommandFeed *self, gsize n_bytes)
{
  g_mutex_lock (&self->lock);
  self->n_waiting++;
  self->waiting_bytes += n_bytes;
  g_mutex_unlock (&self->lock);
}

static void
give_room_back (GstSpiceCommandFeed *self, gsize n_bytes, gboolean was_taken)
{
  g_mutex_lock (&self->lock);
  self->n_waiting--;
  self->waiting_bytes -= n_bytes;
  if (!was_taken)
    g_atomic_int_set (&self->is_over, TRUE);
  tell_change (self);
  g_mutex_unlock (&self->lock);
}

/* a batch on its way, for the job that posts it and the loop that takes it */

typedef struct {
  GstSpiceCommandFeed *feed;
  QxlBatch *batch;
  gsize n_bytes;  /* of unpacked images */
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
  give_room_back (self, ride->n_bytes, g_atomic_int_get (&ride->was_taken));
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

  spc_display_post_commands (ride->feed->setup.display,
                             g_steal_pointer (&ride->batch), worker, on_taken,
                             g_atomic_rc_box_acquire (ride), leave_ride);
}

/* takes @batch, with so many bytes of unpacked images */
static void
send (GstSpiceCommandFeed *self, QxlBatch *batch, gsize n_bytes)
{
  Ride *ride = g_atomic_rc_box_new0 (Ride);

  ride->feed = g_atomic_rc_box_acquire (self);
  ride->batch = batch;
  ride->n_bytes = n_bytes;
  take_room (self, n_bytes);
  spc_strand_run (self->strand, post, ride, leave_ride);
}

/* what a producer asks for */

typedef struct {
  GstSpiceCommandFeed *feed;
  GstSpiceUpdate update;
  GstSpiceLeave *leave; /* NULL: to show no picture */
  gboolean was_taken;
} Ask;

static void
on_shown (QxlImage *image, gpointer data)
{
  Ask *ask = data;

  ask->was_taken = TRUE;
  gst_spice_report_update (ask->feed->setup.report, &ask->update, image,
                           g_steal_pointer (&ask->leave));
}

static void
end_ask (gpointer data)
{
  Ask *ask = data;

  gst_spice_leave_free (ask->leave);
  give_room_back (ask->feed, 0, ask->was_taken);
  release (ask->feed);
  g_free (ask);
}

/* all before it has been sent */
static void
ask (GstSpiceCommandFeed *self, const GstSpiceUpdate *update)
{
  const QxlRect none = {0};
  Ask *ask = g_new0 (Ask, 1);

  ask->feed = g_atomic_rc_box_acquire (self);
  ask->update = *update;
  ask->leave = gst_spice_report_ask_leave (self->setup.report, &update->area);
  take_room (self, 0);
  spc_display_snapshot (self->setup.display, update->surface_id,
                        ask->leave ? &update->area : &none, on_shown, ask,
                        end_ask);
}

/* reading */

/* a push under way */
typedef struct {
  GstSpiceCommandFeed *feed;
  GstSpiceQuic quic;
  QxlBatch *batch; /* for the display, in order */
  gboolean never_waits;
} Push;

static void
on_refused (gpointer user_data, guint record, const GError *error)
{
  gst_spice_report_refusal (error, ((Push *)user_data)->feed->setup.report);
}

static void
follow_surface (GstSpiceCommandFeed *self, uint32_t id, gboolean is_there)
{
  if (id < QXL_MAX_SURFACES)
    self->has_surfaces[id] = is_there;
}

static QxlImage *
on_quic (gpointer user_data, const uint8_t *data, size_t size, uint32_t width,
         uint32_t height, GError **error)
{
  return gst_spice_quic_decode (&((Push *)user_data)->quic, data, size, width,
                                height, error);
}

static void
send_all (Push *push)
{
  gsize n_bytes = push->quic.n_bytes;

  if (qxl_batch_is_empty (push->batch))
    return;
  push->quic.n_bytes = 0;
  send (push->feed, g_steal_pointer (&push->batch), n_bytes);
  push->batch = qxl_batch_new ();
}

static GstFlowReturn
take_update (Push *push, const QxlCommand *command)
{
  const GstSpiceUpdate update = {command->u.update.update_id,
                                 command->u.update.surface_id,
                                 command->u.update.area};
  GstFlowReturn ret = GST_FLOW_OK;

  send_all (push);
  if (!push->never_waits)
    ret = wait_for_room (push->feed);
  if (ret == GST_FLOW_OK)
    ask (push->feed, &update);
  return ret;
}

static void
send_cursor (Push *push, QxlCursorCommand *cursor)
{
  push->feed->setup.cursor (push->feed->setup.owner, cursor);
}

/* may take what is in @command */
static GstFlowReturn
take_command (Push *push, QxlCommand *command)
{
  switch (command->kind) {
  case QXL_COMMAND_CURSOR:
    send_cursor (push, g_steal_pointer (&command->u.cursor));
    return GST_FLOW_OK;
  case QXL_COMMAND_UPDATE:
    return take_update (push, command);
  case QXL_COMMAND_MESSAGE:
    GST_INFO ("message from the driver: %s", command->u.message);
    return GST_FLOW_OK;
  case QXL_COMMAND_SURFACE_CREATE:
    follow_surface (push->feed, command->u.create.surface_id, TRUE);
    break;
  case QXL_COMMAND_SURFACE_DESTROY:
    follow_surface (push->feed, command->u.destroy.surface_id, FALSE);
    /* the pointer belonged to what goes (spec: pointer state) */
    if (command->u.destroy.surface_id == QXL_PRIMARY_SURFACE)
      send_cursor (push, qxl_cursor_command_new (QXL_CURSOR_RESET));
    break;
  case QXL_COMMAND_MONITORS:
    command->u.monitors.n_heads =
        MIN (command->u.monitors.n_heads, push->feed->setup.max_monitors);
    command->u.monitors.max_heads =
        MIN (command->u.monitors.max_heads, push->feed->setup.max_monitors);
    break;
  default:
    break;
  }
  qxl_batch_take (push->batch, command);
  return GST_FLOW_OK;
}

/* OK: there is room, and the push may go on */
static GstFlowReturn
begin_push (GstSpiceCommandFeed *self, gboolean never_waits)
{
  g_mutex_lock (&self->lock);
  self->n_pushing++;
  g_mutex_unlock (&self->lock);
  return never_waits ? look_for_room (self) : wait_for_room (self);
}

static void
end_push (GstSpiceCommandFeed *self)
{
  g_mutex_lock (&self->lock);
  self->n_pushing--;
  tell_change (self);
  g_mutex_unlock (&self->lock);
}

/* in order */
static GstFlowReturn
push_commands (Push *push, QxlBatch *all)
{
  GstFlowReturn ret = GST_FLOW_OK;

  push->batch = qxl_batch_new ();
  for (guint i = 0; ret == GST_FLOW_OK && i < all->commands->len; i++)
    ret = take_command (push, &g_array_index (all->commands, QxlCommand, i));
  send_all (push);
  qxl_batch_free (push->batch);
  return ret;
}

static GstFlowReturn
push_bytes (GstSpiceCommandFeed *self, GBytes *bytes, gboolean never_waits)
{
  static const QxlStreamHooks hooks = {.quic = on_quic, .refused = on_refused};
  Push push = {.feed = self, .never_waits = never_waits};
  g_autoptr (QxlBatch) all = NULL;

  gst_spice_recorder_add_bytes (self->setup.recorder, bytes);
  all = qxl_stream_read_batch (bytes, &hooks, &push, NULL);
  return push_commands (&push, all);
}

static GstFlowReturn
push_buffer (GstSpiceCommandFeed *self, GstBuffer *buffer, gboolean never_waits)
{
  GstFlowReturn ret = begin_push (self, never_waits);
  g_autoptr (GBytes) bytes = NULL;

  if (ret == GST_FLOW_OK) {
    bytes = gst_spice_qxl_bytes (buffer);
    ret = bytes ? push_bytes (self, bytes, never_waits) : GST_FLOW_ERROR;
  }
  end_push (self);
  return ret;
}

GstFlowReturn
gst_spice_command_feed_push (GstSpiceCommandFeed *self, GstBuffer *buffer)
{
  return push_buffer (self, buffer, FALSE);
}

GstFlowReturn
gst_spice_command_feed_try (GstSpiceCommandFeed *self, GstBuffer *buffer)
{
  return push_buffer (self, buffer, TRUE);
}

void
gst_spice_command_feed_forget (GstSpiceCommandFeed *self)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  Push push = {.feed = self};

  /* the primary last, as the pointer goes with it */
  for (guint id = QXL_MAX_SURFACES; id-- > 0;)
    if (self->has_surfaces[id])
      qxl_batch_destroy_surface (batch, id);
  if (!qxl_batch_is_empty (batch))
    gst_spice_recorder_add_batch (self->setup.recorder, batch);
  push_commands (&push, batch);
}

/* life */

GstSpiceCommandFeed *
gst_spice_command_feed_new (const GstSpiceCommandSetup *setup)
{
  GstSpiceCommandFeed *self = g_atomic_rc_box_new0 (GstSpiceCommandFeed);

  self->setup = *setup;
  g_object_ref (setup->display);
  gst_spice_report_ref (setup->report);
  self->strand = spc_strand_new (setup->jobs);
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
  self->is_interrupted |= is_flushing;
  tell_change (self);
  g_mutex_unlock (&self->lock);
}

void
gst_spice_command_feed_stop (GstSpiceCommandFeed *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->is_flushing = self->is_interrupted = TRUE;
  tell_change (self);
  while (self->n_pushing > 0)
    wait_for_change (self);
  g_mutex_unlock (&self->lock);
  release (self);
}
