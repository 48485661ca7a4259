/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-codes.h – QUIC's family of length-limited Golomb-Rice codes as tables.
 *
 * A family serves residuals of a number of bits and has as many codes. Code l
 * writes u as u >> l zeros, a one and the low l bits; from ngr[l] on as the
 * escape's zeros and u - ngr[l] (spec: QUIC). What stands behind the
 * zeros is never more than a byte. Constant; any thread. */
#pragma once

#include <stdint.h>

enum {
  SPC_QUIC_MAX_CODES = 8,
  SPC_QUIC_MAX_LENGTH = 26, /* bits of the longest codeword */
  SPC_QUIC_LENGTH_BITS = 8, /* of a codeword in the table, below its value */
};

typedef struct {
  unsigned bits; /* of a residual; also the number of codes and of buckets */
  unsigned max;  /* residual */
  /* value << SPC_QUIC_LENGTH_BITS | length, of u in code l: [u][l] */
  const uint16_t (*codewords)[SPC_QUIC_MAX_CODES];
  /* bits of u, from the largest l down to 0, and 0's again to the end: [u][] */
  const uint16_t (*lengths)[SPC_QUIC_MAX_CODES];
  /* bucket of a context: [u] */
  const uint8_t *buckets;
  /* of code l: the first u that is escaped, and the length of escapes */
  uint8_t ngr[SPC_QUIC_MAX_CODES], escape_length[SPC_QUIC_MAX_CODES];
} SpcQuicFamily;

extern const SpcQuicFamily spc_quic_family_8; /* of 8 bits */
extern const SpcQuicFamily spc_quic_family_5; /* of 5 bits */
