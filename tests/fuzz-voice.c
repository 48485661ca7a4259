/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of Opus that viewers send: whatever they are, no more than a packet's
 * frames come of each, and the decoder goes on with the next.
 *
 * An input is a byte of choices (bit 0: two channels; bits 1 and 2: the rate),
 * then packets, each with two bytes of size before it. */
#include "fuzz.h"
#include "server-core/audio/audio-codec.h"

#include <string.h>

static const uint32_t rates[] = {48000, 24000, 12000, 8000};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SpcAudioDecoder) decoder = NULL;
  uint32_t n_channels;

  if (size == 0)
    return 0;
  n_channels = 1 + (data[0] & 1);
  decoder = spc_audio_decoder_new (rates[data[0] >> 1 & 3], n_channels, NULL);
  g_assert_nonnull (decoder);
  for (size_t at = 1; at + 2 <= size;) {
    size_t length = data[at] | (size_t)data[at + 1] << 8;
    g_autofree int16_t *pcm = g_new (int16_t, SPC_AUDIO_FRAMES * n_channels);
    g_autofree uint8_t *packet = NULL;
    g_autoptr (GError) error = NULL;
    int n;

    at += 2;
    length = MIN (length, size - at);
    packet = g_memdup2 (data + at, length); /* of just this size */
    n = spc_audio_decoder_decode (decoder, packet, length, pcm, &error);
    g_assert_cmpint (n, <=, (int)SPC_AUDIO_FRAMES);
    g_assert_true ((n < 0) == (error != NULL));
    at += length;
  }
  return 0;
}
