/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-clock.h"

#include <stdlib.h>

#define NS_PER_MS 1000000

static int64_t
floor_div (int64_t a, int64_t b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}

void
spc_audio_clock_init (SpcAudioClock *self, uint32_t rate)
{
  *self = (SpcAudioClock){.rate = rate};
}

void
spc_audio_clock_set_anchor (SpcAudioClock *self, int64_t pipeline_ns,
                            uint32_t mm_time_ms)
{
  self->anchor_ns = pipeline_ns;
  self->anchor_ms = mm_time_ms;
}

uint32_t
spc_audio_clock_to_mm (const SpcAudioClock *self, int64_t pipeline_ns)
{
  int64_t ms = floor_div (pipeline_ns, NS_PER_MS) -
               floor_div (self->anchor_ns, NS_PER_MS);

  return self->anchor_ms + (uint32_t)ms;
}

int64_t
spc_audio_clock_to_pipeline (const SpcAudioClock *self, uint32_t mm_time_ms,
                             int64_t near_ns)
{
  uint32_t near_ms = spc_audio_clock_to_mm (self, near_ns);
  int32_t distance_ms = (int32_t)(mm_time_ms - near_ms);

  return (floor_div (near_ns, NS_PER_MS) + distance_ms) * NS_PER_MS;
}

/* where the run has got to */
static uint32_t
expected_ms (const SpcAudioClock *self)
{
  return self->run_start_ms + (uint32_t)(self->run_frames * 1000 / self->rate);
}

static SpcAudioStep
judge (const SpcAudioClock *self, uint32_t wanted_ms)
{
  int64_t error_ms;

  if (!self->running)
    return SPC_AUDIO_RESYNC;
  error_ms = llabs ((int64_t)(int32_t)(wanted_ms - expected_ms (self)));
  if (error_ms > SPC_AUDIO_GAP_MS)
    return SPC_AUDIO_GAP;
  return error_ms > SPC_AUDIO_RESYNC_MS ? SPC_AUDIO_RESYNC
                                        : SPC_AUDIO_CONTINUES;
}

SpcAudioStep
spc_audio_clock_stamp (SpcAudioClock *self, uint32_t wanted_ms,
                       uint32_t n_frames, uint32_t *stamp_ms)
{
  SpcAudioStep step = judge (self, wanted_ms);

  if (step != SPC_AUDIO_CONTINUES) {
    self->running = true;
    self->run_start_ms = wanted_ms;
    self->run_frames = 0;
  }
  *stamp_ms = expected_ms (self);
  self->run_frames += n_frames;
  return step;
}

void
spc_audio_clock_break (SpcAudioClock *self)
{
  self->running = false;
}
