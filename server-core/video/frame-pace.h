/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame-pace.h – which frames are encoded when a rate does not pay for all.
 *
 * Frames that come a little early, since sources jitter, are taken. Pure; times
 * in µs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t due_us;  /* when the next frame is; earlier ones are left out */
  int64_t took_us; /* the last frame's time */
  bool left_out;   /* the last frame was */
} SpcFramePace;

/* false: the frame of that time is left out; @fps: at most, of now */
bool spc_frame_pace_take (SpcFramePace *self, int64_t time_us, uint32_t fps);
