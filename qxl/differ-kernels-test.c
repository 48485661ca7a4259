/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-kernels.h"

#include <string.h>

#define MAX_BYTES 700
#define MAX_OFFSET 33

static const uint32_t masks[] = {0xffffffff, 0x00ffffff, 0xffffff00, 0x7fff7fff,
                                 0};

/* what the reference must do, one byte at a time */
static void
expect (const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask,
        size_t *first, size_t *last)
{
  uint8_t mask_bytes[4];

  memcpy (mask_bytes, &mask, 4);
  *first = n;
  *last = 0;
  for (size_t i = 0; i < n; i++)
    if ((a[i] ^ b[i]) & mask_bytes[i & 3]) {
      *first = MIN (*first, i);
      *last = i + 1;
    }
}

static void
check (const QxlDifferKernels *kernels, const uint8_t *a, const uint8_t *b,
       size_t n, uint32_t mask)
{
  size_t first, last;

  expect (a, b, n, mask, &first, &last);
  if (kernels->first_diff (a, b, n, mask) != first ||
      kernels->last_diff (a, b, n, mask) != last)
    g_error ("%s: %zu bytes, mask %08x: expected %zu and %zu, got %zu and %zu",
             kernels->name, n, mask, first, last,
             kernels->first_diff (a, b, n, mask),
             kernels->last_diff (a, b, n, mask));
}

/* runs lie at the end of their memory, so that a sanitizer sees a read beyond
 */
static void
finds_any_single_difference (void)
{
  for (unsigned k = 0; qxl_differ_kernels_at (k); k++) {
    const QxlDifferKernels *kernels = qxl_differ_kernels_at (k);

    if (!kernels->is_supported ())
      continue;
    for (size_t n = 0; n <= 300; n++) {
      g_autofree uint8_t *a = g_malloc0 (n + 1);
      g_autofree uint8_t *b = g_malloc0 (n + 1);

      for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
        check (kernels, a + 1, b + 1, n, masks[m]);
      for (size_t at = 0; at < n; at++) {
        a[1 + at] = 0x80;
        check (kernels, a + 1, b + 1, n, 0xffffffff);
        check (kernels, a + 1, b + 1, n, 0x00ffffff);
        a[1 + at] = 0;
      }
    }
  }
}

static void
equals_the_reference_on_noise (void)
{
  uint8_t a[MAX_BYTES + MAX_OFFSET], b[MAX_BYTES + MAX_OFFSET];

  for (int round = 0; round < 20000; round++) {
    size_t n = (size_t)g_test_rand_int_range (0, MAX_BYTES + 1);
    const uint8_t *at_a = a + g_test_rand_int_range (0, MAX_OFFSET);
    uint8_t *at_b = b + g_test_rand_int_range (0, MAX_OFFSET);
    int n_changes = g_test_rand_int_range (0, 4);
    uint32_t mask = masks[g_test_rand_int_range (0, G_N_ELEMENTS (masks))];

    memset (a, g_test_rand_int_range (0, 256), sizeof a);
    memcpy (at_b, at_a, n);
    for (int i = 0; i < n_changes && n > 0; i++)
      at_b[g_test_rand_int_range (0, (gint32)n)] =
          (uint8_t)g_test_rand_int_range (0, 256);
    for (unsigned k = 0; qxl_differ_kernels_at (k); k++)
      if (qxl_differ_kernels_at (k)->is_supported ())
        check (qxl_differ_kernels_at (k), at_a, at_b, n, mask);
  }
}

/* hashes and marks of @n pixels, in memory of exactly that size */
static void
hash (const QxlDifferKernels *kernels, const uint32_t *pixels, size_t n,
      uint32_t *hashes, uint8_t *marks)
{
  g_autofree uint32_t *own = g_memdup2 (pixels, n * sizeof *pixels);
  g_autofree uint8_t *own_marks = g_malloc0 (n - QXL_HASH_WINDOW + 1);

  kernels->hash_windows (own, own_marks, n);
  memcpy (hashes, own, (n - QXL_HASH_WINDOW + 1) * sizeof *hashes);
  memcpy (marks, own_marks, n - QXL_HASH_WINDOW + 1);
}

static void
hashes_like_the_reference (void)
{
  uint32_t pixels[MAX_BYTES];

  for (size_t i = 0; i < MAX_BYTES; i++)
    pixels[i] = i % 5 == 0 ? 0xffffff : g_test_rand_int ();
  for (unsigned k = 0; qxl_differ_kernels_at (k); k++) {
    const QxlDifferKernels *kernels = qxl_differ_kernels_at (k);

    if (!kernels->is_supported ())
      continue;
    for (size_t n = QXL_HASH_WINDOW; n <= MAX_BYTES; n += n < 80 ? 1 : 31) {
      size_t n_windows = n - QXL_HASH_WINDOW + 1;
      uint32_t expected[MAX_BYTES], got[MAX_BYTES];
      uint8_t expected_marks[MAX_BYTES], marks[MAX_BYTES];
      size_t size = n_windows * sizeof *got;

      memcpy (expected, pixels, sizeof pixels);
      qxl_hash_windows_c (expected, expected_marks, n);
      hash (kernels, pixels, n, got, marks);
      g_assert_cmpmem (got, size, expected, size);
      g_assert_cmpmem (marks, n_windows, expected_marks, n_windows);
    }
  }
}

static void
a_window_hashes_alike_anywhere (void)
{
  const QxlDifferKernels *kernels = qxl_differ_kernels_best ();
  uint32_t pixels[MAX_BYTES], here[MAX_BYTES], there[MAX_BYTES];
  uint8_t marks_here[MAX_BYTES], marks_there[MAX_BYTES];
  size_t n = MAX_BYTES - QXL_HASH_WINDOW + 1, shift = 17;
  unsigned n_marked = 0, n_same = 0;

  for (size_t i = 0; i < MAX_BYTES; i++)
    pixels[i] = g_test_rand_int ();
  hash (kernels, pixels, MAX_BYTES, here, marks_here);
  hash (kernels, pixels + shift, MAX_BYTES - shift, there, marks_there);
  g_assert_cmpmem (here + shift, (n - shift) * 4, there, (n - shift) * 4);
  /* but for the last, which has no neighbour */
  g_assert_cmpmem (marks_here + shift, n - shift - 1, marks_there,
                   n - shift - 1);
  for (size_t i = 0; i < n; i++) {
    n_marked += marks_here[i];
    n_same += i > 0 && here[i] == here[i - 1];
  }
  g_assert_cmpuint (n_marked, >, 0);
  g_assert_cmpuint (n_marked, <, n / 8);
  g_assert_cmpuint (n_same, ==, 0);
}

static void
even_windows_are_not_marked (void)
{
  const QxlDifferKernels *kernels = qxl_differ_kernels_best ();

  for (uint32_t color = 0; color < 1000; color++) {
    uint32_t pixels[MAX_BYTES], hashes[MAX_BYTES];
    uint8_t marks[MAX_BYTES];

    for (size_t i = 0; i < MAX_BYTES; i++)
      pixels[i] = color * 0x010203;
    hash (kernels, pixels, MAX_BYTES, hashes, marks);
    for (size_t i = 0; i <= MAX_BYTES - QXL_HASH_WINDOW; i++)
      g_assert_cmpuint (marks[i], ==, 0);
  }
}

static void
the_best_one_is_supported (void)
{
  const QxlDifferKernels *best = qxl_differ_kernels_best ();
  unsigned n = 0;

  g_assert_true (best->is_supported ());
  while (qxl_differ_kernels_at (n))
    n++;
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpstr (qxl_differ_kernels_at (n - 1)->name, ==, "c");
  for (unsigned k = 0; qxl_differ_kernels_at (k) != best; k++)
    g_assert_false (qxl_differ_kernels_at (k)->is_supported ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differ-kernels/finds-any-single-difference",
                   finds_any_single_difference);
  g_test_add_func ("/differ-kernels/equals-the-reference-on-noise",
                   equals_the_reference_on_noise);
  g_test_add_func ("/differ-kernels/hashes-like-the-reference",
                   hashes_like_the_reference);
  g_test_add_func ("/differ-kernels/a-window-hashes-alike-anywhere",
                   a_window_hashes_alike_anywhere);
  g_test_add_func ("/differ-kernels/even-windows-are-not-marked",
                   even_windows_are_not_marked);
  g_test_add_func ("/differ-kernels/the-best-one-is-supported",
                   the_best_one_is_supported);
  return g_test_run ();
}
