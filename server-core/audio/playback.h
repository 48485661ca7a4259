/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* playback.h – the playback channel: sound out, to every viewer.
 *
 * The producer posts packets of 480 frames; a viewer that can take Opus gets
 * Opus, others raw. A viewer more than 200 ms behind loses its oldest packets.
 * Any thread. */
#pragma once

#include "audio-codec.h"
#include "server-core/channel/server.h"

#define SPC_TYPE_PLAYBACK (spc_playback_get_type ())
G_DECLARE_FINAL_TYPE (SpcPlayback, spc_playback, SPC, PLAYBACK, SpcChannel)

typedef enum {
  SPC_AUDIO_AUTO, /* Opus for whoever takes it */
  SPC_AUDIO_OPUS, /* same; viewers without it get raw */
  SPC_AUDIO_RAW,
} SpcAudioCodec;

SpcPlayback *spc_playback_new (SpcServer *server, SpcAudioCodec codec);

/* producer, any thread */
/* from now on packets come; again with other values: stops and starts anew.
 * To make viewers forget a grown delay after a gap, stop and start. */
void spc_playback_post_start (SpcPlayback *self, uint32_t rate,
                              uint32_t channels, uint32_t mm_time_ms);
/* takes both; @opus: NULL when nobody wants it, @raw: NULL likewise. Dropped
 * while stopped. */
void spc_playback_post_packet (SpcPlayback *self, GBytes *opus, GBytes *raw,
                               uint32_t mm_time_ms);
void spc_playback_post_stop (SpcPlayback *self);
/* what viewers take at this moment, published by the loop */
bool spc_playback_wants_opus (SpcPlayback *self);
bool spc_playback_wants_raw (SpcPlayback *self);
/* @volume: linear amplitude per channel, 65535 is 100 %; at most 8 channels are
 * kept. Not sent before it was set. */
void spc_playback_set_volume (SpcPlayback *self, const uint16_t *volume,
                              guint n_channels);
void spc_playback_set_mute (SpcPlayback *self, bool mute);
/* least buffering a viewer is asked for, ms; 0: its own choice */
void spc_playback_set_latency (SpcPlayback *self, uint32_t latency_ms);
guint64 spc_playback_dropped (SpcPlayback *self); /* packets, all viewers */
