/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-codec.h"

#include "server-core/base/error.h"
#include <opus.h>

/* of 10; the library's default 9 costs twice as much for little (spec: slow
 * clients and buffering, Opus parameters) */
#define ENCODER_COMPLEXITY 5

struct _SpcAudioEncoder {
  OpusEncoder *opus;
};

struct _SpcAudioDecoder {
  OpusDecoder *opus;
};

/* rates at which 480 frames are one Opus frame: 10, 20, 40 and 60 ms. They
 * would be 30 ms at 16 kHz, which Opus does not have. */
static const uint32_t opus_rates[] = {48000, 24000, 12000, 8000};

bool
spc_audio_opus_takes (uint32_t rate, uint32_t channels)
{
  if (channels != 1 && channels != 2)
    return false;
  for (gsize i = 0; i < G_N_ELEMENTS (opus_rates); i++)
    if (opus_rates[i] == rate)
      return true;
  return false;
}

static bool
check_layout (uint32_t rate, uint32_t channels, GError **error)
{
  if (spc_audio_opus_takes (rate, channels))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "Opus takes 48000, 24000, 12000 or 8000 Hz and 1 or 2 channels, "
               "not %u Hz and %u",
               rate, channels);
  return false;
}

static void
set_opus_error (GError **error, SpcError code, const char *what, int result)
{
  g_set_error (error, SPC_ERROR, code, "%s: %s", what, opus_strerror (result));
}

/* encoder */

SpcAudioEncoder *
spc_audio_encoder_new (uint32_t rate, uint32_t channels, uint32_t bitrate_bps,
                       GError **error)
{
  SpcAudioEncoder *self;
  OpusEncoder *opus;
  int result = OPUS_OK;

  if (!check_layout (rate, channels, error))
    return NULL;
  opus = opus_encoder_create ((opus_int32)rate, (int)channels,
                              OPUS_APPLICATION_AUDIO, &result);
  if (opus && bitrate_bps > 0)
    result = opus_encoder_ctl (
        opus, OPUS_SET_BITRATE ((opus_int32)MIN (bitrate_bps, G_MAXINT32)));
  if (opus && result == OPUS_OK)
    result = opus_encoder_ctl (opus, OPUS_SET_COMPLEXITY (ENCODER_COMPLEXITY));
  /* viewers join in the middle: a decoder that missed what packets build on
   * would answer with a loud pop */
  if (opus && result == OPUS_OK)
    result = opus_encoder_ctl (opus, OPUS_SET_PREDICTION_DISABLED (1));
  if (result != OPUS_OK) {
    set_opus_error (error, SPC_ERROR_SETTINGS, "Opus encoder", result);
    g_clear_pointer (&opus, opus_encoder_destroy);
    return NULL;
  }
  self = g_new0 (SpcAudioEncoder, 1);
  self->opus = opus;
  return self;
}

void
spc_audio_encoder_free (SpcAudioEncoder *self)
{
  if (!self)
    return;
  opus_encoder_destroy (self->opus);
  g_free (self);
}

GBytes *
spc_audio_encoder_encode (SpcAudioEncoder *self, const int16_t *pcm,
                          GError **error)
{
  uint8_t packet[SPC_MAX_OPUS_PACKET];
  int size =
      opus_encode (self->opus, pcm, SPC_AUDIO_FRAMES, packet, sizeof packet);

  if (size < 0) {
    set_opus_error (error, SPC_ERROR_FAILED, "Opus encoder", size);
    return NULL;
  }
  return g_bytes_new (packet, (gsize)size);
}

/* decoder */

SpcAudioDecoder *
spc_audio_decoder_new (uint32_t rate, uint32_t channels, GError **error)
{
  SpcAudioDecoder *self;
  OpusDecoder *opus;
  int result;

  if (!check_layout (rate, channels, error))
    return NULL;
  opus = opus_decoder_create ((opus_int32)rate, (int)channels, &result);
  if (!opus) {
    set_opus_error (error, SPC_ERROR_FAILED, "Opus decoder", result);
    return NULL;
  }
  self = g_new0 (SpcAudioDecoder, 1);
  self->opus = opus;
  return self;
}

void
spc_audio_decoder_free (SpcAudioDecoder *self)
{
  if (!self)
    return;
  opus_decoder_destroy (self->opus);
  g_free (self);
}

int
spc_audio_decoder_decode (SpcAudioDecoder *self, const uint8_t *packet,
                          size_t size, int16_t *pcm, GError **error)
{
  int frames;

  if (size > SPC_MAX_RECORD_DATA) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "Opus packet of %" G_GSIZE_FORMAT " bytes, at most %u", size,
                 SPC_MAX_RECORD_DATA);
    return -1;
  }
  frames = opus_decode (self->opus, size > 0 ? packet : NULL, (opus_int32)size,
                        pcm, SPC_AUDIO_FRAMES, 0);
  if (frames >= 0)
    return frames;
  set_opus_error (error, SPC_ERROR_PROTOCOL, "Opus decoder", frames);
  return -1;
}
