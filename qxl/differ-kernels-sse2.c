/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole blocks of four vectors are passed over quickly; where one differs, or
 * too little is left, single vectors and then the reference find the place. */
#include "qxl/differ-kernels.h"

#include <immintrin.h>

#define VECTOR 16 /* bytes */
#define BLOCK (4 * VECTOR)

static inline __m128i
load (const uint8_t *from)
{
  return _mm_loadu_si128 ((const __m128i *)from);
}

static inline __m128i
difference (const uint8_t *a, const uint8_t *b)
{
  return _mm_xor_si128 (load (a), load (b));
}

/* a bit for each byte that differs under the mask */
static inline unsigned
differing (__m128i xored, __m128i mask)
{
  __m128i equal =
      _mm_cmpeq_epi8 (_mm_and_si128 (xored, mask), _mm_setzero_si128 ());

  return (unsigned)_mm_movemask_epi8 (equal) ^ 0xffffu;
}

static inline bool
block_differs (const uint8_t *a, const uint8_t *b, __m128i mask)
{
  __m128i d0 = difference (a, b);
  __m128i d1 = difference (a + VECTOR, b + VECTOR);
  __m128i d2 = difference (a + 2 * VECTOR, b + 2 * VECTOR);
  __m128i d3 = difference (a + 3 * VECTOR, b + 3 * VECTOR);
  __m128i any = _mm_or_si128 (_mm_or_si128 (d0, d1), _mm_or_si128 (d2, d3));

  return differing (any, mask) != 0;
}

size_t
qxl_first_diff_sse2 (const uint8_t *a, const uint8_t *b, size_t n,
                     uint32_t mask)
{
  __m128i masks = _mm_set1_epi32 ((int)mask);
  size_t i = 0;

  while (n - i >= BLOCK && !block_differs (a + i, b + i, masks))
    i += BLOCK;
  for (; n - i >= VECTOR; i += VECTOR) {
    unsigned bits = differing (difference (a + i, b + i), masks);

    if (bits)
      return i + (unsigned)__builtin_ctz (bits);
  }
  return i + qxl_first_diff_c (a + i, b + i, n - i, mask);
}

size_t
qxl_last_diff_sse2 (const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask)
{
  __m128i masks = _mm_set1_epi32 ((int)mask);
  size_t end = n - n % VECTOR;
  size_t in_rest = qxl_last_diff_c (a + end, b + end, n - end, mask);

  if (in_rest > 0)
    return end + in_rest;
  while (end >= BLOCK &&
         !block_differs (a + end - BLOCK, b + end - BLOCK, masks))
    end -= BLOCK;
  for (; end > 0; end -= VECTOR) {
    unsigned bits =
        differing (difference (a + end - VECTOR, b + end - VECTOR), masks);

    if (bits)
      return end - VECTOR + 32 - (unsigned)__builtin_clz (bits);
  }
  return 0;
}
