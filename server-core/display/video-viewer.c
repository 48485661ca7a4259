/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "video-viewer.h"

#include "server-core/channel/channel.h"
#include "server-core/channel/client.h"
#include "server-core/channel/server.h"
#include "server-core/video/codec-choice.h"
#include "server-core/video/video-encoder.h"
#include "viewer-traits.h"

/* ids a client has room for (spec: streams) */
#define MAX_IDS 64u
/* a line that bears too little for so long is narrow, and stays so: moving to
 * and fro would be worse than what is won */
#define NARROW_US (2 * G_USEC_PER_SEC)

const SpcVideoConfig *
spc_video_viewer_config (const SpcVideoViewer *self)
{
  SpcServer *server =
      spc_channel_server (spc_connection_channel (self->connection));

  return &spc_server_config (server)->video;
}

bool
spc_video_viewer_knows_clips (const SpcVideoViewer *self)
{
  return spc_connection_client (self->connection)->is_native;
}

uint32_t
spc_video_viewer_take_id (SpcVideoViewer *self)
{
  uint32_t id = 0;

  while (id < MAX_IDS - 1 && (self->ids >> id & 1) != 0)
    id++;
  self->ids |= G_GUINT64_CONSTANT (1) << id;
  return id;
}

void
spc_video_viewer_drop_id (SpcVideoViewer *self, uint32_t id)
{
  self->ids &= ~(G_GUINT64_CONSTANT (1) << id);
}

void
spc_video_viewer_wish (SpcVideoViewer *self, const uint8_t *codecs,
                       guint n_codecs)
{
  memset (self->wished, 0, sizeof self->wished);
  memcpy (self->wished, codecs, MIN (n_codecs, SPC_MAX_VIDEO_CODECS));
}

uint8_t
spc_video_viewer_choose_codec (const SpcVideoViewer *self,
                               const SpcStream *stream, uint32_t tried)
{
  const SpcVideoConfig *config = spc_video_viewer_config (self);
  uint8_t native = spc_stream_native (stream);
  SpcVideoTraits traits = {.obeys_wish = config->obeys_viewers,
                           .decoded = spc_viewer_codecs (self->connection) &
                                      ~self->bad_codecs & ~tried};

  if (native != 0 && (traits.decoded & 1u << native) != 0)
    return native;
  spc_offered_codecs (config, traits.offered);
  memcpy (traits.wished, self->wished, sizeof traits.wished);
  traits.favours_mjpeg = config->favours_mjpeg && !self->is_narrow &&
                         spc_viewer_has_room (self->connection);
  return spc_choose_video_codec (&traits);
}

/* A rate that was cut has met its bound; another rate may only not be known
 * yet. */
static bool
becomes_narrow (SpcVideoViewer *self, guint mjpeg_bps, int64_t now_us)
{
  if (self->is_narrow)
    return false;
  if (self->rate.cut_us == 0 ||
      spc_rate_control_target_bps (&self->rate) >= mjpeg_bps)
    self->narrow_since_us = 0;
  else if (self->narrow_since_us == 0)
    self->narrow_since_us = now_us;
  self->is_narrow =
      self->narrow_since_us != 0 && now_us - self->narrow_since_us >= NARROW_US;
  return self->is_narrow;
}

static bool
is_same_choice (const SpcVideoConfig *a, const SpcVideoConfig *b)
{
  return a->factory == b->factory && a->favours_mjpeg == b->favours_mjpeg &&
         a->obeys_viewers == b->obeys_viewers &&
         memcmp (a->codecs, b->codecs, sizeof a->codecs) == 0;
}

bool
spc_video_viewer_has_news (SpcVideoViewer *self, guint mjpeg_bps,
                           int64_t now_us)
{
  const SpcVideoConfig *config = spc_video_viewer_config (self);
  guint generation = spc_video_factory_generation (config->factory);
  bool is_news = becomes_narrow (self, mjpeg_bps, now_us) ||
                 generation != self->known_generation ||
                 !is_same_choice (config, &self->known);

  self->known = *config;
  self->known_generation = generation;
  return is_news;
}

void
spc_video_viewer_init (SpcVideoViewer *self, SpcConnection *connection)
{
  SpcRateLimits limits;

  *self = (SpcVideoViewer){.connection = connection};
  self->known = *spc_video_viewer_config (self);
  self->known_generation = spc_video_factory_generation (self->known.factory);
  limits = spc_viewer_rate_limits (connection, spc_video_viewer_config (self));
  spc_rate_control_init (&self->rate, &limits);
}
