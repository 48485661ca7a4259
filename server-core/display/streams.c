/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "streams.h"

#include "display-connection.h"
#include "display-private.h"
#include "film-producer.h"
#include "server-core/base/limits.h"
#include "server-core/channel/server.h"
#include "server-core/video/stream-detect.h"
#include "viewer-streams.h"

/* the id of a region that is declared a film; others count up from 1 */
#define FILM_ID UINT32_MAX
#define FILM_FPS 30

/* a region that is sent as video */
typedef struct {
  uint32_t region_id;
  SpcStream *stream;
} Running;

struct _SpcStreams {
  SpcDisplay *display;     /* not owned */
  SpcStreamDetect *detect; /* NULL: there is no primary surface */
  SpcVideoUse use;         /* what the detection goes by */
  bool moves;              /* it tells of each step of a drag */
  SpcTimer *timer;
  GArray *running; /* Running */
  SpcFilm film;
  SpcGop gop; /* of its packets */
  SpcFilmProducer *producer;
  SpcFilmInbox inbox; /* atomic: see streams.h */
  QxlRect primary;
  /* guarded by lock: written by the loop */
  GMutex lock;
  GArray *areas, *films; /* QxlRect */
};

static GPtrArray *
connections_of (const SpcStreams *self)
{
  return spc_channel_connections (SPC_CHANNEL (self->display));
}

/* NULL: no stream stands for that region yet */
static SpcStream *
find_stream (const SpcStreams *self, uint32_t region_id)
{
  for (guint i = 0; i < self->running->len; i++) {
    const Running *running = &g_array_index (self->running, Running, i);
    if (running->region_id == region_id)
      return running->stream;
  }
  return NULL;
}

static SpcStream *
find_film (const SpcStreams *self)
{
  return find_stream (self, FILM_ID);
}

/* what is published */

static bool
is_seen_by_all (const SpcStreams *self, const SpcStream *stream)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);

    if (spc_display_connection_is_ready (connection) &&
        !spc_viewer_streams_has (spc_display_connection_streams (connection),
                                 stream))
      return false;
  }
  return true;
}

void
spc_streams_areas (SpcStreams *self, GArray *areas)
{
  g_mutex_lock (&self->lock);
  g_array_append_vals (areas, self->areas->data, self->areas->len);
  g_mutex_unlock (&self->lock);
}

void
spc_streams_films (SpcStreams *self, GArray *areas)
{
  g_mutex_lock (&self->lock);
  g_array_append_vals (areas, self->films->data, self->films->len);
  g_mutex_unlock (&self->lock);
}

/* films from outside */

static bool
lacks_frames (const SpcStreams *self, const SpcStream *film)
{
  return film != NULL &&
         (spc_stream_is_encoded (film) || !is_seen_by_all (self, film));
}

static void
note_viewers (SpcStreams *self)
{
  const SpcStream *film = find_film (self);

  spc_film_producer_set_lacks_frames (self->producer,
                                      lacks_frames (self, film));
}

static void
tell_drawn (SpcStreams *self)
{
  SpcStream *film = find_film (self);

  if (film != NULL && self->film.codec != 0)
    spc_stream_set_drawn (film, spc_film_producer_drawn_us (self->producer));
}

/* What viewers have of its packets is newer than the picture from now on. */
static void
on_unpictured (gpointer user_data)
{
  SpcStreams *self = user_data;
  GPtrArray *connections = connections_of (self);
  SpcStream *film = find_film (self);

  if (film == NULL)
    return;
  tell_drawn (self);
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_keep (spc_display_connection_streams (connection),
                               film);
  }
}

/* 0: nobody's line has met its bound */
static guint
least_bitrate (const SpcStreams *self, const SpcStream *stream)
{
  GPtrArray *connections = connections_of (self);
  guint least_bps = 0;

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    guint bitrate_bps = 0;

    if (spc_display_connection_is_ready (connection))
      bitrate_bps = spc_viewer_streams_bounded_bps (
          spc_display_connection_streams (connection), stream);
    if (bitrate_bps != 0 && (least_bps == 0 || bitrate_bps < least_bps))
      least_bps = bitrate_bps;
  }
  return least_bps;
}

static void
note_bitrate (SpcStreams *self, const SpcStream *stream)
{
  if (spc_film_producer_takes_bitrate (self->producer))
    spc_film_producer_set_bitrate (self->producer,
                                   least_bitrate (self, stream));
}

static void
publish (SpcStreams *self)
{
  g_mutex_lock (&self->lock);
  g_array_set_size (self->areas, 0);
  g_array_set_size (self->films, 0);
  for (guint i = 0; i < self->running->len; i++) {
    const SpcStream *stream = g_array_index (self->running, Running, i).stream;
    int n_rects;
    const QxlRect *rects =
        qxl_region_rects (spc_stream_region (stream), &n_rects);

    if (is_seen_by_all (self, stream))
      g_array_append_vals (self->areas, rects, (guint)n_rects);
    if (spc_stream_is_encoded (stream))
      g_array_append_val (self->films, *spc_stream_area (stream));
  }
  g_mutex_unlock (&self->lock);
  note_viewers (self);
}

/* begin and end */

static void
want_key (gpointer user_data)
{
  const SpcStreams *self = user_data;

  spc_film_producer_want_key (self->producer);
}

static guint
count_viewers (const SpcStreams *self)
{
  GPtrArray *connections = connections_of (self);
  guint n = 0;

  for (guint i = 0; i < connections->len; i++)
    n += spc_display_connection_is_ready (g_ptr_array_index (connections, i));
  return n;
}

static void
begin (SpcStreams *self, const SpcStreamRegion *region, int64_t now_us)
{
  SpcChannel *channel = SPC_CHANNEL (self->display);
  GPtrArray *connections = connections_of (self);
  const SpcStreamBase base = {
      .loop = spc_channel_loop (channel),
      .jobs = spc_server_jobs (spc_channel_server (channel)),
      .picture = spc_display_picture (self->display),
      .gop = &self->gop,
      .want_key = want_key,
      .user_data = self,
  };
  const SpcStreamSetup setup = {
      .area = region->rect,
      .fps = region->fps,
      .native = region->id == FILM_ID ? self->film.codec : 0,
  };
  const Running running = {
      .region_id = region->id,
      .stream = spc_stream_new (&base, &setup, now_us),
  };

  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: %dx%d at %d,%d is video",
             spc_channel_name (channel), qxl_rect_width (&region->rect),
             qxl_rect_height (&region->rect), region->rect.left,
             region->rect.top);
  g_array_append_val (self->running, running);
  tell_drawn (self);
  spc_display_count_stream (self->display);
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_add (spc_display_connection_streams (connection),
                              running.stream);
  }
}

/* what was drawn there lately may have been seen by no one */
static bool
is_restless (const SpcStream *stream)
{
  return g_get_monotonic_time () - spc_stream_drawn_us (stream) <
         SPC_REST_MS * 1000;
}

/* @stays: the surface does */
static void
end (SpcStreams *self, guint index, bool stays)
{
  GPtrArray *connections = connections_of (self);
  SpcStream *stream = g_array_index (self->running, Running, index).stream;
  bool renews = stays && is_restless (stream);

  SPC_DEBUG (SPC_LOG_DISPLAY, "%s: %dx%d at %d,%d is no video any more",
             spc_channel_name (SPC_CHANNEL (self->display)),
             qxl_rect_width (spc_stream_area (stream)),
             qxl_rect_height (spc_stream_area (stream)),
             spc_stream_area (stream)->left, spc_stream_area (stream)->top);
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_remove (spc_display_connection_streams (connection),
                                 stream, renews);
  }
  g_array_remove_index (self->running, index);
  spc_stream_free (stream);
}

static void
end_all (SpcStreams *self, bool stays)
{
  while (self->running->len > 0)
    end (self, self->running->len - 1, stays);
}

/* @stream goes where its region is now */
static void
move (SpcStreams *self, SpcStream *stream, const QxlRect *area, int64_t now_us)
{
  GPtrArray *connections = connections_of (self);
  QxlRegion before;

  pixman_region32_init (&before);
  pixman_region32_copy (&before,
                        (pixman_region32_t *)spc_stream_region (stream));
  spc_stream_put (stream, area, now_us);
  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_move (spc_display_connection_streams (connection),
                               stream, &before);
  }
  pixman_region32_fini (&before);
}

static bool
is_wanted (const Running *running, const SpcStreamRegion *regions,
           guint n_regions)
{
  for (guint i = 0; i < n_regions; i++)
    if (regions[i].id == running->region_id)
      return true;
  return false;
}

static bool
can_all_move (const SpcStreams *self)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection) &&
        !spc_viewer_streams_can_move (
            spc_display_connection_streams (connection)))
      return false;
  }
  return true;
}

/* What is configured may have changed, and who watches. A viewer whose streams
 * begin anew when they move is spared that during a drag. A display may be
 * drawn on without a server, but nobody sees it then. */
static void
use_config (SpcStreams *self)
{
  SpcServer *server = spc_channel_server (SPC_CHANNEL (self->display));
  SpcStreamLimits limits;
  SpcVideoUse use;
  bool moves;

  if (self->detect == NULL || server == NULL)
    return;
  use = spc_server_config (server)->video.use;
  moves = can_all_move (self);
  if (self->use == use && self->moves == moves)
    return;
  self->use = use;
  self->moves = moves;
  spc_stream_limits_init (&limits);
  limits.by_cost = use == SPC_VIDEO_FILTER;
  if (moves)
    limits.drag_rest_us = limits.max_drag_us = 0;
  spc_stream_detect_set_limits (self->detect, &limits);
}

/* Encoders of ours take even sizes; what comes as it is may have any. */
static guint
film_region (const SpcStreams *self, SpcStreamRegion *region)
{
  const SpcFilm *film = &self->film;
  int32_t mask = film->codec != 0 ? -1 : -2;

  *region = (SpcStreamRegion){
      .id = FILM_ID,
      .rect = QXL_RECT (0, 0, self->primary.right & mask,
                        self->primary.bottom & mask),
      .is_active = true,
      .fps = FILM_FPS,
  };
  if (film->codec != 0 &&
      (film->width != (uint32_t)qxl_rect_width (&self->primary) ||
       film->height != (uint32_t)qxl_rect_height (&self->primary)))
    return 0;
  return count_viewers (self) > 0 && !qxl_rect_is_empty (&region->rect);
}

static void
check_viewers (SpcStreams *self)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_check (spc_display_connection_streams (connection));
  }
}

/* ends first: regions of one time do not overlap, those of two may */
static void
settle (SpcStreams *self, int64_t now_us)
{
  SpcStreamRegion regions[SPC_MAX_STREAMS];
  guint n_regions = 0;

  use_config (self);
  check_viewers (self);
  if (self->film.is_film)
    n_regions = film_region (self, regions);
  else if (self->detect != NULL && count_viewers (self) > 0 &&
           self->use != SPC_VIDEO_OFF)
    n_regions = spc_stream_detect_update (self->detect, now_us, regions,
                                          G_N_ELEMENTS (regions));
  for (guint i = self->running->len; i-- > 0;)
    if (!is_wanted (&g_array_index (self->running, Running, i), regions,
                    n_regions))
      end (self, i, true);
  for (guint i = 0; i < n_regions; i++) {
    SpcStream *stream = find_stream (self, regions[i].id);

    if (stream == NULL)
      begin (self, &regions[i], now_us);
    else if (!qxl_rect_equal (spc_stream_area (stream), &regions[i].rect))
      move (self, stream, &regions[i].rect, now_us);
  }
}

static void
arm (SpcStreams *self, int64_t now_us)
{
  int64_t next_us = self->detect != NULL && self->running->len > 0
                        ? spc_stream_detect_next_us (self->detect)
                        : G_MAXINT64;

  if (next_us == G_MAXINT64)
    spc_timer_disarm (self->timer);
  else
    spc_timer_arm (self->timer,
                   (uint32_t)(MAX (next_us - now_us, 0) / 1000 + 1));
}

static void
on_timer (gpointer user_data)
{
  SpcStreams *self = user_data;
  int64_t now_us = g_get_monotonic_time ();

  settle (self, now_us);
  publish (self);
  arm (self, now_us);
  spc_display_pump_soon (self->display);
}

/* what happens */

void
spc_streams_set_primary (SpcStreams *self, uint32_t width, uint32_t height)
{
  end_all (self, false);
  publish (self);
  g_clear_pointer (&self->detect, spc_stream_detect_free);
  self->use = SPC_VIDEO_OFF;
  self->primary = QXL_RECT (0, 0, (int32_t)width, (int32_t)height);
  if (width > 0)
    self->detect = spc_stream_detect_new (width, height, NULL);
}

static void
detect (SpcStreams *self, const QxlDrawable *draw, int64_t now_us)
{
  switch (draw->kind) {
  case QXL_DRAW_COPY:
  case QXL_DRAW_COPY_SURFACE:
    spc_stream_detect_draw (self->detect, &draw->box, SPC_STREAM_DRAW_PICTURE,
                            now_us);
    break;
  case QXL_DRAW_COPY_BITS:
    spc_stream_detect_move (self->detect, &draw->box, draw->u.copy_bits.src_pos,
                            now_us);
    break;
  case QXL_DRAW_FILL:
    spc_stream_detect_draw (self->detect, &draw->box, SPC_STREAM_DRAW_OTHER,
                            now_us);
    break;
  case QXL_DRAW_OPERATION:
    spc_stream_detect_draw (self->detect, &draw->box,
                            qxl_operation_is_picture (draw->u.operation)
                                ? SPC_STREAM_DRAW_PICTURE
                                : SPC_STREAM_DRAW_OTHER,
                            now_us);
    break;
  }
}

void
spc_streams_draw (SpcStreams *self, const QxlDrawable *draw)
{
  int64_t now_us;

  if (draw->surface_id != QXL_PRIMARY_SURFACE)
    return;
  if (self->film.codec != 0) {
    spc_film_producer_note_drawn (self->producer);
    tell_drawn (self);
  }
  if (self->use == SPC_VIDEO_OFF && self->running->len == 0)
    return;
  now_us = g_get_monotonic_time ();
  if (self->use != SPC_VIDEO_OFF && !self->film.is_film)
    detect (self, draw, now_us);
  for (guint i = 0; i < self->running->len; i++)
    spc_stream_draw (g_array_index (self->running, Running, i).stream, draw,
                     now_us);
}

void
spc_streams_sent (SpcStreams *self, const QxlDrawable *draw, uint32_t n_bytes)
{
  if (self->detect != NULL && draw->surface_id == QXL_PRIMARY_SURFACE &&
      self->use != SPC_VIDEO_OFF)
    spc_stream_detect_sent (self->detect, &draw->box, n_bytes,
                            g_get_monotonic_time ());
}

static void
tell_clip (const SpcStreams *self, const SpcStream *stream,
           const QxlRegion *before)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    if (spc_display_connection_is_ready (connection))
      spc_viewer_streams_clip (spc_display_connection_streams (connection),
                               stream, before);
  }
}

void
spc_streams_end_batch (SpcStreams *self, const QxlBatch *batch, int64_t time_us)
{
  int64_t now_us = g_get_monotonic_time ();
  QxlRegion before;

  pixman_region32_init (&before);
  settle (self, now_us);
  for (guint i = 0; i < self->running->len; i++) {
    SpcStream *stream = g_array_index (self->running, Running, i).stream;
    QxlImage *shown = qxl_batch_shown (batch, spc_stream_area (stream));

    pixman_region32_copy (&before,
                          (pixman_region32_t *)spc_stream_region (stream));
    if (spc_stream_end_batch (stream, shown, time_us))
      tell_clip (self, stream, &before);
  }
  pixman_region32_fini (&before);
  publish (self);
  arm (self, now_us);
}

static bool
is_same_film (const SpcFilm *a, const SpcFilm *b)
{
  return a->is_film == b->is_film && a->codec == b->codec &&
         a->width == b->width && a->height == b->height;
}

void
spc_streams_set_film (SpcStreams *self, const SpcFilm *film)
{
  if (is_same_film (&self->film, film))
    return;
  end_all (self, true);
  spc_gop_forget (&self->gop);
  self->film = *film;
  spc_film_producer_begin (self->producer);
  settle (self, g_get_monotonic_time ());
  publish (self);
}

void
spc_streams_take_packet (SpcStreams *self, const SpcVideoPacket *packet,
                         bool follows_loss)
{
  SpcStream *film;

  if (self->film.codec == 0)
    return;
  if (follows_loss)
    spc_gop_forget (&self->gop);
  spc_gop_add (&self->gop, packet);
  film = find_film (self);
  if (film != NULL) {
    spc_stream_take_packet (film, packet, follows_loss);
    note_bitrate (self, film);
  }
  spc_film_producer_note_packet (self->producer);
}

SpcFilmInbox *
spc_streams_film_inbox (SpcStreams *self)
{
  return &self->inbox;
}

void
spc_streams_changed (SpcStreams *self)
{
  publish (self);
}

SpcListener *
spc_streams_film_listener (SpcStreams *self)
{
  return spc_film_producer_listener (self->producer);
}

void
spc_streams_join (SpcStreams *self, SpcConnection *connection)
{
  SpcViewerStreams *viewer = spc_display_connection_streams (connection);

  for (guint i = 0; i < self->running->len; i++)
    spc_viewer_streams_add (viewer,
                            g_array_index (self->running, Running, i).stream);
  settle (self, g_get_monotonic_time ());
  publish (self);
}

void
spc_streams_leave (SpcStreams *self)
{
  publish (self);
}

void
spc_streams_withdraw (SpcStreams *self, SpcConnection *connection)
{
  SpcViewerStreams *viewer = spc_display_connection_streams (connection);

  for (guint i = 0; i < self->running->len; i++)
    spc_viewer_streams_remove (
        viewer, g_array_index (self->running, Running, i).stream, false);
}

bool
spc_streams_meet (const SpcStreams *self, const QxlDrawable *draw)
{
  if (self->running->len == 0)
    return false;
  if (qxl_drawable_reads (draw, QXL_PRIMARY_SURFACE))
    return true;
  for (guint i = 0; i < self->running->len; i++) {
    const SpcStream *stream = g_array_index (self->running, Running, i).stream;
    if (draw->surface_id == QXL_PRIMARY_SURFACE &&
        qxl_rect_intersects (spc_stream_area (stream), &draw->box))
      return true;
  }
  return false;
}

/* life */

SpcStreams *
spc_streams_new (SpcDisplay *display)
{
  SpcStreams *self = g_new0 (SpcStreams, 1);

  self->display = display;
  self->timer =
      spc_timer_new (spc_channel_loop (SPC_CHANNEL (display)), on_timer, self);
  self->running = g_array_new (FALSE, FALSE, sizeof (Running));
  self->areas = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  self->films = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  spc_gop_init (&self->gop);
  self->producer = spc_film_producer_new (
      spc_channel_loop (SPC_CHANNEL (display)), on_unpictured, self);
  g_mutex_init (&self->lock);
  return self;
}

void
spc_streams_stop (SpcStreams *self)
{
  end_all (self, false);
  spc_timer_disarm (self->timer);
  spc_film_producer_stop (self->producer);
}

void
spc_streams_free (SpcStreams *self)
{
  if (self == NULL)
    return;
  end_all (self, false);
  spc_timer_free (self->timer);
  g_array_unref (self->running);
  spc_stream_detect_free (self->detect);
  g_array_unref (self->areas);
  g_array_unref (self->films);
  spc_gop_clear (&self->gop);
  spc_film_producer_free (self->producer);
  g_mutex_clear (&self->lock);
  g_free (self);
}
