/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A register holds the four lanes of a sum. */
#include "nh-kernels.h"

#include <immintrin.h>
#include <string.h>

enum { LANES = 4, CHUNK_WORDS = SPC_NH_CHUNK_BYTES / 4 };

static inline __m128i
load (const void *from)
{
  return _mm_loadu_si128 (from);
}

/* four words, each with one of the key added, as 64 bits */
static inline __m256i
with_key (__m128i words, const uint32_t *key)
{
  return _mm256_cvtepu32_epi64 (_mm_add_epi32 (words, load (key)));
}

static inline void
add_chunk (const uint32_t *key, const uint8_t *chunk,
           __m256i lanes[SPC_NH_SUMS])
{
  __m128i a = load (chunk), b = load (chunk + SPC_NH_CHUNK_BYTES / 2);

  for (int sum = 0; sum < SPC_NH_SUMS; sum++)
    lanes[sum] = _mm256_add_epi64 (
        lanes[sum], _mm256_mul_epu32 (with_key (a, key + LANES * sum),
                                      with_key (b, key + LANES * sum + LANES)));
}

static void
nh (const uint32_t key[SPC_NH_KEY_WORDS], const uint8_t *block, size_t n_bytes,
    uint64_t sums[SPC_NH_SUMS])
{
  __m256i lanes[SPC_NH_SUMS];
  uint8_t last[SPC_NH_CHUNK_BYTES] = {0};

  for (int sum = 0; sum < SPC_NH_SUMS; sum++)
    lanes[sum] = _mm256_setzero_si256 ();
  for (; n_bytes >= SPC_NH_CHUNK_BYTES; n_bytes -= SPC_NH_CHUNK_BYTES) {
    add_chunk (key, block, lanes);
    block += SPC_NH_CHUNK_BYTES;
    key += CHUNK_WORDS;
  }
  if (n_bytes > 0) {
    memcpy (last, block, n_bytes);
    add_chunk (key, last, lanes);
  }
  for (int sum = 0; sum < SPC_NH_SUMS; sum++) {
    uint64_t each[LANES];

    _mm256_storeu_si256 ((void *)each, lanes[sum]);
    sums[sum] = each[0] + each[1] + each[2] + each[3];
  }
}

static bool
is_supported (void)
{
  return __builtin_cpu_supports ("avx2");
}

const SpcNhKernel spc_nh_kernel_avx2 = {"AVX2", is_supported, nh};
