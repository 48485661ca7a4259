/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-group.h – codes one group of an image's components, row by row.
 *
 * The colours are one group, alpha another; nothing is shared between them.
 * A row is cut into segments, in which the pace of learning stays the same;
 * pixels that repeat as those above them did are coded as runs, the others
 * one by one (spec: QUIC).
 * Lines lie in memory that the caller owns. One thread. */
#pragma once

#include "quic-kernels.h"

typedef struct {
  SpcQuicModel model;
  /* set at the start */
  const SpcQuicKernels *kernels;
  uint32_t width;      /* pixels of a row */
  uint8_t pixel_bytes; /* of a line: 4 or 1 */
  /* lines, swapped from row to row */
  uint8_t *row, *above;          /* pixels */
  uint8_t *folded;               /* residuals of this row */
  uint8_t *kept;                 /* those that each column had last */
  uint64_t *equal, *equal_above; /* bits: like the pixel to the left */
  uint64_t *starts;              /* bits: where a run may start */
  uint64_t *runs;                /* bits: in runs */
  bool has_above;                /* false in the first row */
} SpcQuicGroup;

/* bytes of memory for the lines */
size_t spc_quic_group_memory_size (uint32_t width, unsigned pixel_bytes);
/* @memory must outlive @self */
void spc_quic_group_init (SpcQuicGroup *self, const SpcQuicKernels *kernels,
                          const SpcQuicFamily *family, uint32_t width,
                          unsigned pixel_bytes, uint8_t *memory);

/* bytes that a row can become, with what the bits' memory must have to spare */
size_t spc_quic_group_worst_row (uint32_t width, unsigned pixel_bytes);
/* codes the pixels that the caller has put to @self->row */
void spc_quic_group_code_row (SpcQuicGroup *self, SpcQuicBits *bits);
