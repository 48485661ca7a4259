/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video-stage.h"

#include "server-core/base/error.h"
#include "tests/wire-streams.h"

typedef struct {
  SpcVideoEncoder encoder;
  Studio *studio;
  SpcVideoSink sink;
  guint64 n_packets;
  GQueue kept; /* SpcVideoPacket, owned */
} Pretender;

static void
packet_free (gpointer data)
{
  g_bytes_unref (((SpcVideoPacket *)data)->bytes);
  g_free (data);
}

/* gives back what was made so many frames ago */
static void
give (Pretender *self, const SpcVideoPacket *packet)
{
  g_bytes_ref (packet->bytes);
  g_queue_push_tail (&self->kept, g_memdup2 (packet, sizeof *packet));
  while (self->kept.length > self->studio->delay) {
    SpcVideoPacket *first = g_queue_pop_head (&self->kept);
    self->sink.packet (first, self->sink.user_data);
    packet_free (first);
  }
}

static void
pretend_push (SpcVideoEncoder *encoder, QxlImage *frame, int64_t time_us,
              bool is_key)
{
  Pretender *self = (Pretender *)encoder;
  bool makes_key = is_key || self->n_packets == 0;
  g_autoptr (GBytes) bytes =
      wire_streams_packet (self->n_packets + 1, makes_key);
  const SpcVideoPacket packet = {.bytes = bytes,
                                 .is_key = makes_key,
                                 .is_finest = self->studio->is_finest,
                                 .time_us = time_us};

  self->n_packets++;
  self->studio->n_frames++;
  self->studio->n_keys += packet.is_key;
  if (self->studio->fails_after != 0 &&
      self->n_packets > self->studio->fails_after) {
    g_autoptr (GError) error =
        g_error_new (SPC_ERROR, SPC_ERROR_FAILED, "out of film");
    self->studio->codec = 0;
    self->studio->fails_after = 0;
    self->sink.failed (error, self->sink.user_data);
  } else {
    give (self, &packet);
  }
}

static void
pretend_rate (SpcVideoEncoder *encoder, uint32_t bitrate_bps)
{
}

static void
pretend_free (SpcVideoEncoder *encoder)
{
  Pretender *self = (Pretender *)encoder;

  self->studio->n_living--;
  self->sink.destroy (self->sink.user_data);
  g_queue_clear_full (&self->kept, packet_free);
  g_free (self);
}

static const SpcVideoEncoderClass pretender_class = {
    .name = "pretender",
    .push = pretend_push,
    .set_bitrate = pretend_rate,
    .free = pretend_free,
};

static guint
studio_codecs (SpcVideoFactory *factory, uint8_t codecs[SPC_MAX_VIDEO_CODECS])
{
  Studio *self = (Studio *)factory;

  codecs[0] = self->codec;
  return self->codec != 0;
}

static SpcVideoEncoder *
studio_create (SpcVideoFactory *factory, const SpcVideoOrder *order,
               const SpcVideoSink *sink, GError **error)
{
  Studio *self = (Studio *)factory;
  Pretender *pretender;

  g_assert_cmpuint (order->codec, ==, self->codec);
  if (self->refuses) {
    sink->destroy (sink->user_data);
    g_set_error (error, SPC_ERROR, SPC_ERROR_FAILED, "on strike");
    return NULL;
  }
  pretender = g_new0 (Pretender, 1);
  pretender->encoder.klass = &pretender_class;
  pretender->studio = self;
  pretender->sink = *sink;
  self->n_encoders++;
  self->n_living++;
  return &pretender->encoder;
}

static guint
studio_generation (SpcVideoFactory *factory)
{
  return ((Studio *)factory)->generation;
}

void
studio_init (Studio *self, uint8_t codec)
{
  *self = (Studio){.factory = {studio_codecs, studio_create, studio_generation},
                   .codec = codec};
}
