/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-decode.h"

#include "quic.h"
#include "tests/image-decoders-quic.h"
#include <string.h>

enum { HEADER_SIZE = 20, WIDTH_AT = 12, HEIGHT_AT = 16 };

static const uint8_t pixel_bytes[SPC_QUIC_N_TYPES] = {
    [SPC_QUIC_GRAY] = 1,  [SPC_QUIC_RGB16] = 2, [SPC_QUIC_RGB24] = 3,
    [SPC_QUIC_RGB32] = 4, [SPC_QUIC_RGBA] = 4,
};

/* streams */

/* rows that repeat, run, drift and surprise, by chance */
static void
draw_row (uint8_t *row, const uint8_t *above, size_t n, unsigned bytes,
          GRand *random)
{
  const int kind = g_rand_int_range (random, 0, 4);

  for (size_t i = 0; i < n; i++) {
    bool repeats = g_rand_int_range (random, 0, 12) > kind * 3;

    if (above && kind == 0)
      row[i] = above[i];
    else if (i >= bytes && repeats)
      row[i] = row[i - bytes];
    else if (i >= bytes && kind == 2)
      row[i] = (uint8_t)(row[i - bytes] + g_rand_int_range (random, -3, 4));
    else
      row[i] = (uint8_t)g_rand_int (random);
  }
}

static GByteArray *
stream_new (SpcQuicType type, uint32_t width, uint32_t height, GRand *random)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  size_t stride = (size_t)width * pixel_bytes[type];
  g_autofree uint8_t *rows = g_malloc (stride * height);
  SpcQuicImage image = {type, width, height, stride, rows};
  GByteArray *stream = g_byte_array_new ();
  size_t size;

  for (uint32_t y = 0; y < height; y++)
    draw_row (rows + y * stride, y ? rows + (y - 1) * stride : NULL, stride,
              pixel_bytes[type], random);
  g_byte_array_set_size (stream, (guint)(256 + 16 * stride * height));
  size = spc_quic_write (&image, scratch, stream->data, stream->len);
  g_assert_cmpuint (size, >, 0);
  g_byte_array_set_size (stream, (guint)size);
  return stream;
}

/* Decodes a copy of just its size. Where the judge finds pixels so do we, and
 * the same; it is stricter about what stands behind them. */
static bool
decodes (const uint8_t *data, size_t size, uint32_t width, uint32_t height)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (QxlImage) image =
      spc_quic_decode (copy, size, width, height, &error);

  g_assert_true ((image == NULL) == (error != NULL));
  if (image_decode_quic (copy, size, &pixels, NULL) && pixels.width == width &&
      pixels.height == height) {
    g_assert_no_error (error);
    g_assert_true (image_quic_is_shown (copy[8], &pixels, image));
  }
  return image != NULL;
}

/* tests */

static void
test_round_trip (void)
{
  GRand *random = g_rand_new_with_seed (4);

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++)
    for (int i = 0; i < 60; i++) {
      uint32_t width =
          (uint32_t)g_rand_int_range (random, 1, i % 9 ? 90 : 5000);
      uint32_t height = (uint32_t)g_rand_int_range (random, 1, i % 9 ? 40 : 5);
      g_autoptr (GByteArray) stream = stream_new (type, width, height, random);

      g_test_message ("type %d, %ux%u", type, width, height);
      g_assert_true (decodes (stream->data, stream->len, width, height));
    }
  g_rand_free (random);
}

/* the extra word is for readers that look ahead, which we do not need */
static void
test_truncated (void)
{
  GRand *random = g_rand_new_with_seed (5);

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++) {
    g_autoptr (GByteArray) stream = stream_new (type, 40, 12, random);

    for (size_t size = 0; size < stream->len - 4; size++)
      g_assert_false (decodes (stream->data, size, 40, 12));
    g_assert_true (decodes (stream->data, stream->len - 4, 40, 12));
  }
  g_rand_free (random);
}

static void
test_changed (void)
{
  GRand *random = g_rand_new_with_seed (6);
  unsigned n_decoded = 0, n = 0;

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++) {
    g_autoptr (GByteArray) stream = stream_new (type, 50, 20, random);

    for (int i = 0; i < 600; i++, n++) {
      g_autofree uint8_t *changed = g_memdup2 (stream->data, stream->len);
      int n_flips = g_rand_int_range (random, 1, 4);

      while (n_flips--)
        changed[g_rand_int_range (random, i % 8 ? HEADER_SIZE : 0,
                                  (gint32)stream->len)] ^=
            (uint8_t)(1u << g_rand_int_range (random, 0, 8));
      n_decoded += decodes (changed, stream->len, 50, 20);
    }
  }
  g_rand_free (random);
  g_assert_cmpuint (n_decoded, <, n);
}

static void
test_noise (void)
{
  GRand *random = g_rand_new_with_seed (7);

  for (unsigned i = 0; i < 3000; i++) {
    uint32_t words[200] = {0x43495551, 0, 1 + i % 5, 30, 1 + i % 20};

    for (size_t k = 5; k < G_N_ELEMENTS (words); k++)
      words[k] = g_rand_int (random) & (i % 3 ? g_rand_int (random) : ~0u);
    for (size_t k = 0; k < G_N_ELEMENTS (words); k++)
      words[k] = GUINT32_TO_LE (words[k]);
    decodes ((const uint8_t *)words, sizeof words, 30, 1 + i % 20);
  }
  g_rand_free (random);
}

static void
test_header (void)
{
  static const struct {
    size_t at;
    uint8_t value;
    const char *told;
  } changes[] = {
      {0, 0x52, "magic"},    {4, 1, "version"},       {8, 0, "type 0"},
      {8, 6, "type 6"},      {WIDTH_AT, 51, "51x20"}, {HEIGHT_AT, 21, "50x21"},
      {WIDTH_AT, 0, "0x20"},
  };
  GRand *random = g_rand_new_with_seed (8);
  g_autoptr (GByteArray) stream = stream_new (SPC_QUIC_RGBA, 50, 20, random);

  g_rand_free (random);
  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree uint8_t *changed = g_memdup2 (stream->data, stream->len);
    g_autoptr (GError) error = NULL;

    changed[changes[i].at] = changes[i].value;
    g_assert_null (spc_quic_decode (changed, stream->len, 50, 20, &error));
    g_assert_nonnull (strstr (error->message, changes[i].told));
  }
}

/* Nothing is allocated for what cannot be there, nor for more than we take,
 * were it there. */
static void
test_sizes (void)
{
  static const struct {
    uint32_t width, height;
    const char *told;
  } sizes[] = {
      {0, 0, "allowed are"},
      {5, 0, "allowed are"},
      {0, 5, "allowed are"},
      {16384, 16384, "allowed are"},
      {65537, 1, "allowed are"},
      {1, G_MAXUINT32, "allowed are"},
      {G_MAXUINT32, G_MAXUINT32, "allowed are"},
      {8192, 8192, "take at least"},
      {4, 1000, "take at least"},
      {2000, 1, "take at least"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    uint32_t words[100] = {0x43495551, 0, 5, sizes[i].width, sizes[i].height};
    g_autoptr (GError) error = NULL;

    for (size_t k = 0; k < G_N_ELEMENTS (words); k++)
      words[k] = GUINT32_TO_LE (words[k]);
    g_assert_null (spc_quic_decode ((const uint8_t *)words, sizeof words,
                                    sizes[i].width, sizes[i].height, &error));
    g_assert_nonnull (strstr (error->message, sizes[i].told));
  }
}

/* one colour: as many pixels as bytes can hold */
static void
test_longest_runs (void)
{
  enum { WIDTH = 16000, HEIGHT = 60 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autofree uint8_t *row = g_malloc (4 * WIDTH);
  SpcQuicImage image = {SPC_QUIC_RGB32, WIDTH, HEIGHT, 0, row};
  size_t room = 16 * WIDTH, size;
  g_autofree uint8_t *stream = g_malloc (room);

  memset (row, 0x77, 4 * WIDTH);
  size = spc_quic_write (&image, scratch, stream, room);
  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <, WIDTH);
  g_assert_true (decodes (stream, size, WIDTH, HEIGHT));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quic-decode/what-is-encoded-comes-back", test_round_trip);
  g_test_add_func ("/quic-decode/longest-runs", test_longest_runs);
  g_test_add_func ("/quic-decode/each-prefix-fails", test_truncated);
  g_test_add_func ("/quic-decode/changed-bits-do-no-harm", test_changed);
  g_test_add_func ("/quic-decode/noise-does-no-harm", test_noise);
  g_test_add_func ("/quic-decode/wrong-headers-are-named", test_header);
  g_test_add_func ("/quic-decode/sizes-are-plausible", test_sizes);
  return g_test_run ();
}
