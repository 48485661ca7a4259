/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-kernels.h – QUIC's hot loops, in variants for the machine.
 *
 * A line is a row of pixels as bytes of their components: quads (B, G, R and
 * a fourth byte of 0) or single bytes. In front of a line stands one more
 * pixel, and all lines have SPC_QUIC_LINE_PAD bytes to spare at both ends,
 * which kernels may read and write. The plain C variant is the reference.
 * Threads: any. */
#pragma once

#include "quic-bits.h"
#include "quic-model.h"

enum { SPC_QUIC_LINE_PAD = 64 /* bytes: two vectors of the widest variant */ };

/* For @n pixels from @row on: the residual from the mean of the pixel to the
 * left and the one in @above, folded, to @folded; bit i of @equal (the lowest
 * first, in words) tells whether pixel i is like the one to its left. Bits
 * beyond @n are undefined. Components are at most @max, 31 or 255. */
typedef void (*SpcQuicPredictFunc) (const uint8_t *row, const uint8_t *above,
                                    uint32_t n, unsigned max, uint8_t *folded,
                                    uint64_t *equal);

/* Writes the codes of @n pixels (at least 1), whose folded residuals start at
 * @folded. The first one's context is the pixel at @context, that of the others
 * what stands before them. */
typedef void (*SpcQuicCodeFunc) (SpcQuicModel *model, SpcQuicBits *bits,
                                 const uint8_t *context, const uint8_t *folded,
                                 uint32_t n);

/* puts in @folded, where bits of @runs are set, what is in @kept; those beyond
 * @n are not */
typedef void (*SpcQuicKeepFunc) (const uint64_t *runs, const uint8_t *kept,
                                 uint32_t n, uint8_t *folded);

typedef struct {
  const char *name;
  bool (*is_supported) (void);
  /* by the bytes of a pixel: [0] quads, [1] single bytes */
  SpcQuicPredictFunc predict[2];
  SpcQuicCodeFunc code[2];
  SpcQuicKeepFunc keep[2];
} SpcQuicKernels;

/* every variant in this build, fastest first, the reference last; NULL beyond
 * the end. One may be there that this machine does not support. */
const SpcQuicKernels *spc_quic_kernels_at (unsigned index);
/* the fastest that this machine supports */
const SpcQuicKernels *spc_quic_kernels_best (void);

/* the variants, for the table only */
extern const SpcQuicKernels spc_quic_kernels_c;
extern const SpcQuicKernels spc_quic_kernels_avx2;
void spc_quic_keep_bytes_c (const uint64_t *runs, const uint8_t *kept,
                            uint32_t n, uint8_t *folded);
