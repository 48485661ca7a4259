/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video-stage.h"

#include "server-core/base/error.h"
#include "tests/wire-streams.h"

typedef struct {
  SpcVideoEncoder encoder;
  Studio *studio;
  SpcVideoSink sink;
  guint64 n_packets;
} Pretender;

static void
pretend_push (SpcVideoEncoder *encoder, QxlImage *frame, int64_t time_us,
              bool is_key)
{
  Pretender *self = (Pretender *)encoder;
  bool makes_key = is_key || self->n_packets == 0;
  g_autoptr (GBytes) bytes =
      wire_streams_packet (self->n_packets + 1, makes_key);
  const SpcVideoPacket packet = {
      .bytes = bytes, .is_key = makes_key, .time_us = time_us};

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
    self->sink.packet (&packet, self->sink.user_data);
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

void
studio_init (Studio *self, uint8_t codec)
{
  *self = (Studio){.factory = {studio_codecs, studio_create}, .codec = codec};
}
