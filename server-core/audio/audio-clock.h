/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audio-clock.h – pipeline time, multimedia time and the stamps of packets.
 *
 * Pure: it is told what belongs together and has no clock of its own. Pipeline
 * time is in nanoseconds, multimedia time in milliseconds and wraps after 49.7
 * days. Clients want stamps that grow with the samples (spec: slow clients and
 * buffering): a packet is stamped where the one before ended, and only an error
 * above 40 ms starts anew. Any thread, one at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SPC_AUDIO_RESYNC_MS 40 /* larger errors are not smoothed over */
#define SPC_AUDIO_GAP_MS 500   /* larger gaps deserve STOP and START */

typedef enum {
  SPC_AUDIO_CONTINUES, /* where the packet before ended */
  SPC_AUDIO_RESYNC,    /* the first packet, or a jump above 40 ms */
  SPC_AUDIO_GAP,       /* a jump above 500 ms */
} SpcAudioStep;

typedef struct {
  /* the anchor: these two are the same instant */
  int64_t anchor_ns;
  uint32_t anchor_ms;
  /* the run of continuous packets */
  bool running;
  uint32_t run_start_ms;
  uint64_t run_frames;
  uint32_t rate;
} SpcAudioClock;

/* @rate: frames a second, not 0. Anchored at 0 ns = 0 ms. */
void spc_audio_clock_init (SpcAudioClock *self, uint32_t rate);
void spc_audio_clock_set_anchor (SpcAudioClock *self, int64_t pipeline_ns,
                                 uint32_t mm_time_ms);
/* mapping, both ways; @near_ns picks the turn of a wrapped time */
uint32_t spc_audio_clock_to_mm (const SpcAudioClock *self, int64_t pipeline_ns);
int64_t spc_audio_clock_to_pipeline (const SpcAudioClock *self,
                                     uint32_t mm_time_ms, int64_t near_ns);

/* The stamp of the next packet, @n_frames long, whose first frame belongs to
 * @wanted_ms; *@stamp_ms is what to send. */
SpcAudioStep spc_audio_clock_stamp (SpcAudioClock *self, uint32_t wanted_ms,
                                    uint32_t n_frames, uint32_t *stamp_ms);
/* the next packet starts a run of its own (flush, pause) */
void spc_audio_clock_break (SpcAudioClock *self);
