/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/rop.h"

#include "qxl/operation.h"

#include <string.h>

/* the operands themselves, as codes */
#define TRUTH_S 0xcu
#define TRUTH_D 0xau

uint8_t
qxl_rop2_code (uint16_t rop, uint16_t invers_s, uint16_t invers_d)
{
  unsigned s = rop & invers_s ? ~TRUTH_S : TRUTH_S;
  unsigned d = rop & invers_d ? ~TRUTH_D : TRUTH_D;
  unsigned result;

  if (rop & QXL_ROP_PUT)
    result = s;
  else if (rop & QXL_ROP_OR)
    result = s | d;
  else if (rop & QXL_ROP_AND)
    result = s & d;
  else if (rop & QXL_ROP_XOR)
    result = s ^ d;
  else if (rop & QXL_ROP_BLACKNESS)
    return QXL_ROP2_CLEAR;
  else if (rop & QXL_ROP_WHITENESS)
    return QXL_ROP2_SET;
  else if (rop & QXL_ROP_INVERS)
    return ~TRUTH_D & 0xf;
  else
    return QXL_ROP2_COPY;
  return (rop & QXL_ROP_INVERS_RES ? ~result : result) & 0xf;
}

/* all bits of a word, if that bit of the code is set */
static inline uint32_t
spread (uint8_t code, unsigned bit)
{
  return 0u - (uint32_t)(code >> bit & 1);
}

uint32_t
qxl_rop2_of_colour (uint8_t code, uint32_t s)
{
  return (s & spread (code, 2)) | (~s & spread (code, 0));
}

/* bit by bit: @one where @bits is set, else @zero */
static inline uint32_t
choose (uint32_t bits, uint32_t zero, uint32_t one)
{
  return zero ^ (bits & (zero ^ one));
}

void
qxl_rop2_row (uint8_t code, uint32_t *d, const uint32_t *s, size_t n)
{
  uint32_t c0 = spread (code, 0), c1 = spread (code, 1);
  uint32_t c2 = spread (code, 2), c3 = spread (code, 3);

  if (code == QXL_ROP2_COPY) {
    memcpy (d, s, n * 4);
    return;
  }
  for (size_t i = 0; i < n; i++)
    d[i] = choose (s[i], choose (d[i], c0, c1), choose (d[i], c2, c3));
}

void
qxl_rop3_row (uint8_t code, uint32_t *d, const uint32_t *p, const uint32_t *s,
              size_t n)
{
  uint32_t c0 = spread (code, 0), c1 = spread (code, 1);
  uint32_t c2 = spread (code, 2), c3 = spread (code, 3);
  uint32_t c4 = spread (code, 4), c5 = spread (code, 5);
  uint32_t c6 = spread (code, 6), c7 = spread (code, 7);

  for (size_t i = 0; i < n; i++) {
    uint32_t without =
        choose (s[i], choose (d[i], c0, c1), choose (d[i], c2, c3));
    uint32_t with = choose (s[i], choose (d[i], c4, c5), choose (d[i], c6, c7));

    d[i] = choose (p[i], without, with);
  }
}
