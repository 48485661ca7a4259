/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* siphash.h – SipHash-2-4 with 128 bits of result, word by word.
 *
 * A keyed hash whose results look random to whoever lacks the key (Aumasson,
 * Bernstein: "SipHash: a fast short-input PRF"). The input here is 64-bit
 * words; as bytes they lie lowest first. Any thread. */
#pragma once

#include <stdint.h>

typedef struct {
  uint64_t v[4];
  uint64_t n_words;
} SpcSiphash;

void spc_siphash_init (SpcSiphash *self, const uint64_t key[2]);
void spc_siphash_add (SpcSiphash *self, uint64_t word);
void spc_siphash_finish (SpcSiphash *self, uint64_t result[2]);
