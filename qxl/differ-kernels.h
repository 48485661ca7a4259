/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-kernels.h – the differ's hot loops, in variants for the machine.
 *
 * Two compare runs of bytes under a mask (qxl_format_visible_mask: four bytes,
 * repeated from the start of the run), one hashes pixels. The plain C variant
 * is the reference. Pure functions; any thread. */
#pragma once

#include "differ.h"

/* Pixels that are hashed together: three or four letters, so that most are
 * found once only, and narrower than what is worth moving. */
#define QXL_HASH_WINDOW 32
/* One window in 32 is marked, by its own content. */
#define QXL_HASH_MARKED (1u << 27)

typedef struct {
  const char *name;
  bool (*is_supported) (void);
  /* offset of the first byte that differs, @n if none does */
  size_t (*first_diff) (const uint8_t *a, const uint8_t *b, size_t n,
                        uint32_t mask);
  /* offset just behind the last byte that differs, 0 if none does */
  size_t (*last_diff) (const uint8_t *a, const uint8_t *b, size_t n,
                       uint32_t mask);
  /* @pixels: @n of them, at least QXL_HASH_WINDOW; each becomes the hash of the
   * window that begins there, as far as there is one. @marks, as many: 1 where
   * a window is worth remembering, chosen by what it shows, not where. */
  void (*hash_windows) (uint32_t *pixels, uint8_t *marks, size_t n);
} QxlDifferKernels;

/* every variant in this build, fastest first, the reference last; NULL beyond
 * the end. One may be there that this machine does not support. */
const QxlDifferKernels *qxl_differ_kernels_at (unsigned index);
/* the fastest that this machine supports */
const QxlDifferKernels *qxl_differ_kernels_best (void);

/* for tests and benches: what @self uses from now on */
void qxl_differ_set_kernels (QxlDiffer *self, const QxlDifferKernels *kernels);

/* the variants, for the table only */
size_t qxl_first_diff_c (const uint8_t *a, const uint8_t *b, size_t n,
                         uint32_t mask);
size_t qxl_last_diff_c (const uint8_t *a, const uint8_t *b, size_t n,
                        uint32_t mask);
size_t qxl_first_diff_sse2 (const uint8_t *a, const uint8_t *b, size_t n,
                            uint32_t mask);
size_t qxl_last_diff_sse2 (const uint8_t *a, const uint8_t *b, size_t n,
                           uint32_t mask);
size_t qxl_first_diff_avx2 (const uint8_t *a, const uint8_t *b, size_t n,
                            uint32_t mask);
size_t qxl_last_diff_avx2 (const uint8_t *a, const uint8_t *b, size_t n,
                           uint32_t mask);
void qxl_hash_windows_c (uint32_t *pixels, uint8_t *marks, size_t n);
void qxl_hash_windows_avx2 (uint32_t *pixels, uint8_t *marks, size_t n);
