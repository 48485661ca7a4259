/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content-kernels.h – counts what the pixels of a run have in common with
 * their neighbours; the hot loops of content.h.
 *
 * Pixels are of four bytes, B G R and one that does not count, at any
 * alignment. Any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* pixels of which so many … */
typedef struct {
  uint32_t n;        /* were looked at */
  uint32_t equal;    /* are like one neighbour or both */
  uint32_t flat;     /* are like both */
  uint32_t contrast; /* differ from the one beside by an edge */
} SpcContentCounts;

/* difference of a component from which an edge is seen, of 255 */
#define SPC_CONTENT_EDGE 60

/* adds @n pixels from @run on to @counts; those compared with them lie at
 * @beside and @above, @n each */
void spc_content_count (const uint8_t *run, const uint8_t *beside,
                        const uint8_t *above, uint32_t n,
                        SpcContentCounts *counts);

/* pairs of neighbours that were seen; all 0 at the beginning */
typedef struct {
  uint32_t slots[1 << 11];
} SpcContentPairs;

/* how many of the pixels that are like neither neighbour make with the one
 * beside a pair that was seen already; all of them are seen from now on */
uint32_t spc_content_count_known (const uint8_t *run, const uint8_t *beside,
                                  const uint8_t *above, uint32_t n,
                                  SpcContentPairs *pairs);
