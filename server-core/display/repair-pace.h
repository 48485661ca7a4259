/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repair-pace.h – how much is repaired at once on a link.
 *
 * What is new must not wait behind a repair for more than SPC_REPAIR_PIECE_MS
 * of the link's time. Begins with what is known of the link, then goes by how
 * long pieces took. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* pixels of a piece */
#define SPC_MIN_REPAIR_PIXELS 4096u
#define SPC_MAX_REPAIR_PIXELS (1u << 20)

typedef struct {
  uint32_t pixels; /* of the next piece, at most */
} SpcRepairPace;

/* @bitrate_bps: 0: not known */
void spc_repair_pace_init (SpcRepairPace *self, uint64_t bitrate_bps);
/* a piece of @pixels has arrived after @time_us, beyond the way of an empty
 * message there and back */
void spc_repair_pace_took (SpcRepairPace *self, uint32_t pixels,
                           int64_t time_us);
