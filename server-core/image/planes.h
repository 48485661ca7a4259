/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* planes.h – colours and alphas of pixels as arrays of their own; image/ only.
 *
 * LZ and GLZ send colours and alphas one after the other, and look for
 * repetitions in each apart. Threads: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* @n pixels B G R become B G R 0 */
void spc_planes_put_colours_of_24 (uint8_t *to, const uint8_t *from, size_t n);
/* @n pixels B G R A become B G R 0 */
void spc_planes_put_colours_of_32 (uint8_t *to, const uint8_t *from, size_t n);
/* @n pixels B G R A become A */
void spc_planes_put_alphas (uint8_t *to, const uint8_t *from, size_t n);
/* whether @n pixels B G R A have this A */
bool spc_planes_are_of_alpha (const uint8_t *from, size_t n, uint8_t alpha);
