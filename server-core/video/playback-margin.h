/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* playback-margin.h – how long after its time a frame is shown.
 *
 * Viewers show a frame at the time it is stamped with, and drop an MJPEG frame
 * that arrives later. So the stamp is ahead by as much as the slowest frame of
 * the last seconds took, and a little more; it grows at once, and shrinks
 * slowly, so that stamps never go back. Pure: times are monotonic µs; one
 * thread at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* before anything is known */
#define SPC_PLAYBACK_MARGIN_MS 40u
#define SPC_MIN_PLAYBACK_MARGIN_MS 20u
#define SPC_MAX_PLAYBACK_MARGIN_MS 800u

typedef struct {
  double margin_ms;
  int64_t updated_us;
  /* the most needed in this period and the one before */
  double needed_ms[2];
  int64_t period_us; /* when this one began */
  double before_ms;  /* the margin before it grew */
  int64_t grown_us;  /* when it did; reports may still be about that one */
} SpcPlaybackMargin;

void spc_playback_margin_init (SpcPlaybackMargin *self);
/* a frame was written @waited_us after its time, and will be under way for
 * @queue_us longer than the shortest way takes */
void spc_playback_margin_note_sent (SpcPlaybackMargin *self, int64_t now_us,
                                    int64_t waited_us, int64_t queue_us);
/* a viewer's report; @lag_us: about how old it is */
void spc_playback_margin_note_report (SpcPlaybackMargin *self, int64_t now_us,
                                      int64_t lag_us, uint32_t n_drops,
                                      int32_t last_delay_ms);
/* what was needed so far does not count; the margin is what it is */
void spc_playback_margin_forget (SpcPlaybackMargin *self);
uint32_t spc_playback_margin_ms (const SpcPlaybackMargin *self);
