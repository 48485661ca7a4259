/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As differ-rows-aes.c, which says what is done: two lanes in one register. */
#include "qxl/differ-ahead.h"
#include "qxl/differ-rows.h"

#include <immintrin.h>
#include <string.h>

#define BLOCK 16
#define TWO (2 * BLOCK)
#define STRIPE (4 * TWO)

typedef struct {
  __m256i l01, l23, l45, l67;
  __m256i sums; /* of even and of odd blocks */
} State;

static inline __m256i
load (const uint8_t *from)
{
  return _mm256_loadu_si256 ((const __m256i *)from);
}

#define ABSORB(lanes, at)                                                      \
  do {                                                                         \
    __m256i blocks_ = _mm256_and_si256 (load (row + (at)*TWO), masks);         \
    lanes = _mm256_aesenc_epi128 (lanes, blocks_);                             \
    s->sums = _mm256_add_epi64 (s->sums, blocks_);                             \
  } while (0)

static inline __attribute__ ((always_inline)) void
absorb_stripe (State *s, const uint8_t *row, __m256i masks)
{
  ABSORB (s->l01, 0);
  ABSORB (s->l23, 1);
  ABSORB (s->l45, 2);
  ABSORB (s->l67, 3);
}

/* the first of two goes through a round with the second */
static inline __m128i
join (__m256i two)
{
  return _mm_aesenc_si128 (_mm256_castsi256_si128 (two),
                           _mm256_extracti128_si256 (two, 1));
}

static inline __m128i
fold (const State *s, const uint8_t *key)
{
  __m128i a = _mm_aesenc_si128 (join (s->l01), join (s->l23));
  __m128i c = _mm_aesenc_si128 (join (s->l45), join (s->l67));

  a = _mm_aesenc_si128 (a, c);
  a = _mm_aesenc_si128 (a, join (s->sums));
  a = _mm_aesenc_si128 (a, _mm_loadu_si128 ((const __m128i *)key));
  return _mm_aesenc_si128 (a, _mm_loadu_si128 ((const __m128i *)(key + BLOCK)));
}

void
qxl_hash_row_vaes (const uint8_t *row, const uint8_t *next, size_t n,
                   uint32_t mask, const uint8_t key[QXL_ROW_KEY_BYTES],
                   uint8_t hash[QXL_ROW_HASH_BYTES])
{
  const __m256i masks = _mm256_set1_epi32 ((int)mask);
  State s = {
      .l01 = load (key),
      .l23 = load (key + TWO),
      .l45 = load (key + 2 * TWO),
      .l67 = load (key + 3 * TWO),
      .sums = _mm256_setzero_si256 (),
  };

  for (; n >= STRIPE; n -= STRIPE, row += STRIPE, next += STRIPE) {
    qxl_fetch (next, STRIPE);
    absorb_stripe (&s, row, masks);
  }
  if (n > 0) {
    uint8_t rest[STRIPE] = {0};

    memcpy (rest, row, n);
    absorb_stripe (&s, rest, masks);
  }
  _mm_storeu_si128 ((__m128i *)hash, fold (&s, key));
}
