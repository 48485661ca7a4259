/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record.h – the record channel: a viewer's microphone.
 *
 * While a consumer is started, the viewers are asked to record; packets of the
 * one that speaks go to the mailbox the consumer waits on. The newest that
 * began to speak has the floor, until it leaves or has been silent for a
 * second; view-only viewers are not heard. Decoding is the consumer's work.
 * Clients record Opus in two channels only: ask for two. */
#pragma once

#include "audio-codec.h"
#include "playback.h"
#include "server-core/base/mailbox.h"

#define SPC_TYPE_RECORD (spc_record_get_type ())
G_DECLARE_FINAL_TYPE (SpcRecord, spc_record, SPC, RECORD, SpcChannel)

typedef struct {
  bool opus;          /* one packet; else whole S16LE frames */
  bool first;         /* of a speaker: reset decoders, mark a discontinuity */
  uint32_t time_ms;   /* the viewer's stamp; many send 0 */
  int64_t arrival_us; /* monotonic */
  GBytes *data;
} SpcRecordPacket;

void spc_record_packet_free (SpcRecordPacket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcRecordPacket, spc_record_packet_free)

/* SPC_AUDIO_RAW, or a rate Opus does not take: viewers send raw */
SpcRecord *spc_record_new (SpcServer *server, SpcAudioCodec codec,
                           uint32_t rate, uint32_t channels);
/* any thread */
/* letters: SpcRecordPacket; 20 at most, the oldest are dropped. Borrowed. */
SpcMailbox *spc_record_mailbox (SpcRecord *self);
/* starting empties the mailbox */
void spc_record_post_start (SpcRecord *self);
void spc_record_post_stop (SpcRecord *self);
/* as those of playback */
void spc_record_set_volume (SpcRecord *self, const uint16_t *volume,
                            guint n_channels);
void spc_record_set_mute (SpcRecord *self, bool mute);
