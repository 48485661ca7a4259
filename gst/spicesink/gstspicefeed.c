/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesink/gstspicefeed.h"

#include "gst/common/gstspicedamage.h"
#include "gst/common/gstspiceframe.h"
#include "gst/spicesink/gstspicedirty.h"
#include "qxl/differ.h"

/* Frames kept beyond basesink's: one in the slot, one being compared. */
#define EXTRA_BUFFERS 2
/* A job that takes less is run where its frame comes: so the frame is at the
 * viewers one change of threads earlier. What takes longer would keep the
 * pipeline from its next frame; the time is what the last one took. */
#define SHORT_JOB_US 2000

struct _GstSpiceFeed {
  /* set at construction */
  SpcDisplay *display;
  GstSpiceRecorder *recorder; /* not owned; NULL: none */
  SpcStrand *strand;
  QxlBlocks *blocks;
  /* under the lock, which is never held while calling out, but to the display
   * for its room */
  GMutex lock;
  GCond idle;
  GstBuffer *slot;
  GstVideoInfo slot_info;
  GstSpiceDirty dirty; /* since the frame compared last */
  gboolean is_busy;    /* a job is queued or at work */
  gboolean has_run;    /* the job, not only its end */
  gboolean is_short;   /* the last job was */
  gboolean is_stopped;
  GstSpiceFeedStats stats;
  /* strand only */
  QxlDiffer *differ;
  GstVideoInfo differ_info;
  GArray *films; /* QxlRect */
};

static void
clear_feed (gpointer data)
{
  GstSpiceFeed *self = data;

  gst_clear_buffer (&self->slot);
  qxl_differ_free (self->differ);
  g_array_unref (self->films);
  gst_spice_dirty_clear (&self->dirty);
  spc_strand_unref (self->strand);
  qxl_blocks_unref (self->blocks);
  g_object_unref (self->display);
  g_cond_clear (&self->idle);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_feed);
}

/* the job: strand */

static bool
is_same_picture (const GstVideoInfo *a, const GstVideoInfo *b)
{
  return GST_VIDEO_INFO_FORMAT (a) == GST_VIDEO_INFO_FORMAT (b) &&
         GST_VIDEO_INFO_WIDTH (a) == GST_VIDEO_INFO_WIDTH (b) &&
         GST_VIDEO_INFO_HEIGHT (a) == GST_VIDEO_INFO_HEIGHT (b);
}

static void
prepend_surface (QxlBatch *batch, const GstVideoInfo *info)
{
  QxlCommand create = {
      .kind = QXL_COMMAND_SURFACE_CREATE,
      .u.create =
          {
              .surface_id = QXL_PRIMARY_SURFACE,
              .width = (uint32_t)GST_VIDEO_INFO_WIDTH (info),
              .height = (uint32_t)GST_VIDEO_INFO_HEIGHT (info),
              .format = QXL_FORMAT_BGRX,
          },
  };

  g_array_prepend_val (batch->commands, create);
}

static bool
needs_surface (GstSpiceFeed *self, const GstVideoInfo *info)
{
  return !self->differ ||
         GST_VIDEO_INFO_WIDTH (info) !=
             GST_VIDEO_INFO_WIDTH (&self->differ_info) ||
         GST_VIDEO_INFO_HEIGHT (info) !=
             GST_VIDEO_INFO_HEIGHT (&self->differ_info);
}

static void
renew_differ (GstSpiceFeed *self, const GstVideoInfo *info)
{
  qxl_differ_free (self->differ);
  self->differ = qxl_differ_new (
      gst_spice_format_from_video (GST_VIDEO_INFO_FORMAT (info)),
      (uint32_t)GST_VIDEO_INFO_WIDTH (info),
      (uint32_t)GST_VIDEO_INFO_HEIGHT (info));
  self->differ_info = *info;
  if (self->differ)
    qxl_differ_use_blocks (self->differ, self->blocks);
}

static QxlBatch *
push_frame (GstSpiceFeed *self, const GstVideoFrame *frame,
            const QxlRegion *damage)
{
  const uint8_t *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  size_t stride = (size_t)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  const QxlRect *rects;
  int n_rects;

  g_array_set_size (self->films, 0);
  spc_display_films (self->display, self->films);
  qxl_differ_set_films (self->differ,
                        (const QxlRect *)(gpointer)self->films->data,
                        self->films->len);
  if (!damage)
    return qxl_differ_push (self->differ, pixels, stride);
  rects = qxl_region_rects (damage, &n_rects);
  return qxl_differ_push_damaged (self->differ, pixels, stride, rects,
                                  (size_t)n_rects);
}

/* what changed with @frame, in the damaged region if there is one; NULL:
 * nothing */
static QxlBatch *
compare (GstSpiceFeed *self, const GstVideoFrame *frame,
         const QxlRegion *damage)
{
  const GstVideoInfo *info = &frame->info;
  bool is_new_size = needs_surface (self, info);
  QxlBatch *batch;

  if (!self->differ || !is_same_picture (info, &self->differ_info))
    renew_differ (self, info);
  if (!self->differ)
    return NULL;
  batch = push_frame (self, frame, damage);
  if (is_new_size)
    prepend_surface (batch, info);
  if (qxl_batch_is_empty (batch))
    g_clear_pointer (&batch, qxl_batch_free);
  return batch;
}

static bool
feed_buffer (GstSpiceFeed *self, GstBuffer *buffer, const GstVideoInfo *info,
             const QxlRegion *damage, SpcWorker *worker)
{
  GstVideoFrame frame;
  QxlBatch *batch;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ)) {
    g_mutex_lock (&self->lock);
    gst_spice_dirty_add_all (&self->dirty);
    g_mutex_unlock (&self->lock);
    return false;
  }
  batch = compare (self, &frame, damage);
  gst_video_frame_unmap (&frame);
  if (!batch)
    return false;
  gst_spice_recorder_add_batch (self->recorder, batch);
  spc_display_post_from (self->display, batch, worker);
  return true;
}

static void
run (SpcWorker *worker, gpointer data)
{
  GstSpiceFeed *self = data;
  GstBuffer *buffer;
  GstVideoInfo info;
  QxlRegion damage;
  gint64 start_us = g_get_monotonic_time ();
  bool is_whole, has_changed;

  g_mutex_lock (&self->lock);
  buffer = g_steal_pointer (&self->slot);
  info = self->slot_info;
  self->has_run = TRUE;
  if (buffer)
    is_whole = gst_spice_dirty_take (&self->dirty, &damage);
  g_mutex_unlock (&self->lock);
  if (!buffer)
    return;
  has_changed =
      feed_buffer (self, buffer, &info, is_whole ? NULL : &damage, worker);
  pixman_region32_fini (&damage);
  gst_buffer_unref (buffer);
  g_mutex_lock (&self->lock);
  self->stats.compared++;
  self->stats.unchanged += !has_changed;
  self->is_short = g_get_monotonic_time () - start_us < SHORT_JOB_US;
  g_mutex_unlock (&self->lock);
}

/* lock held; true: the caller must start the job, after unlocking */
static bool
claim_job (GstSpiceFeed *self)
{
  if (self->is_busy || self->is_stopped || !self->slot ||
      spc_display_room (self->display) == 0)
    return false;
  self->is_busy = TRUE;
  self->has_run = FALSE;
  return true;
}

static void on_job_over (gpointer data);

static void
start_job (GstSpiceFeed *self, bool is_here)
{
  gpointer data = g_atomic_rc_box_acquire (self);

  if (is_here)
    spc_strand_run (self->strand, run, data, on_job_over);
  else
    spc_strand_push (self->strand, run, data, on_job_over);
}

/* After the job, or instead of it when the workers have stopped: then there is
 * no use in another one. */
static void
on_job_over (gpointer data)
{
  GstSpiceFeed *self = data;
  bool again;

  g_mutex_lock (&self->lock);
  self->is_busy = FALSE;
  self->is_stopped |= !self->has_run;
  again = claim_job (self);
  if (!again && self->is_stopped)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->lock);
  if (again)
    start_job (self, false);
  release (self);
}

static void
on_room (gpointer data)
{
  GstSpiceFeed *self = data;
  bool has_job;

  g_mutex_lock (&self->lock);
  has_job = claim_job (self);
  g_mutex_unlock (&self->lock);
  if (has_job)
    start_job (self, false);
}

/* life */

GstSpiceFeed *
gst_spice_feed_new (SpcDisplay *display, SpcJobs *jobs,
                    GstSpiceRecorder *recorder)
{
  GstSpiceFeed *self = g_atomic_rc_box_new0 (GstSpiceFeed);

  self->display = g_object_ref (display);
  self->recorder = recorder;
  self->strand = spc_strand_new (jobs);
  self->blocks = qxl_blocks_ref (spc_jobs_blocks (jobs));
  self->films = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  gst_video_info_init (&self->slot_info);
  gst_spice_dirty_init (&self->dirty);
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  spc_display_set_room_func (display, on_room, g_atomic_rc_box_acquire (self),
                             release);
  return self;
}

void
gst_spice_feed_stop (GstSpiceFeed *self)
{
  if (!self)
    return;
  spc_display_set_room_func (self->display, NULL, NULL, NULL);
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  gst_clear_buffer (&self->slot);
  while (self->is_busy)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
  release (self);
}

/* work */

void
gst_spice_feed_push (GstSpiceFeed *self, GstBuffer *buffer,
                     const GstVideoInfo *info)
{
  GstBuffer *old;
  bool has_job, is_here;

  g_mutex_lock (&self->lock);
  old = self->slot;
  if (!is_same_picture (info, &self->slot_info))
    gst_spice_dirty_add_all (&self->dirty);
  gst_spice_dirty_add_frame (&self->dirty, buffer);
  self->slot = gst_buffer_ref (buffer);
  self->slot_info = *info;
  self->stats.pushed++;
  self->stats.replaced += old != NULL;
  has_job = claim_job (self);
  is_here = self->is_short;
  g_mutex_unlock (&self->lock);
  if (has_job)
    start_job (self, is_here);
  gst_clear_buffer (&old);
}

gboolean
gst_spice_feed_propose_allocation (GstQuery *query)
{
  GstCaps *caps;
  gboolean needs_pool;
  GstVideoInfo info;
  GstBufferPool *pool = NULL;

  gst_query_parse_allocation (query, &caps, &needs_pool);
  if (!caps || !gst_video_info_from_caps (&info, caps))
    return FALSE;
  if (needs_pool) {
    GstStructure *config;

    pool = gst_video_buffer_pool_new ();
    config = gst_buffer_pool_get_config (pool);
    gst_buffer_pool_config_set_params (
        config, caps, (guint)GST_VIDEO_INFO_SIZE (&info), EXTRA_BUFFERS, 0);
    gst_buffer_pool_config_add_option (config,
                                       GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (!gst_buffer_pool_set_config (pool, config))
      gst_clear_object (&pool);
  }
  gst_query_add_allocation_pool (
      query, pool, (guint)GST_VIDEO_INFO_SIZE (&info), EXTRA_BUFFERS, 0);
  gst_clear_object (&pool);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  gst_query_add_allocation_meta (query, GST_SPICE_DAMAGE_META_API_TYPE, NULL);
  return TRUE;
}

void
gst_spice_feed_stats (GstSpiceFeed *self, GstSpiceFeedStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}
