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
  g_test_add_func ("/differ-kernels/the-best-one-is-supported",
                   the_best_one_is_supported);
  return g_test_run ();
}
