/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first loop is without branches and on whole words, so that the compiler
 * makes a pixel a lane of a vector register on any machine. */
#include "content-kernels.h"

#include <glib.h>
#include <string.h>

#define COLOURS 0x00ffffffu
/* two components in the halves of a word; the green one alone in one */
#define OUTER 0x00ff00ffu
#define HALVES 0x01000100u /* 256 in each: no difference borrows from above */
/* what makes bit 9 of a half show that a difference is at least EDGE, and
 * that it is above -EDGE */
#define UP ((0x100u - SPC_CONTENT_EDGE) * 0x00010001u)
#define DOWN ((0xffu + SPC_CONTENT_EDGE) * 0x00010001u)
#define BIT_9 0x02000200u

static inline uint32_t
load (const uint8_t *at)
{
  uint32_t pixel;

  memcpy (&pixel, at, sizeof pixel);
  return GUINT32_FROM_LE (pixel);
}

/* bits of BIT_9 for the halves that differ by an edge */
static inline uint32_t
edges (uint32_t a, uint32_t b)
{
  uint32_t difference = (a | HALVES) - b;

  return ((difference + UP) | ~(difference + DOWN)) & BIT_9;
}

static inline uint32_t
is_edge (uint32_t a, uint32_t b)
{
  return (edges (a & OUTER, b & OUTER) |
          edges (a >> 8 & 0xff, b >> 8 & 0xff)) != 0;
}

void
spc_content_count (const uint8_t *run, const uint8_t *beside,
                   const uint8_t *above, uint32_t n, SpcContentCounts *counts)
{
  uint32_t equal = 0, flat = 0, contrast = 0;

  for (uint32_t i = 0; i < n; i++) {
    uint32_t pixel = load (run + (size_t)i * 4);
    uint32_t side = load (beside + (size_t)i * 4);
    uint32_t like_side = ((pixel ^ side) & COLOURS) == 0;
    uint32_t over = load (above + (size_t)i * 4);
    uint32_t like_above = ((pixel ^ over) & COLOURS) == 0;

    equal += like_side | like_above;
    flat += like_side & like_above;
    contrast += is_edge (pixel, side);
  }
  counts->n += n;
  counts->equal += equal;
  counts->flat += flat;
  counts->contrast += contrast;
}

/* whether it was seen */
static inline uint32_t
see (SpcContentPairs *pairs, uint32_t a, uint32_t b)
{
  uint64_t hash = ((uint64_t)a << 24 ^ b) * 0x9e3779b97f4a7c15u;
  uint32_t *slot = &pairs->slots[hash >> 53];
  uint32_t mark = (uint32_t)(hash >> 16) | 1;
  uint32_t is_known = *slot == mark;

  *slot = mark;
  return is_known;
}

uint32_t
spc_content_count_known (const uint8_t *run, const uint8_t *beside,
                         const uint8_t *above, uint32_t n,
                         SpcContentPairs *pairs)
{
  uint32_t known = 0;

  for (uint32_t i = 0; i < n; i++) {
    uint32_t pixel = load (run + (size_t)i * 4) & COLOURS;
    uint32_t side = load (beside + (size_t)i * 4) & COLOURS;
    uint32_t over = load (above + (size_t)i * 4) & COLOURS;

    known += see (pairs, pixel, side) & (pixel != side) & (pixel != over);
  }
  return known;
}
