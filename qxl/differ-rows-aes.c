/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Eight lanes begin with the key, and each goes through a round of AES with
 * every eighth block of the row: whatever one block changes is spread by the
 * next round in a way that only who knows the key can foretell. Since a round
 * alone spreads little of a small change, sums of all blocks go into the hash
 * as well: what cancels out in a lane does not in its sum. */
#include "qxl/differ-ahead.h"
#include "qxl/differ-rows.h"

#include <immintrin.h>
#include <string.h>

#define BLOCK 16
#define STRIPE (8 * BLOCK)

typedef struct {
  __m128i l0, l1, l2, l3, l4, l5, l6, l7;
  __m128i even, odd; /* sums */
} State;

static inline __m128i
load (const uint8_t *from)
{
  return _mm_loadu_si128 ((const __m128i *)from);
}

#define ABSORB(lane, sum, at)                                                  \
  do {                                                                         \
    __m128i block_ = _mm_and_si128 (load (row + (at)*BLOCK), masks);           \
    lane = _mm_aesenc_si128 (lane, block_);                                    \
    sum = _mm_add_epi64 (sum, block_);                                         \
  } while (0)

static inline __attribute__ ((always_inline)) void
absorb_stripe (State *s, const uint8_t *row, __m128i masks)
{
  ABSORB (s->l0, s->even, 0);
  ABSORB (s->l1, s->odd, 1);
  ABSORB (s->l2, s->even, 2);
  ABSORB (s->l3, s->odd, 3);
  ABSORB (s->l4, s->even, 4);
  ABSORB (s->l5, s->odd, 5);
  ABSORB (s->l6, s->even, 6);
  ABSORB (s->l7, s->odd, 7);
}

static inline __m128i
fold (const State *s, const uint8_t *key)
{
  __m128i a = _mm_aesenc_si128 (s->l0, s->l1);
  __m128i b = _mm_aesenc_si128 (s->l2, s->l3);
  __m128i c = _mm_aesenc_si128 (s->l4, s->l5);
  __m128i d = _mm_aesenc_si128 (s->l6, s->l7);
  __m128i sums = _mm_aesenc_si128 (s->even, s->odd);

  a = _mm_aesenc_si128 (a, b);
  c = _mm_aesenc_si128 (c, d);
  a = _mm_aesenc_si128 (a, c);
  a = _mm_aesenc_si128 (a, sums);
  a = _mm_aesenc_si128 (a, load (key));
  return _mm_aesenc_si128 (a, load (key + BLOCK));
}

void
qxl_hash_row_aes (const uint8_t *row, const uint8_t *next, size_t n,
                  uint32_t mask, const uint8_t key[QXL_ROW_KEY_BYTES],
                  uint8_t hash[QXL_ROW_HASH_BYTES])
{
  const __m128i masks = _mm_set1_epi32 ((int)mask);
  State s = {
      .l0 = load (key),
      .l1 = load (key + 1 * BLOCK),
      .l2 = load (key + 2 * BLOCK),
      .l3 = load (key + 3 * BLOCK),
      .l4 = load (key + 4 * BLOCK),
      .l5 = load (key + 5 * BLOCK),
      .l6 = load (key + 6 * BLOCK),
      .l7 = load (key + 7 * BLOCK),
      .even = _mm_setzero_si128 (),
      .odd = _mm_setzero_si128 (),
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

_Static_assert(QXL_ROW_KEY_BYTES == STRIPE && QXL_ROW_HASH_BYTES == BLOCK,
               "a key for each lane");
