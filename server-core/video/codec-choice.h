/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* codec-choice.h – which codec a viewer's streams have.
 *
 * Pure. Any thread. */
#pragma once

#include "server-core/base/limits.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  /* what there are encoders for, best first, ended by 0 */
  uint8_t offered[SPC_MAX_VIDEO_CODECS + 1];
  /* what the viewer wishes for, most first, ended by 0; none: no wish */
  uint8_t wished[SPC_MAX_VIDEO_CODECS + 1];
  bool obeys_wish;  /* it goes before the order of what is offered */
  uint32_t decoded; /* bit (1 << number) for each that the viewer decodes */
  /* The order is nobody's but ours, and the link has room to spare: frames that
   * stand alone cost less work and come sooner. */
  bool favours_mjpeg;
} SpcVideoTraits;

/* 0: there is none */
uint8_t spc_choose_video_codec (const SpcVideoTraits *traits);
