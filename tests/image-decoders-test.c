/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders.h"

#include <lz4.h>
#include <spice/enums.h>
#include <string.h>

/* 64×64 pixels B=0x30 G=0x60 R=0x90 as the format's description shows them:
 * two literals, a run of 4091, three literals */
static GByteArray *
solid_stream (void)
{
  static const uint8_t header[] = {
      0x20, 0x20, 0x5a, 0x4c, 0, 1,  0, 1, 0, 0, 0, 8, 0, 0,
      0,    64,   0,    0,    0, 64, 0, 0, 1, 0, 0, 0, 0, 1,
  };
  static const uint8_t pixel[] = {0x30, 0x60, 0x90};
  GByteArray *stream = g_byte_array_new ();

  g_byte_array_append (stream, header, sizeof header);
  g_byte_array_append (stream, (const uint8_t[]){1}, 1);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (stream, pixel, 3);
  g_byte_array_append (stream, (const uint8_t[]){0xe0}, 1);
  for (int i = 0; i < 16; i++)
    g_byte_array_append (stream, (const uint8_t[]){0xff}, 1);
  g_byte_array_append (stream, (const uint8_t[]){4, 0, 2}, 3);
  for (int i = 0; i < 3; i++)
    g_byte_array_append (stream, pixel, 3);
  return stream;
}

/* decodes a copy of exactly @size bytes, so that a sanitizer sees overruns */
static bool
decodes (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  bool ok = image_decode_lz (copy, size, &pixels, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_cmpint (ok, ==, pixels.pixels != NULL);
  return ok;
}

static void
test_worked_example (void)
{
  static const uint8_t pixel[] = {0x30, 0x60, 0x90, 0};
  g_autoptr (GByteArray) stream = solid_stream ();
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_lz (stream->data, stream->len, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.format, ==, SPICE_BITMAP_FMT_32BIT);
  g_assert_cmpuint (pixels.max_distance, ==, 1);
  for (size_t i = 0; i < 64 * 64; i++)
    g_assert_cmpmem (pixels.pixels + 4 * i, 4, pixel, 4);
}

static void
test_truncated (void)
{
  g_autoptr (GByteArray) stream = solid_stream ();

  for (size_t size = 0; size < stream->len; size++)
    g_assert_false (decodes (stream->data, size));
}

static void
test_left_over (void)
{
  g_autoptr (GByteArray) stream = solid_stream ();

  g_byte_array_append (stream, (const uint8_t[]){0}, 1);
  g_assert_false (decodes (stream->data, stream->len));
}

/* each would abort a client */
static void
test_wrong_tokens (void)
{
  static const struct {
    const char *what;
    size_t at;
    uint8_t value;
  } changes[] = {
      {"run one unit too long", 52, 5},
      {"match from before the start", 53, 2},
      {"more literals than units remain", 54, 31},
      {"another stride", 23, 4},
      {"an unknown type", 11, 12},
      {"another version", 7, 2},
      {"another magic", 0, 0x21},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GByteArray) stream = solid_stream ();

    g_test_message ("%s", changes[i].what);
    stream->data[changes[i].at] = changes[i].value;
    g_assert_false (decodes (stream->data, stream->len));
  }
}

static void
test_huge (void)
{
  g_autoptr (GByteArray) stream = solid_stream ();

  memset (stream->data + 12, 0x7f, 8); /* width, height */
  g_assert_false (decodes (stream->data, stream->len));
}

/* whatever comes, it ends and nothing is read beyond */
static void
test_garbage (void)
{
  static const uint8_t types[] = {
      SPICE_IMAGE_TYPE_BITMAP, SPICE_IMAGE_TYPE_LZ_RGB, SPICE_IMAGE_TYPE_LZ_PLT,
      SPICE_IMAGE_TYPE_LZ4, SPICE_IMAGE_TYPE_QUIC};
  GRand *random = g_rand_new_with_seed (11);
  unsigned decoded = 0;

  for (int i = 0; i < 20000; i++) {
    g_autoptr (GByteArray) stream = solid_stream ();
    g_auto (ImagePixels) pixels = {0};
    int n = g_rand_int_range (random, 1, 4);

    while (n--)
      stream->data[g_rand_int_range (random, 0, (gint32)stream->len)] =
          (uint8_t)g_rand_int (random);
    decoded += decodes (stream->data, stream->len);
    image_decode_payload (types[i % G_N_ELEMENTS (types)], 64, 64, stream->data,
                          stream->len, &pixels, NULL);
  }
  g_rand_free (random);
  g_assert_cmpuint (decoded, >, 0); /* changed pixels are no error */
  g_assert_cmpuint (decoded, <, 20000);
}

/* LZ4: the second block refers to the first one's output */
static void
test_lz4_blocks (void)
{
  uint8_t rows[2][64], data[256] = {1, SPICE_BITMAP_FMT_32BIT};
  LZ4_stream_t *stream = LZ4_createStream ();
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  size_t at = 2;

  for (int i = 0; i < 64; i++)
    rows[0][i] = rows[1][i] = (uint8_t)(i * 37);
  for (int y = 0; y < 2; y++) {
    int n = LZ4_compress_fast_continue (stream, (char *)rows[y],
                                        (char *)data + at + 4, 64, 100, 1);

    data[at + 3] = (uint8_t)n;
    at += 4 + (size_t)n;
  }
  LZ4_freeStream (stream);
  g_assert_cmpuint (at, <, 2 + 2 * (4 + 64)); /* it does refer */
  image_decode_lz4 (data, at, 16, 2, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (pixels.pixels, 128, rows, 128);
  for (size_t size = 0; size < at; size++) {
    g_auto (ImagePixels) less = {0};

    g_assert_false (image_decode_lz4 (data, size, 16, 2, &less, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-decoders/worked-example", test_worked_example);
  g_test_add_func ("/image-decoders/each-prefix-fails", test_truncated);
  g_test_add_func ("/image-decoders/bytes-left-over-fail", test_left_over);
  g_test_add_func ("/image-decoders/wrong-tokens-fail", test_wrong_tokens);
  g_test_add_func ("/image-decoders/huge-size-fails", test_huge);
  g_test_add_func ("/image-decoders/garbage-does-no-harm", test_garbage);
  g_test_add_func ("/image-decoders/lz4-blocks", test_lz4_blocks);
  return g_test_run ();
}
