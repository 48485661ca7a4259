/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lz-match.h – finds repetitions in a sequence of units, writes LZ tokens.
 *
 * A unit is a pixel or a byte; a pass is one sequence of them, all rows of an
 * image without a gap (spec: LZ). Greedy: at each place the best of
 * four candidates is taken – the unit before, the unit above, and the latest
 * places where a few or a handful of units were the same. Looking one unit
 * further before deciding ("lazy") was measured and made desktops larger, for
 * it trades cheap short matches for literals.
 * Threads: any; the table serves one call at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* the reference encoder never points farther back, in units */
#define SPC_LZ_MAX_DISTANCE 73724u

/* working memory of a pass, bytes; its content needs no preparation */
#define SPC_LZ_TABLE_SIZE ((size_t)5 * 4096 * sizeof (uint32_t))

typedef struct {
  const uint8_t *units; /* any alignment */
  uint32_t n_units;     /* below 2^30 */
  uint32_t row;         /* units of one row */
  uint32_t *table;      /* SPC_LZ_TABLE_SIZE */
} SpcLzPass;

/* Each writes the tokens of one pass to @to, never at @end or beyond, and
 * returns where the next pass begins, or NULL if they do not fit. */

/* B, G, R and a byte that should be 0: it is not sent, but pixels that differ
 * only there are not found to be equal */
uint8_t *spc_lz_write_colours (const SpcLzPass *pass, uint8_t *to,
                               const uint8_t *end);
/* little-endian 16-bit pixels */
uint8_t *spc_lz_write_words (const SpcLzPass *pass, uint8_t *to,
                             const uint8_t *end);
uint8_t *spc_lz_write_bytes (const SpcLzPass *pass, uint8_t *to,
                             const uint8_t *end);
