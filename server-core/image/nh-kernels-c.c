/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words are read as they lie in memory: sums never leave the process. */
#include "nh-kernels.h"

#include <string.h>

enum { LANES = 4, CHUNK_WORDS = SPC_NH_CHUNK_BYTES / 4 };

/* one chunk into four lanes of each sum, so that a lane is a lane of a vector
 * register */
static inline void
add_chunk (const uint32_t *key, const uint8_t *chunk,
           uint64_t lanes[SPC_NH_SUMS][LANES])
{
  uint32_t words[CHUNK_WORDS];

  memcpy (words, chunk, sizeof words);
  for (int sum = 0; sum < SPC_NH_SUMS; sum++)
    for (int i = 0; i < LANES; i++) {
      uint32_t a = words[i] + key[LANES * sum + i];
      uint32_t b = words[LANES + i] + key[LANES * sum + LANES + i];

      lanes[sum][i] += (uint64_t)a * b;
    }
}

static void
nh (const uint32_t key[SPC_NH_KEY_WORDS], const uint8_t *block, size_t n_bytes,
    uint64_t sums[SPC_NH_SUMS])
{
  uint64_t lanes[SPC_NH_SUMS][LANES] = {0};
  uint8_t last[SPC_NH_CHUNK_BYTES] = {0};

  for (; n_bytes >= SPC_NH_CHUNK_BYTES; n_bytes -= SPC_NH_CHUNK_BYTES) {
    add_chunk (key, block, lanes);
    block += SPC_NH_CHUNK_BYTES;
    key += CHUNK_WORDS;
  }
  if (n_bytes > 0) {
    memcpy (last, block, n_bytes);
    add_chunk (key, last, lanes);
  }
  for (int sum = 0; sum < SPC_NH_SUMS; sum++)
    sums[sum] = lanes[sum][0] + lanes[sum][1] + lanes[sum][2] + lanes[sum][3];
}

static bool
is_supported (void)
{
  return true;
}

const SpcNhKernel spc_nh_kernel_c = {"C", is_supported, nh};
