/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-streams.h"

#include "display-connection.h"
#include "display-private.h"
#include "server-core/base/limits.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "server-core/video/codec-choice.h"
#include "snapshot-item.h"
#include "viewer-clock.h"
#include "viewer-traits.h"

/* ids a client has room for (spec: streams) */
#define MAX_IDS 64u
/* frames of a stream that wait in the pipe; when more would, what waits is
 * thrown away */
#define MAX_WAITING 4u
/* The same of a film that comes as it is: who makes it does not go by what a
 * viewer takes, and may have no key frame for a long time. Two seconds. */
#define MAX_FILM_WAITING 60u

#define FIRST_FRAMES 6u
#define BUSY_FRAMES 20u

/* a stream, as the viewer sees it */
typedef struct {
  SpcViewerStreams *owner;
  SpcStream *stream; /* not owned */
  SpcStreamTap *tap; /* NULL: nobody encodes it, so it is sent as pictures */
  SpcStreamTraits traits;
  QxlRect told_dest; /* by STREAM_CREATE */
  bool is_held;      /* nothing is painted until the next frame */
  guint n_sent;      /* frames */
  guint n_waiting;   /* frames in the pipe */
  guint n_burst;     /* of these, at most: came at once, and may wait */
} View;

struct _SpcViewerStreams {
  SpcConnection *connection; /* not owned */
  GPtrArray *views;          /* View, owned */
  guint64 ids;               /* bits of those in use */
  uint32_t n_reports;
  SpcRateControl rate; /* of all streams together */
  SpcViewerClock clock;
  uint32_t bad_codecs; /* bits of those its client failed to decode */
  uint8_t wished[SPC_MAX_VIDEO_CODECS + 1];
};

static SpcDisplay *
display_of (const SpcViewerStreams *self)
{
  return SPC_DISPLAY (spc_connection_channel (self->connection));
}

/* Web clients paint frames on all of the destination, whatever they are told
 * (spec: quirks). */
static bool
knows_clips (const SpcViewerStreams *self)
{
  return spc_connection_client (self->connection)->is_native;
}

/* where a view's frames are painted */
static const QxlRegion *
region_of (const View *view)
{
  return knows_clips (view->owner) ? spc_stream_region (view->stream)
                                   : spc_stream_whole (view->stream);
}

static const SpcVideoConfig *
config_of (const SpcViewerStreams *self)
{
  SpcServer *server =
      spc_channel_server (spc_connection_channel (self->connection));

  return &spc_server_config (server)->video;
}

/* codecs */

/* What comes as it is, if the viewer can take that. */
static uint8_t
choose_codec (const SpcViewerStreams *self, const SpcStream *stream,
              uint32_t tried)
{
  const SpcVideoConfig *config = config_of (self);
  uint8_t native = spc_stream_native (stream);
  SpcVideoTraits traits = {.obeys_wish = config->obeys_viewers,
                           .decoded = spc_viewer_codecs (self->connection) &
                                      ~self->bad_codecs & ~tried};

  if (native != 0 && (traits.decoded & 1u << native) != 0)
    return native;
  spc_offered_codecs (config, traits.offered);
  memcpy (traits.wished, self->wished, sizeof traits.wished);
  traits.favours_mjpeg =
      config->favours_mjpeg && spc_viewer_has_room (self->connection);
  return spc_choose_video_codec (&traits);
}

/* frames */

/* what of @box its frames are painted on */
static void
blur (const View *view, const QxlRect *box)
{
  int n_rects;
  const QxlRect *rects = qxl_region_rects (region_of (view), &n_rects);

  for (int i = 0; i < n_rects; i++) {
    const QxlRect common = qxl_rect_intersect (&rects[i], box);
    if (!qxl_rect_is_empty (&common))
      spc_display_connection_blur (view->owner->connection, &common);
  }
}

static bool
is_frame_of (SpcItem *item, gpointer user_data)
{
  const SpcStreamFrame *frame = spc_stream_data_item_frame (item);

  return frame != NULL && frame->id == ((const View *)user_data)->traits.id;
}

static void
throw_away (View *view)
{
  SpcViewerStreams *self = view->owner;

  if (spc_pipe_remove_if (spc_connection_pipe (self->connection), is_frame_of,
                          view) > 0)
    spc_rate_control_note_dropped (&self->rate, g_get_monotonic_time ());
  view->n_waiting = 0;
  view->n_burst = 0;
}

static guint
max_waiting (const View *view)
{
  if (view->traits.codec == SPICE_VIDEO_CODEC_TYPE_MJPEG)
    return 1;
  return view->traits.codec == spc_stream_native (view->stream)
             ? MAX_FILM_WAITING
             : MAX_WAITING;
}

/* Frames that stand alone push each other out; others are sent as long as they
 * do not wait for long. */
static bool
make_room (View *view, const SpcVideoPacket *packet)
{
  if (view->n_waiting < max_waiting (view) + view->n_burst)
    return true;
  throw_away (view);
  if (!packet->is_key)
    spc_stream_tap_begin_anew (view->tap);
  return packet->is_key;
}

static void
clip_view (const View *view)
{
  if (!view->is_held)
    spc_connection_push (
        view->owner->connection,
        spc_stream_clip_item_new (view->traits.id,
                                  spc_stream_region (view->stream)));
}

/* Frames that wait at the client are not painted any more. */
static void
hold (View *view)
{
  QxlRegion nothing;

  view->is_held = true;
  pixman_region32_init (&nothing);
  spc_connection_push (view->owner->connection,
                       spc_stream_clip_item_new (view->traits.id, &nothing));
  pixman_region32_fini (&nothing);
}

static void
release (View *view)
{
  if (!view->is_held)
    return;
  view->is_held = false;
  clip_view (view);
}

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  View *view = user_data;
  SpcViewerStreams *self = view->owner;
  const SpcStreamFrame frame = {
      .id = view->traits.id,
      .is_sized = !qxl_rect_equal (&view->traits.dest, &view->told_dest),
      .dest = view->traits.dest,
      .time_ms = spc_viewer_clock_stamp (&self->clock, self->connection,
                                         &self->rate, packet->time_us),
      .time_us = packet->time_us,
      .queued_us = g_get_monotonic_time (),
      .bytes = packet->bytes,
  };

  if (!make_room (view, packet))
    return;
  release (view);
  view->n_waiting++;
  spc_connection_push (self->connection, spc_stream_data_item_new (&frame));
  spc_display_pump_soon (display_of (self));
}

static View *
find_view (const SpcViewerStreams *self, uint32_t id)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    if (view->tap != NULL && view->traits.id == id)
      return view;
  }
  return NULL;
}

static bool
may_take (gpointer user_data)
{
  const View *view = user_data;

  return spc_rate_control_may_send (&view->owner->rate,
                                    g_get_monotonic_time ());
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
share_of (const View *view)
{
  const SpcViewerStreams *self = view->owner;
  int64_t area = 0;

  for (guint i = 0; i < self->views->len; i++)
    area += area_of (g_ptr_array_index (self->views, i));
  return (guint)((double)spc_rate_control_target_bps (&self->rate) *
                 (double)area_of (view) / (double)area);
}

static void
share_rate (SpcViewerStreams *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    const View *view = g_ptr_array_index (self->views, i);
    if (view->tap != NULL)
      spc_stream_tap_set_bitrate (view->tap, share_of (view));
  }
}

static void
on_pong (SpcConnection *connection, guint32 round_trip_us, gpointer user_data)
{
  SpcViewerStreams *self = spc_display_connection_streams (connection);

  if (self == NULL)
    return;
  spc_rate_control_note_pong (&self->rate, g_get_monotonic_time (),
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
    blur (view, &view->traits.dest);
}

void
spc_viewer_streams_sent (SpcViewerStreams *self, const SpcStreamFrame *frame)
{
  SpcRateFrame sent = {
      .bytes = (uint32_t)g_bytes_get_size (frame->bytes),
      .time_us = frame->time_us,
      .queued_us = frame->queued_us,
  };
  View *view = find_view (self, frame->id);

  /* An encoder that begins, and a viewer busy with the pictures before, take
   * their time once, which says nothing of later. */
  if (view != NULL && view->n_sent++ < FIRST_FRAMES)
    sent.time_us = frame->queued_us;
  if (view != NULL && view->n_sent == BUSY_FRAMES)
    spc_rate_control_forget_lateness (&self->rate);
  if (spc_rate_control_note_sent (&self->rate, g_get_monotonic_time (), &sent))
    spc_connection_ping (self->connection, 0, on_pong, NULL);
  if (view == NULL)
    return;
  view->n_waiting--;
  view->n_burst = MIN (view->n_burst, view->n_waiting);
  spc_display_count_video_frame (display_of (self));
  blur (view, &view->traits.dest);
}

/* views */

static uint32_t
take_id (SpcViewerStreams *self)
{
  uint32_t id = 0;

  while (id < MAX_IDS - 1 && (self->ids >> id & 1) != 0)
    id++;
  self->ids |= G_GUINT64_CONSTANT (1) << id;
  return id;
}

static void
on_burst (guint n_packets, gpointer user_data)
{
  ((View *)user_data)->n_burst = n_packets;
}

/* the viewer is told of it */
static void
create_view (View *view)
{
  SpcViewerStreams *self = view->owner;

  view->traits.id = take_id (self);
  view->traits.dest = view->told_dest = *spc_stream_area (view->stream);
  view->is_held = false;
  view->traits.report =
      spc_connection_has_cap (self->connection, SPICE_DISPLAY_CAP_STREAM_REPORT)
          ? ++self->n_reports
          : 0;
  spc_connection_push (self->connection, spc_stream_create_item_new (
                                             &view->traits, region_of (view)));
}

static void
destroy_view (View *view)
{
  SpcViewerStreams *self = view->owner;

  throw_away (view);
  self->ids &= ~(G_GUINT64_CONSTANT (1) << view->traits.id);
  spc_connection_push (self->connection,
                       spc_stream_destroy_item_new (view->traits.id));
}

static void on_failed (gpointer user_data);

static const SpcStreamTapFuncs tap_funcs = {.packet = on_packet,
                                            .burst = on_burst,
                                            .may_take = may_take,
                                            .failed = on_failed};

/* with the best codec that works */
static void
begin_view (View *view)
{
  SpcViewerStreams *self = view->owner;
  const SpcVideoConfig *config = config_of (self);
  uint32_t tried = 0;
  uint8_t codec;

  while (view->tap == NULL &&
         (codec = choose_codec (self, view->stream, tried)) != 0) {
    g_autoptr (GError) error = NULL;

    tried |= 1u << codec;
    view->tap = spc_stream_tap_new (view->stream, codec, share_of (view),
                                    config->factory, &tap_funcs, view, &error);
    view->traits.codec = codec;
    if (view->tap == NULL)
      SPC_DEBUG (SPC_LOG_DISPLAY, "%s: no stream of codec %u: %s",
                 spc_connection_name (self->connection), codec, error->message);
  }
  if (view->tap == NULL)
    return;
  spc_viewer_clock_begin (&self->clock, self->connection, &self->rate);
  create_view (view);
  spc_stream_tap_begin (view->tap);
}

static void
end_view (View *view)
{
  if (view->tap == NULL)
    return;
  destroy_view (view);
  g_clear_pointer (&view->tap, spc_stream_tap_free);
}

/* another codec takes its place; with none, the region is sent as pictures from
 * now on */
static void
begin_view_anew (View *view)
{
  SpcViewerStreams *self = view->owner;

  end_view (view);
  begin_view (view);
  if (view->tap == NULL)
    spc_connection_push (self->connection,
                         spc_snapshot_item_new (display_of (self),
                                                QXL_PRIMARY_SURFACE,
                                                &view->traits.dest, 1));
  spc_streams_changed (spc_display_streams (display_of (self)));
  spc_display_pump_soon (display_of (self));
}

static void
on_failed (gpointer user_data)
{
  begin_view_anew (user_data);
}

static void
view_free (gpointer data)
{
  View *view = data;

  spc_stream_tap_free (view->tap);
  g_free (view);
}

void
spc_viewer_streams_add (SpcViewerStreams *self, SpcStream *stream)
{
  View *view = g_new0 (View, 1);

  view->owner = self;
  view->stream = stream;
  view->traits.dest = *spc_stream_area (stream);
  g_ptr_array_add (self->views, view);
  begin_view (view);
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

void
spc_viewer_streams_hold (SpcViewerStreams *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    if (view->tap != NULL && view->n_waiting == 0 && !view->is_held &&
        knows_clips (self))
      hold (view);
  }
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
    spc_connection_push (self->connection,
                         spc_snapshot_item_new (display_of (self),
                                                QXL_PRIMARY_SURFACE, rects,
                                                (guint)n_rects));
  pixman_region32_fini (&left);
}

void
spc_viewer_streams_clip (SpcViewerStreams *self, const SpcStream *stream,
                         const QxlRegion *before)
{
  const View *view = find_view_of (self, stream);

  if (view != NULL && view->tap != NULL && knows_clips (self)) {
    clip_view (view);
    renew (self, before);
  }
}

bool
spc_viewer_streams_can_move (const SpcViewerStreams *self)
{
  return knows_clips (self) &&
         spc_connection_has_cap (self->connection,
                                 SPICE_DISPLAY_CAP_SIZED_STREAM);
}

/* its stream has moved */
static void
place_view (View *view)
{
  if (spc_viewer_streams_can_move (view->owner)) {
    clip_view (view);
    return;
  }
  destroy_view (view);
  create_view (view);
  spc_stream_tap_begin_anew (view->tap);
}

void
spc_viewer_streams_move (SpcViewerStreams *self, const SpcStream *stream,
                         const QxlRegion *before)
{
  View *view = find_view_of (self, stream);
  QxlRegion whole;

  pixman_region32_init (&whole);
  qxl_region_add (&whole, &view->traits.dest);
  view->traits.dest = *spc_stream_area (stream);
  if (view->tap != NULL) {
    place_view (view);
    renew (self, knows_clips (self) ? before : &whole);
  }
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
  region = region_of (view);
  was_told = view->tap != NULL;
  end_view (view);
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
      (pixman_region32_t *)region_of (view), &box);
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

    if (view->tap == NULL)
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
    if (view->tap != NULL)
      blur (view, box);
  }
}

bool
spc_viewer_streams_has (const SpcViewerStreams *self, const SpcStream *stream)
{
  const View *view = find_view_of (self, stream);

  return view != NULL && view->tap != NULL;
}

void
spc_viewer_streams_subtract (const SpcViewerStreams *self, QxlRegion *region)
{
  for (guint i = 0; i < self->views->len; i++) {
    const View *view = g_ptr_array_index (self->views, i);
    if (view->tap != NULL)
      pixman_region32_subtract (region, region,
                                (pixman_region32_t *)region_of (view));
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
              spc_connection_name (self->connection), view->traits.codec);
    self->bad_codecs |= 1u << view->traits.codec;
    begin_view_anew (view);
    return;
  }
  /* sound has stamps of its own */
  if (spc_connection_client (self->connection)->n_sounding > 0)
    return;
  spc_rate_control_note_report (&self->rate, g_get_monotonic_time (),
                                report->n_frames, report->n_drops,
                                report->end_ms, report->last_frame_delay_ms);
}

void
spc_viewer_streams_wish (SpcViewerStreams *self, const uint8_t *codecs,
                         guint n_codecs)
{
  n_codecs = MIN (n_codecs, SPC_MAX_VIDEO_CODECS);
  memset (self->wished, 0, sizeof self->wished);
  memcpy (self->wished, codecs, n_codecs);
  for (guint i = 0; i < self->views->len; i++) {
    View *view = g_ptr_array_index (self->views, i);
    if (view->tap != NULL &&
        choose_codec (self, view->stream, 0) != view->traits.codec)
      begin_view_anew (view);
  }
}

/* life */

SpcViewerStreams *
spc_viewer_streams_new (SpcConnection *connection)
{
  SpcViewerStreams *self = g_new0 (SpcViewerStreams, 1);
  SpcRateLimits limits;

  self->connection = connection;
  self->views = g_ptr_array_new_with_free_func (view_free);
  limits = spc_viewer_rate_limits (self->connection, config_of (self));
  spc_rate_control_init (&self->rate, &limits);
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
