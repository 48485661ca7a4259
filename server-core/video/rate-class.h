/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-class.h – few bit rates, so that one encoder serves many viewers.
 *
 * A viewer's rate changes all the time; its class is one of a ladder's steps, a
 * factor of √2 apart, the highest one that its rate pays for. It stays in a
 * class until it clearly cannot, or can better. What a class can show at all is
 * here, too: with too few bits for a picture, fewer pictures.
 * Pure. Threads: any. */
#pragma once

#include <stdint.h>

#define SPC_N_RATE_CLASSES 32u

/* 1 to SPC_N_RATE_CLASSES - 1; @previous: 0: none yet */
unsigned spc_rate_class (uint32_t target_bps, unsigned previous);
/* 0 for 0 */
uint32_t spc_rate_class_bps (unsigned rate_class);

/* How many frames a second a rate pays for at a bearable quality, @fps at most
 * (and 1 at least). */
uint32_t spc_rate_class_fps (unsigned rate_class, uint8_t codec, uint32_t width,
                             uint32_t height, uint32_t fps);
/* more than that nobody sees */
uint32_t spc_rate_enough_bps (uint8_t codec, uint32_t width, uint32_t height);
