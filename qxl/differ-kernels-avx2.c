/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole blocks of four vectors are passed over quickly; where one differs, or
 * too little is left, single vectors and then the reference find the place. */
#include "qxl/differ-hash.h"

#include <immintrin.h>

#define VECTOR 32 /* bytes */
#define BLOCK (4 * VECTOR)

static inline __m256i
load (const uint8_t *from)
{
  return _mm256_loadu_si256 ((const __m256i *)from);
}

static inline __m256i
difference (const uint8_t *a, const uint8_t *b)
{
  return _mm256_xor_si256 (load (a), load (b));
}

/* a bit for each byte that differs under the mask */
static inline unsigned
differing (__m256i xored, __m256i mask)
{
  __m256i equal = _mm256_cmpeq_epi8 (_mm256_and_si256 (xored, mask),
                                     _mm256_setzero_si256 ());

  return ~(unsigned)_mm256_movemask_epi8 (equal);
}

static inline bool
block_differs (const uint8_t *a, const uint8_t *b, __m256i mask)
{
  __m256i d0 = difference (a, b);
  __m256i d1 = difference (a + VECTOR, b + VECTOR);
  __m256i d2 = difference (a + 2 * VECTOR, b + 2 * VECTOR);
  __m256i d3 = difference (a + 3 * VECTOR, b + 3 * VECTOR);
  __m256i any =
      _mm256_or_si256 (_mm256_or_si256 (d0, d1), _mm256_or_si256 (d2, d3));

  return !_mm256_testz_si256 (any, mask);
}

size_t
qxl_first_diff_avx2 (const uint8_t *a, const uint8_t *b, size_t n,
                     uint32_t mask)
{
  __m256i masks = _mm256_set1_epi32 ((int)mask);
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
qxl_last_diff_avx2 (const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask)
{
  __m256i masks = _mm256_set1_epi32 ((int)mask);
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
      return end - (unsigned)__builtin_clz (bits);
  }
  return 0;
}

void
qxl_hash_windows_avx2 (uint32_t *pixels, uint8_t *marks, size_t n)
{
  qxl_hash_windows_inline (pixels, marks, n);
}
