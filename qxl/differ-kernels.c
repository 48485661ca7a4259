/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-hash.h"

#include <string.h>

static inline bool
bytes_differ (const uint8_t *a, const uint8_t *b, size_t at, uint32_t mask)
{
  uint8_t mask_bytes[4];

  memcpy (mask_bytes, &mask, 4);
  return ((a[at] ^ b[at]) & mask_bytes[at & 3]) != 0;
}

static inline bool
words_differ (const uint8_t *a, const uint8_t *b, size_t at, uint32_t mask)
{
  uint64_t word_a, word_b;

  memcpy (&word_a, a + at, 8);
  memcpy (&word_b, b + at, 8);
  return ((word_a ^ word_b) & ((uint64_t)mask << 32 | mask)) != 0;
}

size_t
qxl_first_diff_c (const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask)
{
  size_t i = 0;

  while (n - i >= 8 && !words_differ (a, b, i, mask))
    i += 8;
  while (i < n && !bytes_differ (a, b, i, mask))
    i++;
  return i;
}

size_t
qxl_last_diff_c (const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask)
{
  size_t end = n;

  for (; end % 8 != 0; end--)
    if (bytes_differ (a, b, end - 1, mask))
      return end;
  while (end > 0 && !words_differ (a, b, end - 8, mask))
    end -= 8;
  while (end > 0 && !bytes_differ (a, b, end - 1, mask))
    end--;
  return end;
}

void
qxl_hash_windows_c (uint32_t *pixels, uint8_t *marks, size_t n)
{
  qxl_hash_windows_inline (pixels, marks, n);
}

static bool
always (void)
{
  return true;
}

#ifdef QXL_HAVE_X86_KERNELS
static bool
has_sse2 (void)
{
  return __builtin_cpu_supports ("sse2");
}

static bool
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2");
}
#endif

/* clang-format off */
static const QxlDifferKernels kernels[] = {
#ifdef QXL_HAVE_X86_KERNELS
  { "avx2", has_avx2, qxl_first_diff_avx2, qxl_last_diff_avx2,
    qxl_hash_windows_avx2 },
  /* the compiler makes SSE2 of the reference: the family's least */
  { "sse2", has_sse2, qxl_first_diff_sse2, qxl_last_diff_sse2,
    qxl_hash_windows_c },
#endif
  { "c",    always,   qxl_first_diff_c,    qxl_last_diff_c,
    qxl_hash_windows_c },
};
/* clang-format on */

const QxlDifferKernels *
qxl_differ_kernels_at (unsigned index)
{
  return index < G_N_ELEMENTS (kernels) ? &kernels[index] : NULL;
}

const QxlDifferKernels *
qxl_differ_kernels_best (void)
{
  const QxlDifferKernels *best = kernels;

  while (!best->is_supported ())
    best++;
  return best;
}
