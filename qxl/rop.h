/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rop.h – raster operations on rows of raw pixel values.
 *
 * An operation is a code, a table of truth: of two operands, bit (S << 1 | D)
 * of its 4 bits is the result; of three, bit (P << 2 | S << 1 | D) of 8. All
 * bits of a pixel take part. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QXL_ROP2_CLEAR 0x0u
#define QXL_ROP2_NO_OP 0xau
#define QXL_ROP2_COPY 0xcu
#define QXL_ROP2_SET 0xfu

/* The code of a QXL_ROP_… descriptor. @invers_s, @invers_d: which of its bits
 * inverts which operand (QXL_ROP_INVERS_…). */
uint8_t qxl_rop2_code (uint16_t rop, uint16_t invers_s, uint16_t invers_d);

/* asking */
static inline bool
qxl_rop2_uses_s (uint8_t code)
{
  return ((code >> 2 ^ code) & 3) != 0;
}

static inline bool
qxl_rop2_uses_d (uint8_t code)
{
  return ((code >> 1 ^ code) & 5) != 0;
}

/* what a pixel becomes, if the one that was there does not count */
uint32_t qxl_rop2_of_colour (uint8_t code, uint32_t s);

/* work: @d becomes what the code says of it and the others */
void qxl_rop2_row (uint8_t code, uint32_t *d, const uint32_t *s, size_t n);
void qxl_rop3_row (uint8_t code, uint32_t *d, const uint32_t *p,
                   const uint32_t *s, size_t n);
