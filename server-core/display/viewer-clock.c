/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-clock.h"

#include "server-core/base/limits.h"
#include "server-core/channel/client-clock.h"
#include "server-core/channel/client.h"

static bool
is_hearing (SpcConnection *connection)
{
  return spc_connection_client (connection)->n_sounding > 0;
}

/* Only once: later its clock is as good as its reports tell, and setting it
 * makes it throw away frames of other streams. */
void
spc_viewer_clock_begin (SpcViewerClock *self, SpcConnection *connection,
                        SpcRateControl *rate)
{
  if (self->is_told || is_hearing (connection))
    return;
  self->is_told = true;
  spc_client_tell_clock (spc_connection_client (connection));
  spc_rate_control_note_clock (rate);
}

/* It is told the time when the sound ends (spec: multimedia time). */
uint32_t
spc_viewer_clock_stamp (SpcViewerClock *self, SpcConnection *connection,
                        SpcRateControl *rate, int64_t time_us)
{
  uint32_t time_ms = spc_mm_time_at (time_us);
  bool had_sound = self->was_hearing;

  self->was_hearing = is_hearing (connection);
  if (self->was_hearing)
    return time_ms;
  if (had_sound)
    spc_rate_control_note_clock (rate);
  return spc_rate_control_stamp (rate, time_ms - SPC_MM_TIME_DELTA_MS);
}
