/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-ahead.h – fetches pixels that are compared soon.
 *
 * Processors see by themselves that a picture is read from its beginning to its
 * end, but not where the next row of a part of it lies, and comparing stops
 * here and there: each row then waits for the memory. Pure; any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define QXL_CACHE_LINE 64 /* bytes, of most machines */
/* Rows: of one to four the best for parts of some hundred pixels. */
#define QXL_ROWS_AHEAD 2

/* Hints: they change nothing, whatever is there. */
/* For who reads without a pause: into the second cache, whose queue for memory
 * is not the one that reads stand in. */
static inline void
qxl_fetch (const uint8_t *bytes, size_t n)
{
  for (size_t i = 0; i < n; i += QXL_CACHE_LINE)
    __builtin_prefetch (bytes + i, 0, 2);
}

/* two pictures in turns: into the first cache */
static inline void
qxl_read_ahead (const uint8_t *a, const uint8_t *b, size_t n)
{
  for (size_t i = 0; i < n; i += QXL_CACHE_LINE) {
    __builtin_prefetch (a + i);
    __builtin_prefetch (b + i);
  }
}
