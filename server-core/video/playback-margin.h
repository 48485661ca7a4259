/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* playback-margin.h – how long after its time a frame is shown.
 *
 * Viewers show a frame when their clock reaches its stamp, and drop an MJPEG
 * frame that arrives later. So the stamp is ahead by as much as the slowest
 * frame of the last seconds took, and a little more. A viewer's clock is behind
 * ours by what the message that set it took, which may be far longer than any
 * frame: so the margin is what its reports ask for, be it less than nothing. It
 * grows at once and shrinks slower than time passes, so that stamps never go
 * back. Pure: times are monotonic µs; one thread at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* before anything is known */
#define SPC_PLAYBACK_MARGIN_MS 40
#define SPC_MAX_PLAYBACK_MARGIN_MS 800
/* clocks that are further behind are not believed */
#define SPC_MIN_PLAYBACK_MARGIN_MS (-10000)
/* frames whose margins are known when a report tells of them */
#define SPC_PLAYBACK_STAMPS 128

typedef struct {
  uint32_t stamp_ms;
  int32_t margin_ms;
} SpcPlaybackStamp;

typedef struct {
  double margin_ms;
  int64_t updated_us;
  /* of this period and the one before: the most a frame needed, the least, and
   * the least that a frame had waited before it was under way */
  double most_ms[2], least_ms[2], least_wait_ms[2];
  int64_t period_us; /* when this one began */
  double base_ms;    /* needed by a frame that waits for nothing */
  bool has_base;     /* a report has told */
  int64_t clock_us;  /* when it seemed last that its clock was set late */
  SpcPlaybackStamp stamps[SPC_PLAYBACK_STAMPS];
  unsigned n_stamps; /* made so far */
} SpcPlaybackMargin;

/* also when the viewer's clock was set anew */
void spc_playback_margin_init (SpcPlaybackMargin *self);
/* the stamp of a frame of that time by the viewer's clock, if it was set in no
 * time */
uint32_t spc_playback_margin_stamp (SpcPlaybackMargin *self, uint32_t time_ms);
/* a frame was written @waited_us after its time, and will be under way for
 * @queue_us longer than the shortest way takes */
void spc_playback_margin_note_sent (SpcPlaybackMargin *self, int64_t now_us,
                                    int64_t waited_us, int64_t queue_us);
/* a viewer's report; @last_stamp_ms: of the frame that came last, so much
 * before it was to be shown */
void spc_playback_margin_note_report (SpcPlaybackMargin *self, int64_t now_us,
                                      uint32_t n_drops, uint32_t last_stamp_ms,
                                      int32_t last_delay_ms);
/* what was needed so far does not count; the margin is what it is */
void spc_playback_margin_forget (SpcPlaybackMargin *self);
int32_t spc_playback_margin_ms (const SpcPlaybackMargin *self);
