/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of content ids, and of the two hashes they are made of. */
#include "content-id.h"
#include "nh-kernels.h"
#include "siphash.h"

#include <string.h>

/* NH as it is written down, for whole chunks */
static uint64_t
plain_sum (const uint32_t *key, const uint32_t *words, size_t n_words)
{
  uint64_t sum = 0;

  for (size_t i = 0; i < n_words; i += 8)
    for (size_t j = i; j < i + 4; j++)
      sum += (uint64_t)(uint32_t)(words[j] + key[j]) *
             (uint32_t)(words[j + 4] + key[j + 4]);
  return sum;
}

static void
hold_to_publication (SpcNhFunc nh)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  uint32_t key[SPC_NH_KEY_WORDS], words[SPC_NH_BLOCK_BYTES / 4];
  uint64_t sums[SPC_NH_SUMS];

  for (int i = 0; i < SPC_NH_KEY_WORDS; i++)
    key[i] = g_rand_int (rand);
  for (size_t n_bytes = 0; n_bytes <= sizeof words; n_bytes++) {
    size_t n_words = (n_bytes + 31) / 32 * 8;
    uint8_t shifted[1 + sizeof words]; /* no alignment is asked for */

    memset (words, 0, sizeof words);
    for (size_t i = 0; i < n_bytes; i++)
      ((uint8_t *)words)[i] = (uint8_t)g_rand_int (rand);
    memcpy (shifted + 1, words, sizeof words);
    nh (key, shifted + 1, n_bytes, sums);
    for (int i = 0; i < SPC_NH_SUMS; i++)
      g_assert_cmphex (sums[i], ==, plain_sum (key + 4 * i, words, n_words));
  }
}

static void
nh_as_published (void)
{
  const SpcNhKernel *kernel;

  hold_to_publication (spc_nh_best ());
  for (unsigned i = 0; (kernel = spc_nh_kernel_at (i)) != NULL; i++) {
    g_test_message ("%s", kernel->name);
    if (kernel->is_supported ())
      hold_to_publication (kernel->nh);
  }
}

/* bytes 00 01 02 … under the key 00 01 … 0f, as other programs hash them */
static void
siphash_of_known_inputs (void)
{
  static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
  static const struct {
    uint64_t n_words, result[2];
  } known[] = {
      {0, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
      {1, {0x61f55862baa9623b, 0xb49714f364e2830f}},
      {7, {0xe94ed572cff23819, 0x362a1da96f16947e}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    uint64_t result[2];
    SpcSiphash hash;

    spc_siphash_init (&hash, key);
    for (uint64_t word = 0; word < known[i].n_words; word++)
      spc_siphash_add (&hash, key[0] + 0x0808080808080808 * word);
    spc_siphash_finish (&hash, result);
    g_assert_cmphex (result[0], ==, known[i].result[0]);
    g_assert_cmphex (result[1], ==, known[i].result[1]);
  }
}

static uint8_t *
noise (size_t n_bytes)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  uint8_t *bytes = g_malloc (n_bytes);

  for (size_t i = 0; i < n_bytes; i++)
    bytes[i] = (uint8_t)g_rand_int (rand);
  return bytes;
}

static SpcContentId
id_of (QxlFormat format, uint32_t width, uint32_t height, size_t stride,
       const uint8_t *pixels)
{
  g_autoptr (QxlImage) image =
      qxl_image_new_wrapped (format, width, height, stride, pixels, NULL, NULL);

  return spc_content_id (image);
}

static const struct {
  QxlFormat format;
  uint32_t width, height;
} shapes[] = {
    {QXL_FORMAT_BGRX, 1, 1},   {QXL_FORMAT_BGRX, 7, 9},
    {QXL_FORMAT_BGRA, 64, 5},  {QXL_FORMAT_BGRX, 256, 3},
    {QXL_FORMAT_BGRX, 257, 3}, {QXL_FORMAT_BGR, 343, 2},
    {QXL_FORMAT_A8, 1030, 2},  {QXL_FORMAT_RGB15, 33, 17},
};

static void
strides_do_not_count (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    uint32_t width = shapes[i].width, height = shapes[i].height;
    size_t row = width * qxl_format_bytes_per_pixel (shapes[i].format);
    g_autofree uint8_t *tight = noise (row * height);
    SpcContentId id = id_of (shapes[i].format, width, height, row, tight);

    for (size_t more = 1; more < 80; more += 13) {
      g_autofree uint8_t *wide = noise ((row + more) * height + 1);
      SpcContentId again;

      for (uint32_t y = 0; y < height; y++)
        memcpy (wide + 1 + y * (row + more), tight + y * row, row);
      again = id_of (shapes[i].format, width, height, row + more, wide + 1);
      g_assert_true (spc_content_id_is_equal (&id, &again));
    }
  }
}

static void
each_byte_counts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    uint32_t width = shapes[i].width, height = shapes[i].height;
    size_t row = width * qxl_format_bytes_per_pixel (shapes[i].format);
    g_autofree uint8_t *pixels = noise (row * height);
    SpcContentId id = id_of (shapes[i].format, width, height, row, pixels);

    for (size_t byte = 0; byte < row * height; byte++) {
      SpcContentId other;

      pixels[byte] ^= (uint8_t)(1u << byte % 8);
      other = id_of (shapes[i].format, width, height, row, pixels);
      g_assert_false (spc_content_id_is_equal (&id, &other));
      pixels[byte] ^= (uint8_t)(1u << byte % 8);
    }
  }
}

/* the same 4096 bytes, all 0 too, read as images of every kind */
static void
sizes_and_formats_count (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width, height;
  } kinds[] = {
      {QXL_FORMAT_BGRX, 32, 32},  {QXL_FORMAT_BGRA, 32, 32},
      {QXL_FORMAT_BGRX, 16, 64},  {QXL_FORMAT_BGRX, 64, 16},
      {QXL_FORMAT_BGRX, 1024, 1}, {QXL_FORMAT_BGRX, 1, 1024},
      {QXL_FORMAT_BGRX, 32, 31},  {QXL_FORMAT_BGRX, 31, 32},
      {QXL_FORMAT_A8, 128, 32},   {QXL_FORMAT_RGB15, 64, 32},
  };
  g_autofree uint8_t *zeros = g_malloc0 (4096), *random = noise (4096);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (gsize j = 0; j < i; j++)
      for (int k = 0; k < 2; k++) {
        const uint8_t *pixels = k == 0 ? zeros : random;
        size_t a_row =
            kinds[i].width * qxl_format_bytes_per_pixel (kinds[i].format);
        size_t b_row =
            kinds[j].width * qxl_format_bytes_per_pixel (kinds[j].format);
        SpcContentId a = id_of (kinds[i].format, kinds[i].width,
                                kinds[i].height, a_row, pixels);
        SpcContentId b = id_of (kinds[j].format, kinds[j].width,
                                kinds[j].height, b_row, pixels);

        g_assert_false (spc_content_id_is_equal (&a, &b));
      }
}

/* rows, and pieces of a row, that change places */
static SpcContentId
id_with_palette (const uint32_t *colours, guint n_colours)
{
  static const uint8_t indices[16];
  g_autoptr (QxlImage) image =
      qxl_image_new_wrapped (QXL_FORMAT_PLT8, 16, 1, 16, indices, NULL, NULL);

  qxl_image_take_palette (image, qxl_palette_new (1, colours, n_colours));
  return spc_content_id (image);
}

static void
palettes_count (void)
{
  static const uint32_t colours[] = {1, 2, 3, 4};
  static const uint32_t others[] = {1, 2, 3, 5};
  SpcContentId a = id_with_palette (colours, 4);
  SpcContentId same = id_with_palette (colours, 4);
  SpcContentId shorter = id_with_palette (colours, 3);
  SpcContentId other = id_with_palette (others, 4);

  g_assert_true (spc_content_id_is_equal (&a, &same));
  g_assert_false (spc_content_id_is_equal (&a, &shorter));
  g_assert_false (spc_content_id_is_equal (&a, &other));
}

static void
order_counts (void)
{
  g_autofree uint8_t *pixels = noise (4096 * 2), *swapped = g_malloc (4096 * 2);
  SpcContentId id = id_of (QXL_FORMAT_BGRX, 1024, 2, 4096, pixels), other;

  for (size_t piece = 32; piece <= 4096; piece *= 2) {
    memcpy (swapped, pixels + piece, piece);
    memcpy (swapped + piece, pixels, piece);
    memcpy (swapped + 2 * piece, pixels + 2 * piece, 8192 - 2 * piece);
    other = id_of (QXL_FORMAT_BGRX, 1024, 2, 4096, swapped);
    g_assert_false (spc_content_id_is_equal (&id, &other));
  }
}

static char *
name_of_one_image (void)
{
  static const uint8_t pixel[4] = {1, 2, 3, 0};
  SpcContentId id = id_of (QXL_FORMAT_BGRX, 1, 1, 4, pixel);

  return g_strdup_printf ("id %016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER
                          "x",
                          id.words[0], id.words[1]);
}

static void
say_name (void)
{
  g_autofree char *name = name_of_one_image ();

  g_print ("%s\n", name);
}

static void
keys_differ_between_processes (void)
{
  g_autofree char *name = name_of_one_image ();
  g_autofree char *again = name_of_one_image ();
  g_autofree char *pattern = g_strdup_printf ("*%s*", name);

  g_assert_cmpstr (name, ==, again);
  g_test_trap_subprocess ("/content-id/subprocess/say", 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*id *");
  g_test_trap_assert_stdout_unmatched (pattern);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-id/nh-as-published", nh_as_published);
  g_test_add_func ("/content-id/siphash-of-known-inputs",
                   siphash_of_known_inputs);
  g_test_add_func ("/content-id/strides-do-not-count", strides_do_not_count);
  g_test_add_func ("/content-id/each-byte-counts", each_byte_counts);
  g_test_add_func ("/content-id/sizes-and-formats-count",
                   sizes_and_formats_count);
  g_test_add_func ("/content-id/palettes-count", palettes_count);
  g_test_add_func ("/content-id/order-counts", order_counts);
  g_test_add_func ("/content-id/another-process-has-another-key",
                   keys_differ_between_processes);
  g_test_add_func ("/content-id/subprocess/say", say_name);
  return g_test_run ();
}
