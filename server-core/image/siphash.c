/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "siphash.h"

/* rounds a word, rounds at the end */
enum { ROUNDS = 2, FINAL_ROUNDS = 4 };

static inline uint64_t
rotate (uint64_t word, unsigned bits)
{
  return word << bits | word >> (64 - bits);
}

static inline void
mix (uint64_t v[4], int rounds)
{
  for (int i = 0; i < rounds; i++) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate (v[1], 13) ^ v[0];
    v[3] = rotate (v[3], 16) ^ v[2];
    v[0] = rotate (v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate (v[1], 17) ^ v[2];
    v[3] = rotate (v[3], 21) ^ v[0];
    v[2] = rotate (v[2], 32);
  }
}

void
spc_siphash_init (SpcSiphash *self, const uint64_t key[2])
{
  /* "somepseudorandomlygeneratedbytes"; 0xee: the result has 128 bits */
  self->v[0] = key[0] ^ 0x736f6d6570736575;
  self->v[1] = key[1] ^ 0x646f72616e646f6d ^ 0xee;
  self->v[2] = key[0] ^ 0x6c7967656e657261;
  self->v[3] = key[1] ^ 0x7465646279746573;
  self->n_words = 0;
}

void
spc_siphash_add (SpcSiphash *self, uint64_t word)
{
  self->v[3] ^= word;
  mix (self->v, ROUNDS);
  self->v[0] ^= word;
  self->n_words++;
}

void
spc_siphash_finish (SpcSiphash *self, uint64_t result[2])
{
  /* the last word holds the length in bytes, and no bytes here */
  spc_siphash_add (self, self->n_words << 3 << 56);
  self->v[2] ^= 0xee;
  mix (self->v, FINAL_ROUNDS);
  result[0] = self->v[0] ^ self->v[1] ^ self->v[2] ^ self->v[3];
  self->v[1] ^= 0xdd;
  mix (self->v, FINAL_ROUNDS);
  result[1] = self->v[0] ^ self->v[1] ^ self->v[2] ^ self->v[3];
}
