/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-streams.h"

#include "display-connection.h"
#include "display-private.h"
#include "server-core/base/limits.h"
#include "server-core/base/log.h"
#include "server-core/channel/client.h"
#include "snapshot-item.h"
#include "stream-view.h"
#include "streams.h"

#include <spice/protocol.h>

#define FIRST_FRAMES 6u
#define BUSY_FRAMES 20u

typedef SpcStreamView View;

struct _SpcViewerStreams {
  GPtrArray *views; /* View, owned */
  SpcVideoViewer viewer;
};

static SpcDisplay *
display_of (const SpcViewerStreams *self)
{
  return SPC_DISPLAY (spc_connection_channel (self->viewer.connection));
}

static View *
find_view (const SpcViewerStreams *self, uint32_t id)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    if (spc_stream_view_is_told (view) && view->traits.id == id)
      return view;
  }
  return NULL;
}

static View *
find_view_of (const SpcViewerStreams *self, const SpcStream *stream)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    if (view->stream == stream)
      return view;
  }
  return NULL;
}

/* rates */

static int64_t
area_of (const View *view)
{
  return (int64_t)qxl_rect_width (&view->traits.dest) *
         qxl_rect_height (&view->traits.dest);
}

/* each stream's share goes by its area */
static guint
share_of (const SpcViewerStreams *self, const View *view)
{
  int64_t area = 0;

  for (guint i = 0; i < self->views->len; i++)
    area += area_of (g_ptr_array_index (self->views, i));
  return (guint)((double)spc_rate_control_target_bps (&self->viewer.rate) *
                 (double)area_of (view) / (double)area);
}

static void
share_rate (SpcViewerStreams *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    spc_stream_view_set_bitrate (view, share_of (self, view));
  }
}

static void
on_pong (SpcConnection *connection, guint32 round_trip_us, gpointer user_data)
{
  SpcViewerStreams *self = spc_display_connection_streams (connection);

  if (self == NULL)
    return;
  spc_rate_control_note_pong (&self->viewer.rate, g_get_monotonic_time (),
                              round_trip_us);
  share_rate (self);
}

/* A client paints by the clip it has when a frame is due. So what was sent
 * before goes into the new one, over what draws that were sent in between left
 * there. */
void
spc_viewer_streams_told (SpcViewerStreams *self, uint32_t id)
{
  const View *view = find_view (self, id);

  if (view != NULL)
    spc_stream_view_blur (view, &view->traits.dest);
}

void
spc_viewer_streams_sent (SpcViewerStreams *self, const SpcStreamFrame *frame)
{
  SpcRateFrame sent = {
      .bytes = (uint32_t)g_bytes_get_size (frame->bytes),
      .time_us = frame->time_us,
      .queued_us = frame->queued_us,
  };
  SpcVideoViewer *viewer = &self->viewer;
  View *view = find_view (self, frame->id);

  /* An encoder that begins, and a viewer busy with the pictures before, take
   * their time once, which says nothing of later. */
  if (view != NULL && view->n_sent++ < FIRST_FRAMES)
    sent.time_us = frame->queued_us;
  if (view != NULL && view->n_sent == BUSY_FRAMES)
    spc_rate_control_forget_lateness (&viewer->rate);
  if (spc_rate_control_note_sent (&viewer->rate, g_get_monotonic_time (),
                                  &sent))
    spc_connection_ping (viewer->connection, 0, on_pong, NULL);
  if (view == NULL)
    return;
  spc_display_count_video_frame (display_of (self));
  spc_stream_view_sent (view, frame);
}

/* streams */

void
spc_viewer_streams_add (SpcViewerStreams *self, SpcStream *stream)
{
  View *view = spc_stream_view_new (&self->viewer, stream);

  g_ptr_array_add (self->views, view);
  view->bitrate_bps = share_of (self, view);
  spc_stream_view_begin (view);
}

static void
reconsider (SpcViewerStreams *self)
{
  for (guint i = 0; i < self->views->len; i++)
    spc_stream_view_reconsider (g_ptr_array_index (self->views, i));
}

void
spc_viewer_streams_check (SpcViewerStreams *self)
{
  guint bitrate_bps = 0;

  for (guint i = 0; i < self->views->len; i++)
    bitrate_bps +=
        spc_stream_view_mjpeg_bps (g_ptr_array_index (self->views, i));
  if (spc_video_viewer_has_news (&self->viewer, bitrate_bps,
                                 g_get_monotonic_time ()))
    reconsider (self);
}

void
spc_viewer_streams_hold (SpcViewerStreams *self)
{
  for (guint i = 0; i < self->views->len; i++)
    spc_stream_view_hold (g_ptr_array_index (self->views, i));
}

/* What no stream stands for any more differs from what the viewer has. */
static void
renew (SpcViewerStreams *self, const QxlRegion *region)
{
  QxlRegion left;
  const QxlRect *rects;
  int n_rects;

  pixman_region32_init (&left);
  pixman_region32_copy (&left, (pixman_region32_t *)region);
  spc_viewer_streams_subtract (self, &left);
  rects = qxl_region_rects (&left, &n_rects);
  if (n_rects > 0)
    spc_connection_push (self->viewer.connection,
                         spc_snapshot_item_new (display_of (self),
                                                QXL_PRIMARY_SURFACE, rects,
                                                (guint)n_rects));
  pixman_region32_fini (&left);
}

void
spc_viewer_streams_clip (SpcViewerStreams *self, const SpcStream *stream,
                         const QxlRegion *before)
{
  View *view = find_view_of (self, stream);

  if (view != NULL && spc_stream_view_is_told (view) &&
      spc_video_viewer_knows_clips (&self->viewer)) {
    spc_stream_view_clip (view);
    renew (self, before);
  }
}

bool
spc_viewer_streams_can_move (const SpcViewerStreams *self)
{
  return spc_video_viewer_knows_clips (&self->viewer) &&
         spc_connection_has_cap (self->viewer.connection,
                                 SPICE_DISPLAY_CAP_SIZED_STREAM);
}

void
spc_viewer_streams_move (SpcViewerStreams *self, const SpcStream *stream,
                         const QxlRegion *before)
{
  View *view = find_view_of (self, stream);
  QxlRegion whole;

  pixman_region32_init (&whole);
  qxl_region_add (&whole, &view->traits.dest);
  spc_stream_view_move (view, spc_stream_area (stream),
                        spc_viewer_streams_can_move (self));
  if (spc_stream_view_is_told (view))
    renew (self,
           spc_video_viewer_knows_clips (&self->viewer) ? before : &whole);
  pixman_region32_fini (&whole);
}

void
spc_viewer_streams_remove (SpcViewerStreams *self, const SpcStream *stream,
                           bool renews)
{
  View *view = find_view_of (self, stream);
  const QxlRegion *region;
  bool was_told;

  if (view == NULL)
    return;
  region = spc_stream_view_region (view);
  was_told = spc_stream_view_is_told (view);
  spc_stream_view_end (view);
  g_ptr_array_remove_fast (self->views, view);
  if (was_told && renews)
    renew (self, region);
}

/* what draws do */

static pixman_region_overlap_t
meet (const View *view, const QxlRect *rect)
{
  pixman_box32_t box = {rect->left, rect->top, rect->right, rect->bottom};

  return pixman_region32_contains_rectangle (
      (pixman_region32_t *)spc_stream_view_region (view), &box);
}

SpcStreamsTouch
spc_viewer_streams_touch (const SpcViewerStreams *self, const QxlDrawable *draw)
{
  bool is_on_primary = draw->surface_id == QXL_PRIMARY_SURFACE;
  SpcStreamsTouch touch = SPC_STREAMS_APART;
  QxlRect source = {0};
  bool reads = self->views->len > 0 &&
               qxl_drawable_source (draw, QXL_PRIMARY_SURFACE, &source);

  for (guint i = 0; i < self->views->len; i++) {
    const View *view = g_ptr_array_index (self->views, i);
    pixman_region_overlap_t overlap = PIXMAN_REGION_OUT;

    if (!spc_stream_view_is_told (view))
      continue;
    if (is_on_primary)
      overlap = meet (view, &draw->box);
    if (overlap == PIXMAN_REGION_IN)
      return SPC_STREAMS_INSIDE;
    if (overlap == PIXMAN_REGION_PART ||
        (reads && meet (view, &source) != PIXMAN_REGION_OUT))
      touch = SPC_STREAMS_ACROSS;
  }
  return touch;
}

void
spc_viewer_streams_blur (SpcViewerStreams *self, const QxlRect *box)
{
  for (guint i = 0; i < self->views->len; i++) {
    const View *view = g_ptr_array_index (self->views, i);
    if (spc_stream_view_is_told (view))
      spc_stream_view_blur (view, box);
  }
}

void
spc_viewer_streams_keep (SpcViewerStreams *self, const SpcStream *stream)
{
  const View *view = find_view_of (self, stream);
  SpcLossyRepair *repair =
      spc_display_connection_repair (self->viewer.connection);

  if (view != NULL && spc_stream_view_is_as_it_comes (view) && repair != NULL)
    spc_lossy_repair_forget (repair, QXL_PRIMARY_SURFACE);
}

bool
spc_viewer_streams_has (const SpcViewerStreams *self, const SpcStream *stream)
{
  const View *view = find_view_of (self, stream);

  return view != NULL && spc_stream_view_is_told (view);
}

guint
spc_viewer_streams_bounded_bps (const SpcViewerStreams *self,
                                const SpcStream *stream)
{
  const View *view = find_view_of (self, stream);

  if (view == NULL || !spc_stream_view_is_as_it_comes (view) ||
      self->viewer.rate.cut_us == 0)
    return 0;
  return share_of (self, view);
}

void
spc_viewer_streams_subtract (const SpcViewerStreams *self, QxlRegion *region)
{
  for (guint i = 0; i < self->views->len; i++) {
    const View *view = g_ptr_array_index (self->views, i);
    if (spc_stream_view_is_told (view))
      pixman_region32_subtract (
          region, region, (pixman_region32_t *)spc_stream_view_region (view));
  }
}

/* what viewers say */

void
spc_viewer_streams_report (SpcViewerStreams *self,
                           const SpcStreamReport *report)
{
  View *view = find_view (self, report->id);

  if (view == NULL || view->traits.report != report->unique_id)
    return;
  if (report->n_frames == 0 && report->n_drops == SPC_STREAM_INVALID) {
    SPC_INFO (SPC_LOG_DISPLAY, "%s: the viewer cannot decode codec %u",
              spc_connection_name (self->viewer.connection),
              view->traits.codec);
    self->viewer.bad_codecs |= 1u << view->traits.codec;
    spc_stream_view_begin_anew (view);
    return;
  }
  /* sound has stamps of its own */
  if (spc_connection_client (self->viewer.connection)->n_sounding > 0)
    return;
  spc_rate_control_note_report (&self->viewer.rate, g_get_monotonic_time (),
                                report->n_frames, report->n_drops,
                                report->end_ms, report->last_frame_delay_ms);
}

void
spc_viewer_streams_wish (SpcViewerStreams *self, const uint8_t *codecs,
                         guint n_codecs)
{
  spc_video_viewer_wish (&self->viewer, codecs, n_codecs);
  reconsider (self);
  spc_streams_changed (spc_display_streams (display_of (self)));
  spc_display_pump_soon (display_of (self));
}

/* life */

static void
free_view (gpointer data)
{
  spc_stream_view_free (data);
}

SpcViewerStreams *
spc_viewer_streams_new (SpcConnection *connection)
{
  SpcViewerStreams *self = g_new0 (SpcViewerStreams, 1);

  spc_video_viewer_init (&self->viewer, connection);
  self->views = g_ptr_array_new_with_free_func (free_view);
  return self;
}

void
spc_viewer_streams_free (SpcViewerStreams *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->views);
  g_free (self);
}
