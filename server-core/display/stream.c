/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

#include "server-core/base/log.h"
#include "server-core/video/frame-pace.h"
#include "server-core/video/rate-best.h"
#include "server-core/video/rate-class.h"
#include "server-core/video/rate-share.h"
#include "readable-image.h"
#include "stream-echo.h"
#include "stream-feed.h"
#include "stream-reader.h"

#include <spice/enums.h>

/* For so long a viewer of a faster link goes along with those that share its
 * encoder: rates that grow for all do so within that time. */
#define HOLD_US (2 * G_USEC_PER_SEC)
#define MAX_FPS 120 /* no screen shows more */

/* An encoder at work, and the taps it feeds. */
typedef struct {
  SpcStream *stream;
  SpcStreamFeed *feed; /* NULL: fed from outside */
  guint rate_class;
  SpcRateBest best;
  SpcFramePace pace;
  GPtrArray *taps; /* SpcStreamTap, not owned */
} Outlet;

/* for a key frame from outside; then who came is sent all since the last one */
#define KEY_WAIT_MS 500
#define KEY_WAIT_US (KEY_WAIT_MS * INT64_C (1000))
/* packets which are so few that they are sent at once: less than the wait */
#define FEW_PACKETS 8u
/* between the times of packets that are sent at once */
#define BURST_STEP_US 1000

struct _SpcStream {
  SpcStreamBase base;
  QxlRect area;
  guint fps;
  uint8_t native;
  SpcStreamClip *clip;
  QxlRegion whole;
  GPtrArray *outlets; /* Outlet, owned */
  SpcTimer *key_timer;
  SpcStreamEcho *echo;
  bool is_drawn_on;
  int64_t drawn_us;
  QxlImage *shown; /* all of it, by the batch at hand; or NULL */
  SpcStreamReader *reader;
};

struct _SpcStreamTap {
  SpcStream *stream;
  Outlet *outlet; /* NULL: it failed */
  uint8_t codec;
  guint wanted;    /* class of what its viewer may be sent */
  int64_t held_us; /* since when that is more than it gets; 0: it is not */
  SpcVideoFactory *factory;
  SpcStreamTapFuncs funcs;
  gpointer user_data;
  bool waits_for_key;
  int64_t begun_us; /* of one that nothing was sent to; 0: something was */
};

static guint
class_for (const SpcStream *self, uint8_t codec, guint bitrate_bps,
           guint previous)
{
  uint32_t enough_bps =
      spc_rate_enough_bps (codec, (uint32_t)qxl_rect_width (&self->area),
                           (uint32_t)qxl_rect_height (&self->area));

  return spc_rate_class (MIN (bitrate_bps, enough_bps), previous);
}

/* outlets */

static void
outlet_free (gpointer data)
{
  Outlet *self = data;

  spc_stream_feed_free (self->feed);
  g_ptr_array_unref (self->taps);
  g_free (self);
}

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  Outlet *self = user_data;

  spc_rate_best_note (&self->best, packet->time_us,
                      g_bytes_get_size (packet->bytes), packet->is_finest);
  for (guint i = 0; i < self->taps->len; i++) {
    SpcStreamTap *tap = g_ptr_array_index (self->taps, i);

    if (tap->waits_for_key && !packet->is_key)
      continue;
    tap->waits_for_key = false;
    tap->begun_us = 0;
    tap->funcs.packet (packet, tap->user_data);
  }
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Outlet *self = user_data;
  g_autoptr (GPtrArray) taps = g_steal_pointer (&self->taps);

  SPC_WARNING (SPC_LOG_DISPLAY, "a video encoder failed: %s", error->message);
  self->taps = g_ptr_array_new ();
  for (guint i = 0; i < taps->len; i++)
    ((SpcStreamTap *)g_ptr_array_index (taps, i))->outlet = NULL;
  g_ptr_array_remove_fast (self->stream->outlets, self);
  for (guint i = 0; i < taps->len; i++) {
    SpcStreamTap *tap = g_ptr_array_index (taps, i);
    tap->funcs.failed (tap->user_data);
  }
}

static const SpcStreamFeedFuncs feed_funcs = {.packet = on_packet,
                                              .failed = on_failed};

static uint8_t
codec_of (const Outlet *self)
{
  return self->feed != NULL ? spc_stream_feed_codec (self->feed)
                            : self->stream->native;
}

/* that of packets from outside; or NULL */
static Outlet *
native_outlet (const SpcStream *self)
{
  for (guint i = 0; i < self->outlets->len; i++) {
    Outlet *outlet = g_ptr_array_index (self->outlets, i);
    if (outlet->feed == NULL)
      return outlet;
  }
  return NULL;
}

static SpcStreamFeed *
make_feed (Outlet *self, uint8_t codec, SpcVideoFactory *factory,
           GError **error)
{
  const SpcStream *stream = self->stream;
  const SpcVideoOrder order = {
      .codec = codec,
      .width = (uint32_t)qxl_rect_width (&stream->area),
      .height = (uint32_t)qxl_rect_height (&stream->area),
      .bitrate_bps = spc_rate_class_bps (self->rate_class),
      .fps = stream->fps,
  };

  if (((order.width | order.height) & 1) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "%ux%u is no size for an encoder", order.width, order.height);
    return NULL;
  }
  return spc_stream_feed_new (stream->base.loop, stream->base.jobs, factory,
                              &order, &feed_funcs, self, error);
}

static Outlet *
add_outlet (SpcStream *self, const SpcStreamTap *tap, guint rate_class,
            GError **error)
{
  Outlet *outlet = g_new0 (Outlet, 1);

  outlet->stream = self;
  outlet->rate_class = rate_class;
  spc_rate_best_init (&outlet->best);
  if (tap->codec != self->native)
    outlet->feed = make_feed (outlet, tap->codec, tap->factory, error);
  if (outlet->feed == NULL && tap->codec != self->native) {
    g_free (outlet);
    return NULL;
  }
  outlet->taps = g_ptr_array_new ();
  g_ptr_array_add (self->outlets, outlet);
  SPC_DEBUG (SPC_LOG_DISPLAY, "codec %u, class %u: an encoder begins, of %u",
             tap->codec, rate_class, self->outlets->len);
  return outlet;
}

static void
leave_outlet (SpcStreamTap *tap)
{
  Outlet *outlet = g_steal_pointer (&tap->outlet);

  if (outlet == NULL)
    return;
  g_ptr_array_remove_fast (outlet->taps, tap);
  if (outlet->taps->len > 0)
    return;
  SPC_DEBUG (SPC_LOG_DISPLAY, "codec %u, class %u: an encoder ends, of %u",
             tap->codec, outlet->rate_class, tap->stream->outlets->len);
  g_ptr_array_remove_fast (tap->stream->outlets, outlet);
}

static void
join_outlet (SpcStreamTap *tap, Outlet *outlet)
{
  leave_outlet (tap);
  tap->outlet = outlet;
  g_ptr_array_add (outlet->taps, tap);
  if (outlet->feed != NULL)
    spc_stream_tap_begin_anew (tap);
}

/* sharing encoders */

/* With few bits there are fewer frames rather than bad ones. */
static uint32_t
paid_fps (const Outlet *self)
{
  const QxlRect *area = &self->stream->area;

  return spc_rate_class_fps (self->rate_class, codec_of (self),
                             (uint32_t)qxl_rect_width (area),
                             (uint32_t)qxl_rect_height (area), MAX_FPS);
}

static SpcRateGroup
group_of (const Outlet *outlet, uint8_t codec)
{
  SpcRateGroup group = {.rate_class = outlet->rate_class,
                        .least_wanted = G_MAXUINT};

  if (outlet->feed == NULL || codec_of (outlet) != codec)
    return group;
  group.n_viewers = outlet->taps->len;
  if (paid_fps (outlet) >= outlet->stream->fps)
    group.best_class = spc_rate_best_class (&outlet->best, outlet->rate_class);
  for (guint i = 0; i < outlet->taps->len; i++) {
    const SpcStreamTap *tap = g_ptr_array_index (outlet->taps, i);
    group.least_wanted = MIN (group.least_wanted, tap->wanted);
  }
  return group;
}

static SpcRateGroup *
list_groups (const SpcStream *self, uint8_t codec)
{
  SpcRateGroup *groups = g_new (SpcRateGroup, self->outlets->len);

  for (guint i = 0; i < self->outlets->len; i++)
    groups[i] = group_of (g_ptr_array_index (self->outlets, i), codec);
  return groups;
}

/* for a viewer that comes; NULL: none suits it */
static Outlet *
find_outlet (const SpcStream *self, uint8_t codec, guint rate_class)
{
  g_autofree SpcRateGroup *groups = list_groups (self, codec);
  guint found = spc_rate_find_group (groups, self->outlets->len, rate_class);

  return found < self->outlets->len ? g_ptr_array_index (self->outlets, found)
                                    : NULL;
}

static SpcRateMove
find_move (SpcStreamTap *self, int64_t now_us)
{
  GPtrArray *outlets = self->stream->outlets;
  g_autofree SpcRateGroup *groups = list_groups (self->stream, self->codec);
  guint own = 0;

  g_ptr_array_find (outlets, self->outlet, &own);
  if (self->wanted <= self->outlet->rate_class)
    self->held_us = 0;
  else if (self->held_us == 0)
    self->held_us = now_us;
  return spc_rate_share (groups, outlets->len, own, self->wanted,
                         self->held_us != 0 &&
                             now_us - self->held_us > HOLD_US);
}

/* taps */

SpcStreamTap *
spc_stream_tap_new (SpcStream *stream, uint8_t codec, guint bitrate_bps,
                    SpcVideoFactory *factory, const SpcStreamTapFuncs *funcs,
                    gpointer user_data, GError **error)
{
  g_autoptr (SpcStreamTap) self = g_new0 (SpcStreamTap, 1);
  guint rate_class = class_for (stream, codec, bitrate_bps, 0);
  Outlet *outlet = codec == stream->native
                       ? native_outlet (stream)
                       : find_outlet (stream, codec, rate_class);

  self->stream = stream;
  self->codec = codec;
  self->wanted = rate_class;
  self->factory = factory;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->waits_for_key = true;
  if (outlet == NULL)
    outlet = add_outlet (stream, self, rate_class, error);
  if (outlet == NULL)
    return NULL;
  join_outlet (self, outlet);
  return g_steal_pointer (&self);
}

void
spc_stream_tap_free (SpcStreamTap *self)
{
  if (self == NULL)
    return;
  leave_outlet (self);
  g_free (self);
}

void
spc_stream_tap_begin_anew (SpcStreamTap *self)
{
  self->waits_for_key = true;
  if (self->outlet != NULL && self->outlet->feed != NULL)
    spc_stream_feed_want_key (self->outlet->feed);
  else if (self->outlet != NULL)
    self->stream->base.want_key (self->stream->base.user_data);
}

/* All since the last key frame, with times that are just over: a viewer shows
 * the newest, and goes on in the present. */
static void
send_gop (SpcStreamTap *self)
{
  const SpcGop *gop = self->stream->base.gop;
  guint n = spc_gop_length (gop);
  int64_t time_us = g_get_monotonic_time () - n * BURST_STEP_US;

  self->waits_for_key = false;
  self->begun_us = 0;
  self->funcs.burst (n, self->user_data);
  for (guint i = 0; i < n; i++) {
    SpcVideoPacket packet = *spc_gop_at (gop, i);

    packet.time_us = time_us + (i + 1) * BURST_STEP_US;
    packet.is_past = self->stream->drawn_us != 0;
    self->funcs.packet (&packet, self->user_data);
  }
}

static void
wait_for_key (SpcStream *self)
{
  if (!spc_timer_is_armed (self->key_timer))
    spc_timer_arm (self->key_timer, KEY_WAIT_MS);
}

/* Viewers who came wait for a key frame that does not come. The one who came
 * last may wait twice as long. */
static void
on_no_key (gpointer user_data)
{
  SpcStream *self = user_data;
  const Outlet *outlet = native_outlet (self);
  int64_t now_us = g_get_monotonic_time ();

  if (outlet == NULL || spc_gop_length (self->base.gop) == 0)
    return;
  for (guint i = 0; i < outlet->taps->len; i++) {
    SpcStreamTap *tap = g_ptr_array_index (outlet->taps, i);
    if (tap->begun_us == 0)
      continue;
    if (now_us - tap->begun_us >= KEY_WAIT_US / 2)
      send_gop (tap);
    else
      wait_for_key (self);
  }
}

void
spc_stream_tap_begin (SpcStreamTap *self)
{
  const SpcGop *gop = self->stream->base.gop;
  guint n = spc_gop_length (gop);

  if (self->outlet == NULL || self->outlet->feed != NULL)
    return;
  self->begun_us = g_get_monotonic_time ();
  if (n > 0 &&
      (n <= FEW_PACKETS ||
       self->begun_us - spc_gop_at (gop, n - 1)->time_us > KEY_WAIT_US))
    send_gop (self);
  else {
    spc_stream_tap_begin_anew (self);
    wait_for_key (self->stream);
  }
}

/* moving between encoders */

/* what is better for all is worth another wait */
static void
set_outlet (Outlet *self, guint rate_class)
{
  if (rate_class < self->rate_class)
    spc_rate_best_begin_anew (&self->best);
  self->rate_class = rate_class;
  spc_stream_feed_set_bitrate (self->feed, spc_rate_class_bps (rate_class));
  for (guint i = 0; i < self->taps->len; i++)
    ((SpcStreamTap *)g_ptr_array_index (self->taps, i))->held_us = 0;
}

/* the last one takes the outlet along */
static void
merge_outlet (Outlet *self, Outlet *other)
{
  for (guint i = self->taps->len; i-- > 0;)
    join_outlet (g_ptr_array_index (self->taps, i), other);
}

static void
do_move (SpcStreamTap *self, const SpcRateMove *move)
{
  Outlet *outlet = self->outlet, *other;

  switch (move->kind) {
  case SPC_RATE_STAY:
    break;
  case SPC_RATE_SET:
    set_outlet (outlet, move->rate_class);
    break;
  case SPC_RATE_MERGE:
    merge_outlet (outlet,
                  g_ptr_array_index (self->stream->outlets, move->group));
    break;
  case SPC_RATE_JOIN:
    join_outlet (self, g_ptr_array_index (self->stream->outlets, move->group));
    break;
  case SPC_RATE_LEAVE:
    other = add_outlet (self->stream, self, move->rate_class, NULL);
    if (other != NULL)
      join_outlet (self, other);
    break;
  }
}

void
spc_stream_tap_set_bitrate (SpcStreamTap *self, guint bitrate_bps)
{
  SpcRateMove move;

  if (self->outlet == NULL || self->outlet->feed == NULL)
    return;
  self->wanted =
      class_for (self->stream, self->codec, bitrate_bps, self->wanted);
  move = find_move (self, g_get_monotonic_time ());
  do_move (self, &move);
}

/* frames */

static bool
is_awaited (const Outlet *self)
{
  for (guint i = 0; i < self->taps->len; i++) {
    const SpcStreamTap *tap = g_ptr_array_index (self->taps, i);
    if (tap->funcs.may_take (tap->user_data))
      return true;
  }
  return false;
}

static bool
is_due (Outlet *self, int64_t time_us)
{
  return self->feed != NULL && is_awaited (self) &&
         spc_frame_pace_take (&self->pace, time_us, paid_fps (self));
}

static void
push_frame (QxlImage *image, int64_t time_us, gpointer user_data)
{
  SpcStream *self = user_data;

  for (guint i = 0; i < self->outlets->len; i++) {
    Outlet *outlet = g_ptr_array_index (self->outlets, i);
    if (is_due (outlet, time_us))
      spc_stream_feed_push (outlet->feed, image, time_us);
  }
  spc_stream_echo_note (self->echo, image);
}

/* A JPEG file that was sent needs no other to be shown; and a frame that is
 * being read comes anyway. */
static void
on_echo (QxlImage *image, gpointer user_data)
{
  SpcStream *self = user_data;
  int64_t now_us = g_get_monotonic_time ();

  if (spc_stream_reader_is_busy (self->reader))
    return;
  for (guint i = 0; i < self->outlets->len; i++) {
    Outlet *outlet = g_ptr_array_index (self->outlets, i);
    if (outlet->feed != NULL && is_awaited (outlet) &&
        (outlet->pace.left_out ||
         codec_of (outlet) != SPICE_VIDEO_CODEC_TYPE_MJPEG))
      spc_stream_feed_push (outlet->feed, image, now_us);
  }
}

/* frames have another size */
static void
replace_feed (Outlet *self)
{
  g_autoptr (GError) error = NULL;
  const SpcStreamTap *tap = g_ptr_array_index (self->taps, 0);

  if (self->feed == NULL)
    return;
  spc_stream_feed_free (self->feed);
  spc_rate_best_begin_anew (&self->best);
  self->feed = make_feed (self, tap->codec, tap->factory, &error);
  if (self->feed == NULL) {
    on_failed (error, self);
    return;
  }
  for (guint i = 0; i < self->taps->len; i++)
    spc_stream_tap_begin_anew (g_ptr_array_index (self->taps, i));
}

void
spc_stream_put (SpcStream *self, const QxlRect *area, int64_t now_us)
{
  bool is_of_size = qxl_rect_width (area) == qxl_rect_width (&self->area) &&
                    qxl_rect_height (area) == qxl_rect_height (&self->area);

  self->area = *area;
  spc_stream_reader_put (self->reader, area);
  g_clear_pointer (&self->shown, qxl_image_unref);
  self->is_drawn_on = true;
  pixman_region32_clear (&self->whole);
  qxl_region_add (&self->whole, area);
  spc_stream_clip_put (self->clip, area, now_us);
  if (is_of_size)
    return;
  spc_stream_echo_note (self->echo, NULL);
  /* those that fail go, and others may come behind the rest */
  for (guint i = self->outlets->len; i-- > 0;)
    replace_feed (g_ptr_array_index (self->outlets, i));
}

void
spc_stream_draw (SpcStream *self, const QxlDrawable *draw, int64_t now_us)
{
  if (!qxl_rect_intersects (&self->area, &draw->box))
    return;
  self->is_drawn_on = true;
  g_clear_pointer (&self->shown, qxl_image_unref);
  if (spc_stream_is_encoded (self))
    self->shown = spc_readable_part (draw, &self->area);
  /* frames from outside are painted everywhere, and drawn if they are wanted */
  if (self->native != 0)
    return;
  self->drawn_us = now_us;
  spc_stream_clip_command (self->clip, draw, now_us);
}

void
spc_stream_set_drawn (SpcStream *self, int64_t drawn_us)
{
  self->drawn_us = drawn_us;
}

int64_t
spc_stream_drawn_us (const SpcStream *self)
{
  return self->drawn_us;
}

/* not before what is being read: in order */
static void
take_frame (SpcStream *self, QxlImage *shown, int64_t time_us)
{
  if (!spc_stream_is_encoded (self))
    spc_stream_reader_skip (self->reader);
  else if (!spc_stream_reader_is_busy (self->reader) && shown != NULL &&
           spc_is_readable_frame (shown, &self->area))
    push_frame (shown, time_us, self);
  else
    spc_stream_reader_read (self->reader, time_us);
}

bool
spc_stream_end_batch (SpcStream *self, QxlImage *shown, int64_t time_us)
{
  g_autoptr (QxlImage) drawn = g_steal_pointer (&self->shown);

  if (!self->is_drawn_on)
    return false;
  self->is_drawn_on = false;
  take_frame (self, shown != NULL ? shown : drawn, time_us);
  return self->native == 0 && spc_stream_clip_update (self->clip, time_us);
}

const QxlRegion *
spc_stream_whole (const SpcStream *self)
{
  return &self->whole;
}

const QxlRegion *
spc_stream_region (const SpcStream *self)
{
  return spc_stream_clip_region (self->clip);
}

static void
begin_all_anew (Outlet *outlet)
{
  for (guint i = 0; i < outlet->taps->len; i++)
    spc_stream_tap_begin_anew (g_ptr_array_index (outlet->taps, i));
}

void
spc_stream_take_packet (SpcStream *self, const SpcVideoPacket *packet,
                        bool follows_loss)
{
  Outlet *outlet = native_outlet (self);

  if (outlet == NULL)
    return;
  if (follows_loss)
    begin_all_anew (outlet);
  on_packet (packet, outlet);
}

uint8_t
spc_stream_native (const SpcStream *self)
{
  return self->native;
}

bool
spc_stream_is_encoded (const SpcStream *self)
{
  for (guint i = 0; i < self->outlets->len; i++)
    if (((const Outlet *)g_ptr_array_index (self->outlets, i))->feed != NULL)
      return true;
  return false;
}

const QxlRect *
spc_stream_area (const SpcStream *self)
{
  return &self->area;
}

/* life */

SpcStream *
spc_stream_new (const SpcStreamBase *base, const SpcStreamSetup *setup,
                int64_t now_us)
{
  SpcStream *self = g_new0 (SpcStream, 1);

  self->base = *base;
  self->area = setup->area;
  self->fps = setup->fps;
  self->native = setup->native;
  self->is_drawn_on = true;
  pixman_region32_init (&self->whole);
  qxl_region_add (&self->whole, &setup->area);
  self->drawn_us = setup->native == 0 ? now_us : 0;
  self->clip = spc_stream_clip_new (&setup->area, now_us);
  self->outlets = g_ptr_array_new_with_free_func (outlet_free);
  self->key_timer = spc_timer_new (base->loop, on_no_key, self);
  self->echo = spc_stream_echo_new (base->loop, on_echo, self);
  self->reader = spc_stream_reader_new (base->picture, push_frame, self);
  spc_stream_reader_put (self->reader, &setup->area);
  return self;
}

void
spc_stream_free (SpcStream *self)
{
  if (self == NULL)
    return;
  spc_stream_reader_free (self->reader);
  g_clear_pointer (&self->shown, qxl_image_unref);
  spc_stream_clip_free (self->clip);
  pixman_region32_fini (&self->whole);
  g_ptr_array_unref (self->outlets);
  spc_timer_free (self->key_timer);
  spc_stream_echo_free (self->echo);
  g_free (self);
}
