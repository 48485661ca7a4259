/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-bits.h – writes bits as QUIC stores them.
 *
 * The first bit is the top bit of a 32-bit word; words are little-endian
 * (spec: QUIC). Bits gather in 64; each step stores them all, so that
 * no branch depends on how many they are: memory must have 8 bytes to spare
 * behind the last whole word. Plain data, one thread. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  uint8_t *at;       /* where the gathered bits will go */
  uint64_t gathered; /* the first one on top, 0 below the last */
  unsigned n;        /* gathered, 0 to 63 */
} SpcQuicBits;

/* @n bits (0 to 64), the first one on top of @value, 0 below the last. Whether
 * 64 are reached is as good as random: masks, lest compilers branch on it. */
static inline void
spc_quic_bits_put_top (SpcQuicBits *self, uint64_t value, unsigned n)
{
  uint64_t all = self->gathered | value >> self->n;
  uint64_t rest = value << 1 << (63 - self->n); /* << 64 - n, if n is 0 too */
  uint64_t stored = GUINT64_TO_LE (all >> 32 | all << 32);
  unsigned total = self->n + n;
  uint64_t is_full = 0 - (uint64_t)(total / 64); /* 0 or all bits */

  memcpy (self->at, &stored, sizeof stored);
  self->gathered = (all & ~is_full) | (rest & is_full);
  self->at += is_full & 8;
  self->n = total % 64;
}

/* the low @n bits (1 to 64) of @value; it has no others */
static inline void
spc_quic_bits_put (SpcQuicBits *self, uint64_t value, unsigned n)
{
  spc_quic_bits_put_top (self, value << (64 - n), n);
}
