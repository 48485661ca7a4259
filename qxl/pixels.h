/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pixels.h – raw values of pixels of 1, 8, 16 or 32 bits in a row.
 *
 * A value lies in the low bits of a word, whatever the pixel means; of pixels
 * with 1 bit, the leftmost of 8 is the lowest bit of a byte. Any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* reads the @n pixels of @row from pixel @x on; @bits: of one pixel */
void qxl_pixels_load (unsigned bits, uint32_t *to, const uint8_t *row, size_t x,
                      size_t n);
/* writes them; of a value the low @bits are taken */
void qxl_pixels_store (unsigned bits, uint8_t *row, size_t x,
                       const uint32_t *from, size_t n);
