/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-feed.h"

#include "server-core/base/error.h"
#include "server-core/base/log.h"
#include "server-core/video/mjpeg-encoder.h"
#include <spice/enums.h>

/* between key frames that somebody wishes for: each is several times the size
 * of another frame */
#define KEY_INTERVAL_US (300 * 1000)

/* The way from the encoder's threads to the feed, which may be gone before the
 * last packet has crossed. */
typedef struct {
  gint ref_count;
  SpcLoop *loop;
  SpcStreamFeed *feed; /* the loop's; NULL: gone */
} Line;

struct _SpcStreamFeed {
  SpcVideoOrder order;
  SpcVideoEncoder *encoder;
  Line *line;
  SpcStreamFeedFuncs funcs;
  gpointer user_data;
  bool wants_key;
  int64_t key_us;  /* when one was last asked for */
  int64_t time_us; /* of the last frame */
};

/* crossing */

static Line *
line_ref (Line *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
line_unref (gpointer data)
{
  Line *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  spc_loop_unref (self->loop);
  g_free (self);
}

typedef struct {
  Line *line;
  SpcVideoPacket packet;
  GError *error; /* or NULL */
} Crossing;

static void
crossing_free (gpointer data)
{
  Crossing *self = data;

  g_clear_pointer (&self->packet.bytes, g_bytes_unref);
  g_clear_error (&self->error);
  line_unref (self->line);
  g_free (self);
}

static void
arrive (gpointer user_data)
{
  Crossing *self = user_data;
  SpcStreamFeed *feed = self->line->feed;

  if (feed == NULL)
    return;
  if (self->error != NULL)
    feed->funcs.failed (self->error, feed->user_data);
  else
    feed->funcs.packet (&self->packet, feed->user_data);
}

static void
on_packet (const SpcVideoPacket *packet, gpointer user_data)
{
  Line *line = user_data;
  Crossing *crossing = g_new0 (Crossing, 1);

  crossing->line = line_ref (line);
  crossing->packet = *packet;
  g_bytes_ref (packet->bytes);
  spc_loop_post (line->loop, arrive, crossing, crossing_free);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Line *line = user_data;
  Crossing *crossing = g_new0 (Crossing, 1);

  crossing->line = line_ref (line);
  crossing->error = g_error_copy (error);
  spc_loop_post (line->loop, arrive, crossing, crossing_free);
}

/* feeding */

uint8_t
spc_stream_feed_codec (const SpcStreamFeed *self)
{
  return self->order.codec;
}

void
spc_stream_feed_push (SpcStreamFeed *self, QxlImage *frame, int64_t time_us)
{
  bool is_key = self->wants_key && time_us - self->key_us >= KEY_INTERVAL_US;

  /* encoders want times that grow, and an echo may be a bit ahead */
  time_us = MAX (time_us, self->time_us + 1);
  self->time_us = time_us;
  if (is_key) {
    self->wants_key = false;
    self->key_us = time_us;
  }
  spc_video_encoder_push (self->encoder, frame, time_us, is_key);
}

void
spc_stream_feed_want_key (SpcStreamFeed *self)
{
  self->wants_key = true;
}

void
spc_stream_feed_set_bitrate (SpcStreamFeed *self, uint32_t bitrate_bps)
{
  if (self->order.bitrate_bps == bitrate_bps)
    return;
  self->order.bitrate_bps = bitrate_bps;
  spc_video_encoder_set_bitrate (self->encoder, bitrate_bps);
}

/* life */

static SpcVideoEncoder *
make_encoder (const SpcVideoOrder *order, SpcVideoFactory *factory,
              SpcJobs *jobs, const SpcVideoSink *sink, GError **error)
{
  SpcVideoEncoder *encoder = NULL;

  if (order->codec == SPICE_VIDEO_CODEC_TYPE_MJPEG)
    return spc_mjpeg_encoder_new (jobs, order, sink);
  if (factory != NULL)
    encoder = factory->create (factory, order, sink, error);
  else {
    sink->destroy (sink->user_data);
    g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED,
                 "no encoders for codec %u were handed in", order->codec);
  }
  return encoder;
}

SpcStreamFeed *
spc_stream_feed_new (SpcLoop *loop, SpcJobs *jobs, SpcVideoFactory *factory,
                     const SpcVideoOrder *order,
                     const SpcStreamFeedFuncs *funcs, gpointer user_data,
                     GError **error)
{
  Line *line = g_new (Line, 1);
  const SpcVideoSink sink = {.packet = on_packet,
                             .failed = on_failed,
                             .user_data = line,
                             .destroy = line_unref};
  SpcVideoEncoder *encoder;
  SpcStreamFeed *self;

  *line = (Line){.ref_count = 2, .loop = spc_loop_ref (loop)};
  encoder = make_encoder (order, factory, jobs, &sink, error);
  if (encoder == NULL) {
    line_unref (line);
    return NULL;
  }
  self = g_new (SpcStreamFeed, 1);
  *self = (SpcStreamFeed){.order = *order,
                          .encoder = encoder,
                          .line = line,
                          .funcs = *funcs,
                          .user_data = user_data,
                          .wants_key = true,
                          .key_us = G_MININT64 / 2};
  line->feed = self;
  return self;
}

void
spc_stream_feed_free (SpcStreamFeed *self)
{
  if (self == NULL)
    return;
  self->line->feed = NULL;
  line_unref (self->line);
  spc_video_encoder_free (self->encoder);
  g_free (self);
}
