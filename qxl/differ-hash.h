/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-hash.h – the hash of windows of pixels, for the kernel variants only.
 *
 * Written so that compilers make vector instructions of it: each variant is
 * this text, compiled for other instructions. All give the same. */
#pragma once

#include "differ-kernels.h"

/* Windows of @half pixels become windows of twice that. The first half is
 * turned by as many times 5 bits as the second lies behind it, so that each
 * place of a window has its own turn. @half is a constant wherever this is
 * called: only then can it be vectorised. */
static inline __attribute__ ((always_inline)) size_t
qxl_hash_double (uint32_t *hashes, size_t n, size_t half)
{
  unsigned turn = (unsigned)(5 * half % 32);

  for (size_t i = 0; i < n - half; i++) {
    uint32_t first = hashes[i];

    hashes[i] = (first << turn | first >> (32 - turn)) + hashes[i + half];
  }
  return n - half;
}

static inline void
qxl_hash_windows_inline (uint32_t *restrict pixels, uint8_t *restrict marks,
                         size_t n)
{
  for (size_t i = 0; i < n; i++)
    pixels[i] *= 0x9e3779b1u; /* 2^32 / golden ratio: spreads all bits */
  n = qxl_hash_double (pixels, n, 1);
  n = qxl_hash_double (pixels, n, 2);
  n = qxl_hash_double (pixels, n, 4);
  n = qxl_hash_double (pixels, n, 8);
  n = qxl_hash_double (pixels, n, 16);
  /* a window that is like its neighbour lies in an even or regular place */
  for (size_t i = 0; i < n - 1; i++)
    marks[i] = (uint8_t)((pixels[i] * 0x85ebca6bu < QXL_HASH_MARKED) &
                         (pixels[i] != pixels[i + 1]));
  marks[n - 1] = 0;
}

_Static_assert(QXL_HASH_WINDOW == 32, "five steps make windows of 32 pixels");
