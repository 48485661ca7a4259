/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem */
#include "image-decoders-jpeg.h"

#include "server-core/image/jpeg.h"
#include <spice/enums.h>
#include <string.h>

enum { WIDTH = 40, HEIGHT = 24, ROOM = 16384 };

/* a picture of runs, text and noise */
static QxlImage *
image_new (QxlFormat format)
{
  GRand *random = g_rand_new_with_seed (WIDTH);
  QxlImage *image;
  uint8_t *pixels;

  image = qxl_image_new (format, WIDTH, HEIGHT, &pixels);
  for (size_t i = 0; i < WIDTH * HEIGHT * 4; i++)
    pixels[i] =
        i / 120 % 3
            ? (uint8_t)g_rand_int_range (random, 0, i / 120 % 3 == 1 ? 3 : 256)
            : 0;
  g_rand_free (random);
  return image;
}

static GByteArray *
file_new (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = image_new (QXL_FORMAT_BGRX);
  GByteArray *file = g_byte_array_new ();

  g_byte_array_set_size (file, ROOM);
  g_byte_array_set_size (
      file, (guint)spc_jpeg_write (image, 85, scratch, file->data, ROOM, NULL));
  g_assert_cmpuint (file->len, >, 0);
  return file;
}

/* of type JPEG_ALPHA */
static GByteArray *
payload_new (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = image_new (QXL_FORMAT_BGRA);
  GByteArray *payload = g_byte_array_new ();

  g_byte_array_set_size (payload, ROOM);
  g_byte_array_set_size (payload, (guint)spc_jpeg_encode (image, 85, scratch,
                                                          payload->data, ROOM));
  g_assert_cmpuint (payload->len, >, 0);
  return payload;
}

/* decodes a copy of exactly @size bytes, so that a sanitizer sees overruns */
static bool
decodes (const uint8_t *data, size_t size, uint32_t width, uint32_t height)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  bool ok = image_decode_jpeg (copy, size, width, height, &pixels, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_cmpint (ok, ==, pixels.pixels != NULL);
  return ok;
}

static bool
payload_decodes (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  bool ok = image_decode_payload (SPICE_IMAGE_TYPE_JPEG_ALPHA, WIDTH, HEIGHT,
                                  copy, size, &pixels, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_cmpint (ok, ==, pixels.pixels != NULL);
  return ok;
}

static void
test_whole (void)
{
  g_autoptr (GByteArray) file = file_new ();
  g_autoptr (GByteArray) payload = payload_new ();
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  g_assert_true (decodes (file->data, file->len, WIDTH, HEIGHT));
  g_assert_true (payload_decodes (payload->data, payload->len));
  image_decode_jpeg (file->data, file->len, WIDTH, HEIGHT, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.format, ==, SPICE_BITMAP_FMT_32BIT);
  g_assert_true (pixels.top_down);
  for (size_t i = 3; i < pixels.stride * pixels.height; i += 4)
    g_assert_cmpuint (pixels.pixels[i], ==, 0);
}

static void
test_truncated (void)
{
  g_autoptr (GByteArray) file = file_new ();
  g_autoptr (GByteArray) payload = payload_new ();

  for (size_t size = 0; size < file->len; size++)
    g_assert_false (decodes (file->data, size, WIDTH, HEIGHT));
  for (size_t size = 0; size < payload->len; size++)
    g_assert_false (payload_decodes (payload->data, size));
}

static void
test_left_over (void)
{
  g_autoptr (GByteArray) file = file_new ();
  g_autoptr (GByteArray) payload = payload_new ();

  g_byte_array_append (file, (const uint8_t[]){0}, 1);
  g_byte_array_append (payload, (const uint8_t[]){0}, 1);
  g_assert_false (decodes (file->data, file->len, WIDTH, HEIGHT));
  g_assert_false (payload_decodes (payload->data, payload->len));
}

static void
test_other_size (void)
{
  static const uint32_t sizes[][2] = {{WIDTH + 1, HEIGHT},
                                      {WIDTH, HEIGHT - 1},
                                      {HEIGHT, WIDTH},
                                      {0, 0},
                                      {G_MAXUINT32, G_MAXUINT32}};
  g_autoptr (GByteArray) file = file_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_false (decodes (file->data, file->len, sizes[i][0], sizes[i][1]));
}

/* a small file that tells of a large picture allocates nothing of its size */
static void
test_more_than_it_can_hold (void)
{
  static const uint8_t frame[] = {0xff, 0xc0};
  enum { SIDE = 65500, SIDES_AT = 5 };
  g_autoptr (GByteArray) file = file_new ();
  uint8_t *at = memmem (file->data, file->len, frame, sizeof frame);

  g_assert_nonnull (at);
  at[SIDES_AT] = at[SIDES_AT + 2] = SIDE >> 8;
  at[SIDES_AT + 1] = at[SIDES_AT + 3] = SIDE & 255;
  g_assert_false (decodes (file->data, file->len, SIDE, SIDE));
}

static void
test_wrong_heads (void)
{
  static const struct {
    const char *what;
    size_t at;
    uint8_t value;
  } changes[] = {
      {"unknown flags", 0, 3},
      {"alphas of the other order", 0, 0},
      {"colours beyond the data", 4, 1},
      {"colours of no bytes", 2, 0},
      {"another size", 5, 0},
      {"a large size", 8, 1},
  };
  g_autoptr (GByteArray) payload = payload_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree uint8_t *changed = g_memdup2 (payload->data, payload->len);

    g_test_message ("%s", changes[i].what);
    g_assert_cmpuint (changed[changes[i].at], !=, changes[i].value);
    changed[changes[i].at] = changes[i].value;
    g_assert_false (payload_decodes (changed, payload->len));
  }
}

/* whatever comes, it ends and nothing is read or written beyond */
static void
test_garbage (void)
{
  GRand *random = g_rand_new_with_seed (11);
  g_autoptr (GByteArray) payload = payload_new ();
  unsigned decoded = 0;

  for (int i = 0; i < 3000; i++) {
    g_autofree uint8_t *changed = g_memdup2 (payload->data, payload->len);
    int n = g_rand_int_range (random, 1, 4);

    while (n--)
      changed[g_rand_int_range (random, 0, (gint32)payload->len)] ^=
          (uint8_t)(1u << g_rand_int_range (random, 0, 8));
    decoded += payload_decodes (changed, payload->len);
  }
  g_rand_free (random);
  g_assert_cmpuint (decoded, <, 3000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-decoders-jpeg/whole-files", test_whole);
  g_test_add_func ("/image-decoders-jpeg/each-prefix-fails", test_truncated);
  g_test_add_func ("/image-decoders-jpeg/bytes-left-over-fail", test_left_over);
  g_test_add_func ("/image-decoders-jpeg/another-size-fails", test_other_size);
  g_test_add_func ("/image-decoders-jpeg/more-than-it-can-hold-fails",
                   test_more_than_it_can_hold);
  g_test_add_func ("/image-decoders-jpeg/wrong-heads-fail", test_wrong_heads);
  g_test_add_func ("/image-decoders-jpeg/garbage-does-no-harm", test_garbage);
  return g_test_run ();
}
