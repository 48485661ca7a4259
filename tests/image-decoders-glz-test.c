/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders-glz.h"

#include <string.h>

/* the stream of an image of 6×1 pixels: three literals 1 1 1, 2 2 2, 3 3 3 and
 * a match of three pixels */
static GByteArray *
stream_new (uint8_t type, uint8_t id, uint8_t head_distance,
            const uint8_t *match, guint size)
{
  const uint8_t header[] = {
      0x20, 0x20, 0x5a, 0x4c, 0, 1, 0,  1, type | 16, 0,  0,
      0,    6,    0,    0,    0, 1, 0,  0, 0,         24, 0,
      0,    0,    0,    0,    0, 0, id, 0, 0,         0,  head_distance,
  };
  static const uint8_t literals[] = {2, 1, 1, 1, 2, 2, 2, 3, 3, 3};
  GByteArray *stream = g_byte_array_new ();

  g_byte_array_append (stream, header, sizeof header);
  g_byte_array_append (stream, literals, sizeof literals);
  g_byte_array_append (stream, match, size);
  return stream;
}

/* decodes a copy of exactly @size bytes, so that a sanitizer sees overruns */
static bool
decodes (GlzDecoder *decoder, const uint8_t *data, size_t size,
         ImagePixels *pixels)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;
  bool ok = glz_decoder_decode (decoder, copy, size, pixels, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_cmpint (ok, ==, pixels->pixels != NULL);
  return ok;
}

static const uint8_t match_own[] = {3 << 5 | 2, 0, 0};   /* 3 pixels, 3 back */
static const uint8_t match_first[] = {3 << 5 | 3, 0, 1}; /* of image id - 1 */

/* a decoder that has got one image */
static GlzDecoder *
decoder_with_image (uint64_t window)
{
  GlzDecoder *decoder = glz_decoder_new (window);
  g_autoptr (GByteArray) stream =
      stream_new (LZ_RGB32, 0, 0, match_own, sizeof match_own);
  g_auto (ImagePixels) pixels = {0};

  g_assert_true (decodes (decoder, stream->data, stream->len, &pixels));
  return decoder;
}

static void
test_by_hand (void)
{
  static const uint8_t expected[] = {1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3, 0,
                                     1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3, 0};
  g_autoptr (GlzDecoder) decoder = decoder_with_image (100);
  g_autoptr (GByteArray) stream =
      stream_new (LZ_RGB32, 1, 1, match_first, sizeof match_first);
  g_auto (ImagePixels) pixels = {0};

  g_assert_true (decodes (decoder, stream->data, stream->len, &pixels));
  g_assert_cmpmem (pixels.pixels, 24, expected, 24);
  g_assert_cmpuint (glz_decoder_state (decoder)->references, ==, 1);
  g_assert_cmpuint (glz_decoder_state (decoder)->next_id, ==, 2);
}

static void
test_truncated (void)
{
  g_autoptr (GlzDecoder) decoder = decoder_with_image (100);
  g_autoptr (GByteArray) stream =
      stream_new (LZ_RGB32, 1, 1, match_first, sizeof match_first);
  g_auto (ImagePixels) pixels = {0};

  for (size_t size = 0; size < stream->len; size++) {
    g_auto (ImagePixels) less = {0};

    g_assert_false (decodes (decoder, stream->data, size, &less));
  }
  g_byte_array_append (stream, (const uint8_t[]){0}, 1);
  g_assert_false (decodes (decoder, stream->data, stream->len, &pixels));
  g_assert_true (decodes (decoder, stream->data, stream->len - 1, &pixels));
}

/* each would show wrong pixels, read beyond memory or never free it */
static void
test_wrong (void)
{
  static const struct {
    const char *what;
    size_t at;
    uint8_t value;
  } changes[] = {
      {"a gap in the ids", 28, 2},
      {"an id again", 28, 0},
      {"a head before the first image", 32, 2},
      {"a match into an image before the head", 32, 0},
      {"a match into an image that never was", 45, 2},
      {"a match beyond its image's end", 43, 3 << 5 | 4},
      {"a match beyond the end", 43, 4 << 5 | 1},
      {"a match from before the start", 45, 0},
      {"more literals than pixels", 33, 6},
      {"a match into another type", 8, LZ_RGBA | 16},
      {"palettes", 8, LZ_PLT8 | 16},
      {"alpha only", 8, LZ_XXXA | 16},
      {"another stride", 20, 28},
      {"unused bits", 8, LZ_RGB32 | 48},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GlzDecoder) decoder = decoder_with_image (100);
    g_autoptr (GByteArray) stream =
        stream_new (LZ_RGB32, 1, 1, match_first, sizeof match_first);
    g_auto (ImagePixels) pixels = {0};

    g_test_message ("%s", changes[i].what);
    stream->data[changes[i].at] = changes[i].value;
    g_assert_false (decodes (decoder, stream->data, stream->len, &pixels));
    g_assert_cmpuint (glz_decoder_state (decoder)->next_id, ==, 1);
  }
}

static void
test_window (void)
{
  g_autoptr (GlzDecoder) decoder = decoder_with_image (11);
  g_autoptr (GByteArray) stream =
      stream_new (LZ_RGB32, 1, 1, match_own, sizeof match_own);
  g_auto (ImagePixels) pixels = {0};

  g_assert_false (decodes (decoder, stream->data, stream->len, &pixels));
  stream->data[32] = 0; /* the first image leaves */
  g_assert_true (decodes (decoder, stream->data, stream->len, &pixels));
  g_assert_cmpuint (glz_decoder_state (decoder)->n_images, ==, 1);
}

/* whatever comes, it ends and nothing is read or written beyond */
static void
test_garbage (void)
{
  GRand *random = g_rand_new_with_seed (11);
  unsigned decoded = 0;

  for (int i = 0; i < 20000; i++) {
    g_autoptr (GlzDecoder) decoder = decoder_with_image (4000);
    g_autoptr (GByteArray) stream = stream_new (
        i % 2 ? LZ_RGB32 : LZ_RGBA, 1, 1, match_first, sizeof match_first);
    g_auto (ImagePixels) pixels = {0};
    g_auto (ImagePixels) inflated = {0};
    int n = g_rand_int_range (random, 1, 4);

    while (n--)
      stream->data[g_rand_int_range (random, 8, (gint32)stream->len)] =
          (uint8_t)g_rand_int (random);
    decoded += decodes (decoder, stream->data, stream->len, &pixels);
    g_assert_false (glz_decoder_decode_zlib (decoder, stream->data, stream->len,
                                             (size_t)g_rand_int (random),
                                             &inflated, NULL));
  }
  g_rand_free (random);
  g_assert_cmpuint (decoded, >, 0); /* changed pixels are no error */
  g_assert_cmpuint (decoded, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-decoders-glz/by-hand", test_by_hand);
  g_test_add_func ("/image-decoders-glz/each-prefix-fails", test_truncated);
  g_test_add_func ("/image-decoders-glz/wrong-numbers-fail", test_wrong);
  g_test_add_func ("/image-decoders-glz/window-is-bounded", test_window);
  g_test_add_func ("/image-decoders-glz/garbage-does-no-harm", test_garbage);
  return g_test_run ();
}
