/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audio-codec.h – Opus and raw packets of sound.
 *
 * A packet holds SPC_AUDIO_FRAMES (480) frames of interleaved S16LE. Opus is
 * for 48, 24, 12 and 8 kHz (at 16 kHz 480 frames are no Opus frame) and one or
 * two channels; clients always decode it to two. One encoder serves all
 * viewers. Threads: any, one at a time. */
#pragma once

#include "server-core/base/limits.h"
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct _SpcAudioEncoder SpcAudioEncoder;
typedef struct _SpcAudioDecoder SpcAudioDecoder;

bool spc_audio_opus_takes (uint32_t rate, uint32_t channels);

SpcAudioEncoder *spc_audio_encoder_new (uint32_t rate, uint32_t channels,
                                        uint32_t bitrate_bps, GError **error);
void spc_audio_encoder_free (SpcAudioEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcAudioEncoder, spc_audio_encoder_free)
/* @pcm: 480 frames; NULL with @error when Opus refuses */
GBytes *spc_audio_encoder_encode (SpcAudioEncoder *self, const int16_t *pcm,
                                  GError **error);

SpcAudioDecoder *spc_audio_decoder_new (uint32_t rate, uint32_t channels,
                                        GError **error);
void spc_audio_decoder_free (SpcAudioDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcAudioDecoder, spc_audio_decoder_free)
/* decodes one packet into at most 480 frames at @pcm; @size 0 conceals a lost
 * one. Frames decoded, or -1 with @error. */
int spc_audio_decoder_decode (SpcAudioDecoder *self, const uint8_t *packet,
                              size_t size, int16_t *pcm, GError **error);
