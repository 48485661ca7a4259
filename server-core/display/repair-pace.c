/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "repair-pace.h"

#include "server-core/base/limits.h"
#include <glib.h>

/* of an unknown link */
#define FIRST_PIXELS 65536u
/* of a photo without loss: 1.2 to 2 with QUIC */
#define BYTES_PER_PIXEL 2u
/* what a piece may change the next one by */
#define MAX_FACTOR 2u

static uint32_t
clamp_pixels (uint64_t pixels)
{
  return (uint32_t)CLAMP (pixels, SPC_MIN_REPAIR_PIXELS, SPC_MAX_REPAIR_PIXELS);
}

void
spc_repair_pace_init (SpcRepairPace *self, uint64_t bitrate_bps)
{
  uint64_t bytes = bitrate_bps / 8 * SPC_REPAIR_PIECE_MS / 1000;

  self->pixels = FIRST_PIXELS;
  if (bitrate_bps > 0)
    self->pixels = clamp_pixels (bytes / BYTES_PER_PIXEL);
}

void
spc_repair_pace_took (SpcRepairPace *self, uint32_t pixels, int64_t time_us)
{
  const int64_t aim_us = (int64_t)SPC_REPAIR_PIECE_MS * 1000;
  uint64_t fit =
      (uint64_t)pixels * (uint64_t)aim_us / (uint64_t)MAX (time_us, 1);

  /* a remainder that was quick says little of larger pieces */
  if (time_us <= aim_us && pixels < self->pixels / 2)
    return;
  self->pixels = clamp_pixels (
      CLAMP (fit, self->pixels / MAX_FACTOR, self->pixels * MAX_FACTOR));
}
