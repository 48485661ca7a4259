/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nh.h – the universal hash NH: four sums of a block under one long key.
 *
 * NH of UMAC (RFC 4418, section 5.2.2): products of pairs of words, each word
 * with a word of the key added. Whatever two different blocks of one size are
 * chosen without knowledge of a random key, all four sums agree with a
 * probability of at most 2^-128. The sums themselves would betray the key:
 * they are to be hashed before anybody sees them. Any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
  SPC_NH_CHUNK_BYTES = 32,
  SPC_NH_BLOCK_BYTES = 1024,
  SPC_NH_SUMS = 4,
  /* each further sum uses the key four words on */
  SPC_NH_KEY_WORDS = SPC_NH_BLOCK_BYTES / 4 + (SPC_NH_SUMS - 1) * 4,
};

/* @n_bytes: 0 to SPC_NH_BLOCK_BYTES; a last piece of less than a chunk counts
 * as if zeros followed */
typedef void (*SpcNhFunc) (const uint32_t key[SPC_NH_KEY_WORDS],
                           const uint8_t *block, size_t n_bytes,
                           uint64_t sums[SPC_NH_SUMS]);

/* the fastest one that this machine takes */
SpcNhFunc spc_nh_best (void);
