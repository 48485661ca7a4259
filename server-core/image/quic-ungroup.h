/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-ungroup.h – decodes one group of an image's components, row by row.
 *
 * The counterpart of quic-group.h: the same segments, runs and lines. Lines lie
 * in memory that the caller owns. One thread. */
#pragma once

#include "quic-bit-reader.h"
#include "quic-model.h"

typedef struct {
  SpcQuicModel model;
  /* set at the start */
  uint32_t width;      /* pixels of a row */
  uint8_t pixel_bytes; /* of a line: 4 (B, G, R, 0) or 1 */
  /* lines, with one pixel in front; the first two swapped from row to row */
  uint8_t *row, *above;
  uint8_t *folded; /* residuals: those that each column had last */
  bool has_above;  /* false in the first row */
} SpcQuicUngroup;

/* bytes of memory for the lines */
size_t spc_quic_ungroup_memory_size (uint32_t width, unsigned pixel_bytes);
/* @memory: all 0; must outlive @self */
void spc_quic_ungroup_init (SpcQuicUngroup *self, const SpcQuicFamily *family,
                            uint32_t width, unsigned pixel_bytes,
                            uint8_t *memory);

/* The pixels of the next row, borrowed until the row after it; NULL: the bits
 * are none of a row. */
const uint8_t *spc_quic_ungroup_row (SpcQuicUngroup *self,
                                     SpcQuicBitReader *bits);
