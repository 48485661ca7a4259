/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-pace.h"

#include <glib.h>

bool
spc_frame_pace_take (SpcFramePace *self, int64_t time_us, uint32_t fps)
{
  int64_t interval_us = G_USEC_PER_SEC / MAX (fps, 1);

  int64_t early_us = interval_us / 4;

  /* what it is at most at this rate, which may have grown since */
  self->due_us = MIN (self->due_us, self->took_us + early_us + interval_us);
  self->left_out = time_us < self->due_us - early_us;
  if (self->left_out)
    return false;
  self->took_us = time_us;
  self->due_us = MAX (self->due_us, time_us - interval_us / 2) + interval_us;
  return true;
}
