/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-decoders-quic.h"

#include "server-core/image/quic.h"
#include <spice/enums.h>
#include <string.h>

/* one pixel B=0x2d G=0x0a R=0x37, as the format's description shows it */
static const uint8_t one_pixel[] = {
    0x51, 0x55, 0x49, 0x43, 0, 0, 0, 0,    4,    0,    0, 0, 1, 0,
    0,    0,    1,    0,    0, 0, 0, 0xda, 0x94, 0xee, 0, 0, 0, 0,
};

enum { TYPE_AT = 8, WIDTH_AT = 12, HEIGHT_AT = 16, CODES_AT = 20 };

/* decodes a copy of exactly @size bytes, so that a sanitizer sees overruns */
static bool
decodes (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  bool ok = image_decode_quic (copy, size, &pixels, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_cmpint (ok, ==, pixels.pixels != NULL);
  return ok;
}

/* runs, text and noise of @type */
static GByteArray *
stream_new (SpcQuicType type, uint32_t width, uint32_t height)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  size_t room = 64 + (size_t)width * height * 16;
  GByteArray *stream = g_byte_array_new ();
  g_autofree uint8_t *rows = g_malloc0 ((size_t)width * height * 4);
  SpcQuicImage image = {type, width, height, (size_t)width * 4, rows};
  GRand *random = g_rand_new_with_seed (width);
  size_t size;

  for (size_t i = 0; i < (size_t)width * height * 4; i++)
    if (i / 120 % 3)
      rows[i] =
          (uint8_t)g_rand_int_range (random, 0, i / 120 % 3 == 1 ? 3 : 256);
  g_rand_free (random);
  g_byte_array_set_size (stream, (guint)room);
  size = spc_quic_write (&image, scratch, stream->data, room);
  g_assert_cmpuint (size, >, 0);
  g_byte_array_set_size (stream, (guint)size);
  return stream;
}

static void
test_worked_example (void)
{
  static const uint8_t pixel[] = {0x2d, 0x0a, 0x37, 0};
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_quic (one_pixel, sizeof one_pixel, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.format, ==, SPICE_BITMAP_FMT_32BIT);
  g_assert_true (pixels.top_down);
  g_assert_cmpmem (pixels.pixels, pixels.stride * pixels.height, pixel, 4);
}

static void
test_truncated (void)
{
  g_autoptr (GByteArray) stream = stream_new (SPC_QUIC_RGBA, 40, 12);

  for (size_t size = 0; size < sizeof one_pixel; size++)
    g_assert_false (decodes (one_pixel, size));
  g_assert_true (decodes (stream->data, stream->len));
  for (size_t size = 0; size < stream->len; size++)
    g_assert_false (decodes (stream->data, size));
}

static void
test_left_over (void)
{
  uint8_t longer[sizeof one_pixel + 4] = {0};

  memcpy (longer, one_pixel, sizeof one_pixel);
  for (size_t more = 1; more <= 4; more++)
    g_assert_false (decodes (longer, sizeof one_pixel + more));
}

static void
test_wrong_bytes (void)
{
  static const struct {
    const char *what;
    size_t at;
    uint8_t value;
  } changes[] = {
      {"another magic", 0, 0x52},
      {"another version", 4, 1},
      {"no type", TYPE_AT, 0},
      {"an unknown type", TYPE_AT, 6},
      {"no width", WIDTH_AT, 0},
      {"no height", HEIGHT_AT, 0},
      {"more pixels than bits", WIDTH_AT + 1, 1},
      {"more rows than bits", HEIGHT_AT + 3, 0x10},
      {"a bit in the padding", CODES_AT, 1},
      {"a bit in the last word", CODES_AT + 4, 1},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    uint8_t stream[sizeof one_pixel];

    g_test_message ("%s", changes[i].what);
    memcpy (stream, one_pixel, sizeof stream);
    stream[changes[i].at] = changes[i].value;
    g_assert_false (decodes (stream, sizeof stream));
  }
}

/* whatever comes, it ends and nothing is read or written beyond */
static void
test_garbage (void)
{
  GRand *random = g_rand_new_with_seed (11);
  unsigned decoded = 0;

  for (int type = SPC_QUIC_GRAY; type < SPC_QUIC_N_TYPES; type++) {
    g_autoptr (GByteArray) stream = stream_new (type, 50, 20);

    for (int i = 0; i < 600; i++) {
      g_autofree uint8_t *changed = g_memdup2 (stream->data, stream->len);
      int n = g_rand_int_range (random, 1, 4);

      while (n--)
        changed[g_rand_int_range (random, i % 8 ? CODES_AT : 0,
                                  (gint32)stream->len)] ^=
            (uint8_t)(1u << g_rand_int_range (random, 0, 8));
      decoded += decodes (changed, stream->len);
    }
  }
  g_rand_free (random);
  g_assert_cmpuint (decoded, <, 3000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-decoders-quic/worked-example", test_worked_example);
  g_test_add_func ("/image-decoders-quic/each-prefix-fails", test_truncated);
  g_test_add_func ("/image-decoders-quic/bytes-left-over-fail", test_left_over);
  g_test_add_func ("/image-decoders-quic/wrong-bytes-fail", test_wrong_bytes);
  g_test_add_func ("/image-decoders-quic/garbage-does-no-harm", test_garbage);
  return g_test_run ();
}
