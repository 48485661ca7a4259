/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-bit-reader.h – reads bits as QUIC stores them.
 *
 * The counterpart of quic-bits.h. Sticky: behind the last whole word only zeros
 * come, and whoever asks at the end learns that too much was read. Plain data,
 * one thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SPC_QUIC_MAX_PEEK = 32 /* bits that are there at any time */ };

typedef struct {
  const uint8_t *at, *end; /* whole words */
  uint64_t gathered;       /* the next bit on top, 0 below the last */
  unsigned n;              /* gathered, more than 32 between two calls */
  uint64_t n_beyond;       /* bits of 0 gathered that are not in memory */
} SpcQuicBitReader;

static inline void
spc_quic_bit_reader_fill (SpcQuicBitReader *self)
{
  const bool has_more = self->at < self->end;
  uint32_t word = 0;

  if (self->n > SPC_QUIC_MAX_PEEK)
    return;
  if (has_more)
    memcpy (&word, self->at, sizeof word);
  self->at += has_more ? sizeof word : 0;
  self->n_beyond += has_more ? 0 : 32;
  self->gathered |= (uint64_t)GUINT32_FROM_LE (word) << (32 - self->n);
  self->n += 32;
}

static inline void
spc_quic_bit_reader_init (SpcQuicBitReader *self, const uint8_t *data,
                          size_t size)
{
  *self = (SpcQuicBitReader){.at = data, .end = data + size / 4 * 4};
  spc_quic_bit_reader_fill (self);
  spc_quic_bit_reader_fill (self);
}

/* the next @n bits (1 to 32), which stay */
static inline uint32_t
spc_quic_bit_reader_peek (const SpcQuicBitReader *self, unsigned n)
{
  return (uint32_t)(self->gathered >> (64 - n));
}

/* @n: 0 to 32 */
static inline void
spc_quic_bit_reader_skip (SpcQuicBitReader *self, unsigned n)
{
  self->gathered <<= n;
  self->n -= n;
  spc_quic_bit_reader_fill (self);
}

/* the same, taken; of 0 bits 0 */
static inline uint32_t
spc_quic_bit_reader_get (SpcQuicBitReader *self, unsigned n)
{
  uint32_t value = (uint32_t)(self->gathered >> 32 >> (32 - n));

  spc_quic_bit_reader_skip (self, n);
  return value;
}

/* false: bits were taken that are not there */
static inline bool
spc_quic_bit_reader_is_good (const SpcQuicBitReader *self)
{
  return self->n_beyond <= self->n;
}
