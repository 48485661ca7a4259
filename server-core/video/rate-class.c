/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate-class.h"

#include <glib.h>
#include <math.h>
#include <spice/enums.h>

/* class 0 of the ladder, which is not used: 1 is 93 kbit/s, 31 3 Gbit/s */
#define LADDER_BPS 65536.0

/* a viewer goes up when the higher class takes no more of its rate than this,
 * and down when its class takes more than that */
#define UP_PART 0.9
#define DOWN_PART 1.05

/* bits a pixel that a grainy picture needs not to fall to blocks; what refers
 * to earlier frames needs a fraction */
#define STILL_BITS_PER_PIXEL 0.35
#define MOVING_BITS_PER_PIXEL 0.03

/* bits a pixel beyond which nobody sees a difference, and frames a second of a
 * film: more makes no other class, so that viewers with fast links share one */
#define ENOUGH_STILL_BITS 4
#define ENOUGH_MOVING_BITS 2
#define ENOUGH_FPS 30

uint32_t
spc_rate_class_bps (unsigned rate_class)
{
  if (rate_class == 0)
    return 0;
  rate_class = MIN (rate_class, SPC_N_RATE_CLASSES - 1);
  return (uint32_t)(LADDER_BPS * exp2 (rate_class / 2.0));
}

static unsigned
find_highest (double bps)
{
  unsigned rate_class = SPC_N_RATE_CLASSES - 1;

  while (rate_class > 1 && spc_rate_class_bps (rate_class) > bps)
    rate_class--;
  return rate_class;
}

unsigned
spc_rate_class (uint32_t target_bps, unsigned previous)
{
  unsigned up = find_highest (target_bps * UP_PART);
  unsigned down = find_highest (target_bps * DOWN_PART);

  if (previous == 0)
    return find_highest (target_bps);
  return CLAMP (previous, up, down);
}

uint32_t
spc_rate_class_fps (unsigned rate_class, uint8_t codec, uint32_t width,
                    uint32_t height, uint32_t fps)
{
  double bits = codec == SPICE_VIDEO_CODEC_TYPE_MJPEG ? STILL_BITS_PER_PIXEL
                                                      : MOVING_BITS_PER_PIXEL;
  double frame = MAX (bits * width * height, 1);
  double paid = spc_rate_class_bps (rate_class) / frame;

  return (uint32_t)CLAMP (paid, 1, MAX (fps, 1));
}

uint32_t
spc_rate_enough_bps (uint8_t codec, uint32_t width, uint32_t height)
{
  uint64_t bits = codec == SPICE_VIDEO_CODEC_TYPE_MJPEG ? ENOUGH_STILL_BITS
                                                        : ENOUGH_MOVING_BITS;

  return (uint32_t)MIN (bits * ENOUGH_FPS * width * height, UINT32_MAX);
}
