/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-view.h"

#include "display-connection.h"
#include "display-private.h"
#include "server-core/base/log.h"
#include "server-core/video/rate-class.h"
#include "snapshot-item.h"
#include "streams.h"

#include <spice/enums.h>
#include <spice/protocol.h>

/* frames of a stream that wait in the pipe; when more would, what waits is
 * thrown away */
#define MAX_WAITING 4u
/* The same of a film that comes as it is: who makes it does not go by what a
 * viewer takes, and may have no key frame for a long time. Two seconds. */
#define MAX_FILM_WAITING 60u

/* a client has shown by then what it was sent of a stream: more than any
 * sound's latency */
#define OLD_US G_USEC_PER_SEC

/* A quarter of the bits beyond which nobody sees a difference still looks well:
 * one a pixel. */
#define ENOUGH_BY_LEAST 4u

struct _SpcStreamLane {
  SpcStreamView *view; /* not owned */
  SpcStreamTap *tap;
  uint8_t codec;
};

static void
lane_free (SpcStreamLane *self)
{
  if (self == NULL)
    return;
  spc_stream_tap_free (self->tap);
  g_free (self);
}

static SpcConnection *
connection_of (const SpcStreamView *self)
{
  return self->viewer->connection;
}

static SpcDisplay *
display_of (const SpcStreamView *self)
{
  return SPC_DISPLAY (spc_connection_channel (connection_of (self)));
}

bool
spc_stream_view_is_told (const SpcStreamView *self)
{
  return self->lane != NULL;
}

bool
spc_stream_view_is_as_it_comes (const SpcStreamView *self)
{
  return self->lane != NULL &&
         self->traits.codec == spc_stream_native (self->stream);
}

guint
spc_stream_view_mjpeg_bps (const SpcStreamView *self)
{
  const QxlRect *dest = &self->traits.dest;

  if (self->lane == NULL || self->lane->codec != SPICE_VIDEO_CODEC_TYPE_MJPEG)
    return 0;
  return spc_rate_enough_bps (SPICE_VIDEO_CODEC_TYPE_MJPEG,
                              (uint32_t)qxl_rect_width (dest),
                              (uint32_t)qxl_rect_height (dest)) /
         ENOUGH_BY_LEAST;
}

const QxlRegion *
spc_stream_view_region (const SpcStreamView *self)
{
  return spc_video_viewer_knows_clips (self->viewer)
             ? spc_stream_region (self->stream)
             : spc_stream_whole (self->stream);
}

void
spc_stream_view_blur (const SpcStreamView *self, const QxlRect *box)
{
  int n_rects;
  const QxlRect *rects =
      qxl_region_rects (spc_stream_view_region (self), &n_rects);

  if (spc_stream_view_is_as_it_comes (self) &&
      spc_stream_drawn_us (self->stream) == 0)
    return;
  for (int i = 0; i < n_rects; i++) {
    const QxlRect common = qxl_rect_intersect (&rects[i], box);
    if (!qxl_rect_is_empty (&common))
      spc_display_connection_blur (connection_of (self), &common);
  }
}

/* the stream before */

static void
end_old (SpcStreamView *self)
{
  if (!self->has_old)
    return;
  self->has_old = false;
  spc_video_viewer_drop_id (self->viewer, self->old_id);
  spc_connection_push (connection_of (self),
                       spc_stream_destroy_item_new (self->old_id));
}

/* Web clients lay some streams over others, whatever came last. */
static void
keep_old (SpcStreamView *self)
{
  end_old (self);
  self->has_old = true;
  self->old_id = self->traits.id;
  self->old_until_us = g_get_monotonic_time () + OLD_US;
  if (!spc_video_viewer_knows_clips (self->viewer))
    end_old (self);
}

/* clips */

void
spc_stream_view_clip (SpcStreamView *self)
{
  end_old (self);
  if (!self->is_held)
    spc_connection_push (
        connection_of (self),
        spc_stream_clip_item_new (self->traits.id,
                                  spc_stream_region (self->stream)));
}

static void
hold (SpcStreamView *self)
{
  QxlRegion nothing;

  end_old (self);
  self->is_held = true;
  pixman_region32_init (&nothing);
  spc_connection_push (connection_of (self),
                       spc_stream_clip_item_new (self->traits.id, &nothing));
  pixman_region32_fini (&nothing);
}

void
spc_stream_view_hold (SpcStreamView *self)
{
  if (self->lane != NULL && self->n_waiting == 0 && !self->is_held &&
      spc_video_viewer_knows_clips (self->viewer))
    hold (self);
}

static void
release (SpcStreamView *self)
{
  if (!self->is_held)
    return;
  self->is_held = false;
  spc_stream_view_clip (self);
}

/* frames */

static bool
is_frame_of (SpcItem *item, gpointer user_data)
{
  const SpcStreamFrame *frame = spc_stream_data_item_frame (item);

  return frame != NULL &&
         frame->id == ((const SpcStreamView *)user_data)->traits.id;
}

static void
throw_away (SpcStreamView *self)
{
  if (spc_pipe_remove_if (spc_connection_pipe (connection_of (self)),
                          is_frame_of, self) > 0)
    spc_rate_control_note_dropped (&self->viewer->rate,
                                   g_get_monotonic_time ());
  self->n_waiting = 0;
  self->n_burst = 0;
}

static guint
max_waiting (const SpcStreamView *self)
{
  if (self->traits.codec == SPICE_VIDEO_CODEC_TYPE_MJPEG)
    return 1;
  return self->traits.codec == spc_stream_native (self->stream)
             ? MAX_FILM_WAITING
             : MAX_WAITING;
}

static bool
make_room (SpcStreamView *self, const SpcVideoPacket *packet)
{
  if (self->n_waiting < max_waiting (self) + self->n_burst)
    return true;
  throw_away (self);
  if (!packet->is_key)
    spc_stream_tap_begin_anew (self->lane->tap);
  return packet->is_key;
}

static void
push_frame (SpcStreamView *self, const SpcVideoPacket *packet)
{
  SpcVideoViewer *viewer = self->viewer;
  const SpcStreamFrame frame = {
      .id = self->traits.id,
      .is_sized = !qxl_rect_equal (&self->traits.dest, &self->told_dest),
      .dest = self->traits.dest,
      .time_ms = spc_viewer_clock_stamp (&viewer->clock, viewer->connection,
                                         &viewer->rate, packet->time_us),
      .time_us = packet->time_us,
      .queued_us = g_get_monotonic_time (),
      .bytes = packet->bytes,
  };

  self->sent_us = packet->time_us;
  self->n_waiting++;
  spc_connection_push (viewer->connection, spc_stream_data_item_new (&frame));
  spc_display_pump_soon (display_of (self));
}

/* whether a frame is sent while another encoder gets ready */
static bool
is_still_sent (SpcStreamView *self, const SpcVideoPacket *packet)
{
  switch (spc_codec_handover_old (&self->handover, packet->time_us,
                                  g_get_monotonic_time ())) {
  case SPC_HANDOVER_SEND:
    break;
  case SPC_HANDOVER_ASK:
    spc_stream_tap_begin_anew (self->next->tap);
    break;
  case SPC_HANDOVER_HOLD:
    return false;
  case SPC_HANDOVER_GIVE_UP:
    g_clear_pointer (&self->next, lane_free);
    break;
  }
  return true;
}

static void take_over (SpcStreamView *self);

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  SpcStreamLane *lane = user_data;
  SpcStreamView *self = lane->view;

  if (lane == self->next) {
    if (!packet->is_key ||
        !spc_codec_handover_new (&self->handover, packet->time_us))
      return;
    take_over (self);
  } else if (self->next != NULL && !is_still_sent (self, packet)) {
    return;
  }
  if (!make_room (self, packet))
    return;
  if (!packet->is_past)
    release (self);
  if (self->has_old && g_get_monotonic_time () > self->old_until_us)
    end_old (self);
  push_frame (self, packet);
}

static bool
may_take (gpointer user_data)
{
  const SpcStreamView *self = ((SpcStreamLane *)user_data)->view;

  return spc_rate_control_may_send (&self->viewer->rate,
                                    g_get_monotonic_time ());
}

static void
on_burst (guint n_packets, gpointer user_data)
{
  ((SpcStreamLane *)user_data)->view->n_burst = n_packets;
}

void
spc_stream_view_sent (SpcStreamView *self, const SpcStreamFrame *frame)
{
  self->n_waiting--;
  self->n_burst = MIN (self->n_burst, self->n_waiting);
  if (!self->is_held)
    spc_stream_view_blur (self, &self->traits.dest);
}

/* the viewer is told of it */

/* The viewer has the newest picture of a film that comes as it is, and is to
 * be sent older ones. */
static bool
begins_held (const SpcStreamView *self)
{
  return spc_stream_view_is_as_it_comes (self) &&
         spc_stream_drawn_us (self->stream) != 0 &&
         spc_video_viewer_knows_clips (self->viewer);
}

static void
create (SpcStreamView *self)
{
  SpcVideoViewer *viewer = self->viewer;
  QxlRegion nothing;

  self->traits.id = spc_video_viewer_take_id (viewer);
  self->traits.dest = self->told_dest = *spc_stream_area (self->stream);
  self->is_held = begins_held (self);
  self->traits.report = spc_connection_has_cap (viewer->connection,
                                                SPICE_DISPLAY_CAP_STREAM_REPORT)
                            ? ++viewer->n_reports
                            : 0;
  pixman_region32_init (&nothing);
  spc_connection_push (viewer->connection,
                       spc_stream_create_item_new (
                           &self->traits, self->is_held
                                              ? &nothing
                                              : spc_stream_view_region (self)));
  pixman_region32_fini (&nothing);
}

static void
destroy (SpcStreamView *self)
{
  end_old (self);
  throw_away (self);
  spc_video_viewer_drop_id (self->viewer, self->traits.id);
  spc_connection_push (connection_of (self),
                       spc_stream_destroy_item_new (self->traits.id));
}

/* its frames that wait in the pipe are older than those that follow */
static void
take_over (SpcStreamView *self)
{
  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: codec %u takes over from %u",
             spc_connection_name (connection_of (self)), self->next->codec,
             self->lane->codec);
  lane_free (self->lane);
  self->lane = g_steal_pointer (&self->next);
  keep_old (self);
  self->traits.codec = self->lane->codec;
  self->n_sent = self->n_waiting = self->n_burst = 0;
  create (self);
}

/* begin and end */

static void on_failed (gpointer user_data);

static const SpcStreamTapFuncs tap_funcs = {.packet = on_packet,
                                            .burst = on_burst,
                                            .may_take = may_take,
                                            .failed = on_failed};

/* NULL: nobody makes that codec now */
static SpcStreamLane *
lane_new (SpcStreamView *view, uint8_t codec)
{
  SpcStreamLane *self = g_new (SpcStreamLane, 1);
  g_autoptr (GError) error = NULL;

  *self = (SpcStreamLane){.view = view, .codec = codec};
  self->tap =
      spc_stream_tap_new (view->stream, codec, view->bitrate_bps,
                          spc_video_viewer_config (view->viewer)->factory,
                          &tap_funcs, self, &error);
  if (self->tap != NULL)
    return self;
  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: no stream of codec %u: %s",
             spc_connection_name (connection_of (view)), codec, error->message);
  lane_free (self);
  return NULL;
}

/* With the best codec that works; NULL: that is @used, or there is none. */
static SpcStreamLane *
best_lane (SpcStreamView *self, uint8_t used)
{
  SpcStreamLane *lane = NULL;
  uint32_t tried = 0;
  uint8_t codec;

  while (lane == NULL &&
         (codec = spc_video_viewer_choose_codec (self->viewer, self->stream,
                                                 tried)) != used &&
         codec != 0) {
    tried |= 1u << codec;
    lane = lane_new (self, codec);
  }
  return lane;
}

void
spc_stream_view_begin (SpcStreamView *self)
{
  SpcVideoViewer *viewer = self->viewer;

  if (self->lane == NULL)
    self->lane = best_lane (self, 0);
  if (self->lane == NULL)
    return;
  self->traits.codec = self->lane->codec;
  spc_viewer_clock_begin (&viewer->clock, viewer->connection, &viewer->rate);
  create (self);
  spc_stream_tap_begin (self->lane->tap);
}

void
spc_stream_view_end (SpcStreamView *self)
{
  if (self->lane == NULL)
    return;
  destroy (self);
  g_clear_pointer (&self->next, lane_free);
  g_clear_pointer (&self->lane, lane_free);
}

void
spc_stream_view_begin_anew (SpcStreamView *self)
{
  spc_stream_view_end (self);
  spc_stream_view_begin (self);
  if (self->lane == NULL)
    spc_connection_push (connection_of (self),
                         spc_snapshot_item_new (display_of (self),
                                                QXL_PRIMARY_SURFACE,
                                                &self->traits.dest, 1));
  spc_streams_changed (spc_display_streams (display_of (self)));
  spc_display_pump_soon (display_of (self));
}

static void
on_failed (gpointer user_data)
{
  SpcStreamLane *lane = user_data;
  SpcStreamView *self = lane->view;

  if (lane == self->next)
    g_clear_pointer (&self->next, lane_free);
  else
    spc_stream_view_begin_anew (self);
}

/* What comes as it is begins with what was before, so it does not get ready
 * beside another. */
void
spc_stream_view_reconsider (SpcStreamView *self)
{
  uint8_t best = spc_video_viewer_choose_codec (self->viewer, self->stream, 0);

  if (self->lane == NULL) {
    if (best != 0)
      spc_stream_view_begin (self);
    return;
  }
  if (self->next != NULL && self->next->codec == best)
    return;
  g_clear_pointer (&self->next, lane_free);
  if (best == self->lane->codec)
    return;
  if (best == 0 || best == spc_stream_native (self->stream)) {
    spc_stream_view_begin_anew (self);
    return;
  }
  spc_codec_handover_init (&self->handover, self->sent_us);
  self->next = best_lane (self, self->lane->codec);
}

/* while it runs */

void
spc_stream_view_set_bitrate (SpcStreamView *self, guint bitrate_bps)
{
  self->bitrate_bps = bitrate_bps;
  if (self->lane != NULL)
    spc_stream_tap_set_bitrate (self->lane->tap, bitrate_bps);
  if (self->next != NULL)
    spc_stream_tap_set_bitrate (self->next->tap, bitrate_bps);
}

void
spc_stream_view_move (SpcStreamView *self, const QxlRect *dest,
                      bool tells_places)
{
  self->traits.dest = *dest;
  if (self->lane == NULL)
    return;
  if (tells_places) {
    spc_stream_view_clip (self);
    return;
  }
  destroy (self);
  create (self);
  spc_stream_tap_begin_anew (self->lane->tap);
}

/* life */

SpcStreamView *
spc_stream_view_new (SpcVideoViewer *viewer, SpcStream *stream)
{
  SpcStreamView *self = g_new0 (SpcStreamView, 1);

  self->viewer = viewer;
  self->stream = stream;
  self->traits.dest = *spc_stream_area (stream);
  return self;
}

void
spc_stream_view_free (SpcStreamView *self)
{
  if (self == NULL)
    return;
  lane_free (self->next);
  lane_free (self->lane);
  g_free (self);
}
