/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-traits.h"

#include "server-core/base/limits.h"
#include "server-core/channel/client.h"
#include "server-core/video/video-codec.h"
#include "server-core/video/video-encoder.h"

#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>

/* films in JPEG take 10 to 60 Mbit/s, a few at once, and pictures besides */
#define WIDE_LINK_BPS 200000000u
#define NEAR_ROUND_TRIP_US 2000u

uint32_t
spc_viewer_codecs (SpcConnection *connection)
{
  uint32_t decoded = 0;
  const SpcVideoCodec *codec;

  /* one that does not know of several has the oldest */
  if (!spc_connection_has_cap (connection, SPICE_DISPLAY_CAP_MULTI_CODEC))
    return 1u << SPICE_VIDEO_CODEC_TYPE_MJPEG;
  for (unsigned i = 0; (codec = spc_video_codec_at (i)) != NULL; i++)
    if (spc_connection_has_cap (connection, codec->cap))
      decoded |= 1u << codec->number;
  return decoded;
}

void
spc_offered_codecs (const SpcVideoConfig *config,
                    uint8_t offered[SPC_MAX_VIDEO_CODECS + 1])
{
  guint n_made = 0;

  if (config->codecs[0] != 0) {
    memcpy (offered, config->codecs, SPC_MAX_VIDEO_CODECS);
    return;
  }
  if (config->factory != NULL)
    n_made = config->factory->codecs (config->factory, offered);
  n_made = MIN (n_made, SPC_MAX_VIDEO_CODECS - 1);
  offered[n_made] = SPICE_VIDEO_CODEC_TYPE_MJPEG;
}

/* One that is not measured yet is taken for a fast one if its round trip is next
 * to none. */
bool
spc_viewer_has_room (SpcConnection *connection)
{
  const SpcClient *client = spc_connection_client (connection);
  guint32 round_trip_us = spc_client_round_trip_us ((SpcClient *)client);

  if (spc_connection_is_local (connection))
    return true;
  if (client->bitrate_bps > 0)
    return client->bitrate_bps >= WIDE_LINK_BPS;
  return round_trip_us > 0 && round_trip_us < NEAR_ROUND_TRIP_US;
}

SpcRateLimits
spc_viewer_rate_limits (SpcConnection *connection, const SpcVideoConfig *config)
{
  guint64 measured_bps = spc_connection_client (connection)->bitrate_bps;
  SpcRateLimits limits = {.start_bps = config->start_bps,
                          .min_bps = config->min_bps,
                          .max_bps = config->max_bps};

  if (limits.start_bps == 0 && spc_connection_is_local (connection))
    limits.start_bps = SPC_START_LOCAL_VIDEO_BPS;
  if (limits.start_bps == 0 && measured_bps > 0)
    limits.start_bps = (uint32_t)CLAMP (measured_bps / 4 * 3, SPC_MIN_VIDEO_BPS,
                                        SPC_MAX_VIDEO_BPS);
  return limits;
}
