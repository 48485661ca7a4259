/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "encoder.h"

#include "tests/image-decoders.h"
#include <spice/enums.h>
#include <string.h>

/* pictures */

typedef enum { SOLID, STRIPES, TEXT, NOISE, N_CONTENTS } Content;

static const char *const content_names[N_CONTENTS] = {
    [SOLID] = "solid",
    [STRIPES] = "stripes",
    [TEXT] = "text",
    [NOISE] = "noise",
};

static const struct {
  QxlFormat format;
  uint8_t wire; /* SPICE_BITMAP_FMT_… */
} formats[] = {
    {QXL_FORMAT_BGRX, SPICE_BITMAP_FMT_32BIT},
    {QXL_FORMAT_BGRA, SPICE_BITMAP_FMT_RGBA},
    {QXL_FORMAT_BGR, SPICE_BITMAP_FMT_24BIT},
    {QXL_FORMAT_RGB15, SPICE_BITMAP_FMT_16BIT},
    {QXL_FORMAT_A8, SPICE_BITMAP_FMT_8BIT_A},
};

static uint32_t
random_u32 (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

static uint8_t
content_byte (Content content, uint32_t x, uint32_t y, unsigned c,
              uint32_t *random)
{
  switch (content) {
  case SOLID:
    return (uint8_t)(0x31 + c);
  case STRIPES:
    return (uint8_t)(y / 3 * 7 + c);
  case TEXT:
    return random_u32 (random) % 5 ? 0xf0 : (uint8_t)(x % 3);
  default:
    return (uint8_t)(random_u32 (random) >> 16);
  }
}

/* what not every encoding sends: it is 0 after decoding, so make it 0 before */
static uint8_t
unused_bits (QxlFormat format, unsigned c)
{
  if (format == QXL_FORMAT_BGRX && c == 3)
    return 0xff;
  return format == QXL_FORMAT_RGB15 && c == 1 ? 0x80 : 0;
}

/* rows of @padding spare bytes, filled with what must not be read */
static QxlImage *
picture_new (QxlFormat format, uint32_t width, uint32_t height, size_t padding,
             Content content)
{
  unsigned bytes = qxl_format_bytes_per_pixel (format);
  size_t stride = (size_t)width * bytes + padding;
  uint8_t *pixels = g_malloc (stride * height);
  uint32_t random = 0x1234567 + width;

  memset (pixels, 0xa5, stride * height);
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++)
      for (unsigned c = 0; c < bytes; c++)
        pixels[y * stride + x * bytes + c] =
            content_byte (content, x, y, c, &random) &
            (uint8_t)~unused_bits (format, c);
  return qxl_image_new_wrapped (format, width, height, stride, pixels, pixels,
                                g_free);
}

/* checks */

static void
check_same (const QxlImage *image, uint8_t wire_format,
            const SpcEncodedImage *encoded)
{
  size_t size;
  const uint8_t *payload = g_bytes_get_data (encoded->payload, &size);
  g_autoptr (GError) error = NULL;
  g_auto (ImagePixels) pixels = {0};

  image_decode_payload (encoded->type, encoded->width, encoded->height, payload,
                        size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_true (pixels.top_down);
  g_assert_cmpuint (pixels.format, ==, wire_format);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  for (uint32_t y = 0; y < image->height; y++)
    g_assert_cmpmem (pixels.pixels + y * pixels.stride, pixels.stride,
                     qxl_image_row (image, y),
                     qxl_image_size (image) / image->height);
}

static void
check_round_trip (SpcImageCodec codec, const QxlImage *image,
                  uint8_t wire_format, SpcScratch *scratch)
{
  g_autoptr (GError) error = NULL;
  SpcEncodedImage encoded;

  g_assert_true (spc_image_encode (codec, image, scratch, &encoded, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (encoded.width, ==, image->width);
  g_assert_cmpuint (encoded.height, ==, image->height);
  g_assert_cmpuint (g_bytes_get_size (encoded.payload), <=,
                    18 + qxl_image_size (image));
  check_same (image, wire_format, &encoded);
  spc_encoded_image_clear (&encoded);
  g_assert_null (encoded.payload);
}

/* tests */

static void
test_names (void)
{
  g_assert_cmpstr (spc_image_codec_name (SPC_CODEC_BITMAP), ==, "bitmap");
  g_assert_cmpstr (spc_image_codec_name (SPC_CODEC_LZ), ==, "lz");
  g_assert_cmpstr (spc_image_codec_name (SPC_CODEC_LZ4), ==, "lz4");
  g_assert_cmpstr (spc_image_codec_name (SPC_CODEC_QUIC), ==, "quic");
  g_assert_cmpstr (spc_image_codec_name (SPC_CODEC_JPEG), ==, "jpeg");
  g_assert_cmpstr (spc_image_codec_name (SPC_N_CODECS), ==, "?");
}

static void
test_lossy (void)
{
  for (int codec = 0; codec <= SPC_N_CODECS; codec++)
    g_assert_cmpint (spc_image_codec_is_lossy (codec), ==,
                     codec == SPC_CODEC_JPEG);
}

static void
test_takes (void)
{
  for (int codec = 0; codec < SPC_N_CODECS; codec++) {
    g_assert_true (spc_image_codec_takes (codec, QXL_FORMAT_BGRX));
    g_assert_true (spc_image_codec_takes (codec, QXL_FORMAT_BGRA));
    g_assert_false (spc_image_codec_takes (codec, QXL_FORMAT_INVALID));
    g_assert_false (spc_image_codec_takes (codec, QXL_FORMAT_RGBX));
    g_assert_false (spc_image_codec_takes (codec, QXL_N_FORMATS));
    for (int f = QXL_FORMAT_PLT1_LE; f <= QXL_FORMAT_PLT8; f++)
      g_assert_cmpint (spc_image_codec_takes (codec, (QxlFormat)f), ==,
                       codec == SPC_CODEC_BITMAP || codec == SPC_CODEC_LZ);
  }
  g_assert_false (spc_image_codec_takes (SPC_N_CODECS, QXL_FORMAT_BGRX));
}

static void
test_bitmap_head (void)
{
  static const uint8_t expected[] = {
      8, 4, 2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, /* head */
      1, 2, 3, 0, 4, 5, 6, 0,                               /* pixels */
  };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = NULL;
  g_autoptr (GError) error = NULL;
  SpcEncodedImage encoded;
  uint8_t *pixels;

  image = qxl_image_new (QXL_FORMAT_BGRX, 2, 1, &pixels);
  memcpy (pixels, expected + 18, 8);
  spc_image_encode (SPC_CODEC_BITMAP, image, scratch, &encoded, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (encoded.type, ==, SPICE_IMAGE_TYPE_BITMAP);
  g_assert_cmpuint (encoded.flags, ==, 0);
  g_assert_cmpmem (g_bytes_get_data (encoded.payload, NULL),
                   g_bytes_get_size (encoded.payload), expected,
                   sizeof expected);
  spc_encoded_image_clear (&encoded);
}

/* every lossless codec and format it takes, widths 1 to 70, with and without
 * padding */
static void
test_round_trips (gconstpointer data)
{
  Content content = GPOINTER_TO_INT (data);
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    for (uint32_t width = 1; width <= 70; width++) {
      g_autoptr (QxlImage) image = picture_new (
          formats[i].format, width, 1 + width * 7 % 11, width % 3 * 5, content);

      for (int codec = 0; codec < SPC_N_CODECS; codec++)
        if (spc_image_codec_takes (codec, formats[i].format) &&
            !spc_image_codec_is_lossy (codec))
          check_round_trip (codec, image, formats[i].wire, scratch);
    }
}

static void
test_wrong_format (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = picture_new (QXL_FORMAT_RGBX, 4, 4, 0, SOLID);

  for (int codec = 0; codec < SPC_N_CODECS; codec++) {
    g_autoptr (GError) error = NULL;
    SpcEncodedImage encoded;

    g_assert_false (spc_image_encode (codec, image, scratch, &encoded, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_null (encoded.payload);
  }
}

static void
test_too_large (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t pixel[4] = {0};
  /* never read: the size is refused first */
  QxlImage image = {.format = QXL_FORMAT_BGRX,
                    .width = 1 << 14,
                    .height = 1 << 14,
                    .stride = 4 << 14,
                    .pixels = pixel};

  for (int codec = 0; codec < SPC_N_CODECS; codec++) {
    g_autoptr (GError) error = NULL;
    SpcEncodedImage encoded;

    g_assert_false (
        spc_image_encode (codec, &image, scratch, &encoded, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_null (encoded.payload);
  }
}

/* what fits no smaller is sent plain; what repeats is sent in its own type.
 * Even noise becomes smaller with loss. */
static void
test_type (void)
{
  static const uint8_t own_types[SPC_N_CODECS] = {
      [SPC_CODEC_BITMAP] = SPICE_IMAGE_TYPE_BITMAP,
      [SPC_CODEC_LZ] = SPICE_IMAGE_TYPE_LZ_RGB,
      [SPC_CODEC_LZ4] = SPICE_IMAGE_TYPE_LZ4,
      [SPC_CODEC_QUIC] = SPICE_IMAGE_TYPE_QUIC,
      [SPC_CODEC_JPEG] = SPICE_IMAGE_TYPE_JPEG,
  };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) noise = picture_new (QXL_FORMAT_BGR, 64, 64, 0, NOISE);
  g_autoptr (QxlImage) solid = picture_new (QXL_FORMAT_BGR, 64, 64, 0, SOLID);

  for (int codec = 0; codec < SPC_N_CODECS; codec++) {
    SpcEncodedImage encoded;
    bool is_lossy = spc_image_codec_is_lossy (codec);

    spc_image_encode (codec, noise, scratch, &encoded, NULL);
    g_assert_cmpuint (encoded.type, ==,
                      is_lossy ? own_types[codec] : SPICE_IMAGE_TYPE_BITMAP);
    g_assert_cmpint (encoded.is_lossy, ==, is_lossy);
    spc_encoded_image_clear (&encoded);
    spc_image_encode (codec, solid, scratch, &encoded, NULL);
    g_assert_cmpuint (encoded.type, ==, own_types[codec]);
    spc_encoded_image_clear (&encoded);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder/names", test_names);
  g_test_add_func ("/encoder/only-jpeg-loses", test_lossy);
  g_test_add_func ("/encoder/takes-only-canonical-formats", test_takes);
  g_test_add_func ("/encoder/bitmap-head", test_bitmap_head);
  for (int i = 0; i < N_CONTENTS; i++) {
    g_autofree char *path =
        g_strconcat ("/encoder/round-trip/", content_names[i], NULL);

    g_test_add_data_func (path, GINT_TO_POINTER (i), test_round_trips);
  }
  g_test_add_func ("/encoder/noise-is-sent-plain", test_type);
  g_test_add_func ("/encoder/wrong-format-is-an-error", test_wrong_format);
  g_test_add_func ("/encoder/too-large-is-an-error", test_too_large);
  return g_test_run ();
}
