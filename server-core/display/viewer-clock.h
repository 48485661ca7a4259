/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer-clock.h – by which time a viewer is told to show frames.
 *
 * With the sound of their time, if it hears any; or else as soon as they are
 * sure to have arrived. It is told the time when it joins, and is busy then, so
 * that its clock is behind by as much as it took to look: it is told once more
 * before its first frame. Plain data. Loop thread only. */
#pragma once

#include "server-core/channel/connection.h"
#include "server-core/video/rate-control.h"

typedef struct {
  bool is_told;     /* when it was not busy with joining */
  bool was_hearing; /* when a frame was stamped last */
} SpcViewerClock;

/* a stream begins */
void spc_viewer_clock_begin (SpcViewerClock *self, SpcConnection *connection,
                             SpcRateControl *rate);
/* the stamp of a frame of that time */
uint32_t spc_viewer_clock_stamp (SpcViewerClock *self,
                                 SpcConnection *connection,
                                 SpcRateControl *rate, int64_t time_us);
