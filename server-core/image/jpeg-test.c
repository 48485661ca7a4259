/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jpeg.h"

#include "tests/image-decoders-jpeg.h"
#include "tests/image-psnr.h"
#include <spice/enums.h>

/* pictures */

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15};

typedef uint8_t (*PaintFunc) (uint32_t x, uint32_t y, unsigned c,
                              GRand *random);

/* what JPEG is for: each colour changes slowly */
static uint8_t
paint_smooth (uint32_t x, uint32_t y, unsigned c, GRand *random)
{
  return (uint8_t)(60 + x + y / 2 + 20 * c);
}

static uint8_t
paint_noise (uint32_t x, uint32_t y, unsigned c, GRand *random)
{
  return (uint8_t)g_rand_int_range (random, 0, 256);
}

static void
put_pixel (uint8_t *to, QxlFormat format, const uint8_t *colours, uint32_t x)
{
  uint16_t packed;

  switch (format) {
  case QXL_FORMAT_RGB15:
    packed =
        GUINT16_TO_LE ((uint16_t)((colours[2] >> 3) << 10 |
                                  (colours[1] >> 3) << 5 | colours[0] >> 3));
    memcpy (to, &packed, 2);
    return;
  case QXL_FORMAT_BGR:
    memcpy (to, colours, 3);
    return;
  default: /* the fourth byte: alpha, or what nobody may look at */
    memcpy (to, colours, 3);
    to[3] = (uint8_t)(x * 9);
  }
}

/* rows of @padding spare bytes, filled with what must not be read */
static QxlImage *
picture_new (QxlFormat format, uint32_t width, uint32_t height, size_t padding,
             PaintFunc paint)
{
  unsigned bytes = qxl_format_bytes_per_pixel (format);
  size_t stride = (size_t)width * bytes + padding;
  uint8_t *pixels = g_malloc (stride * height);
  GRand *random = g_rand_new_with_seed (width);
  uint8_t colours[3];

  memset (pixels, 0xa5, stride * height);
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      for (unsigned c = 0; c < 3; c++)
        colours[c] = paint (x, y, c, random);
      put_pixel (pixels + y * stride + x * bytes, format, colours, x);
    }
  g_rand_free (random);
  return qxl_image_new_wrapped (format, width, height, stride, pixels, pixels,
                                g_free);
}

/* checks */

static double
psnr_of (const QxlImage *image, const ImagePixels *pixels)
{
  g_autofree uint8_t *row = g_malloc ((size_t)image->width * 4);
  uint64_t squares = 0;

  for (uint32_t y = 0; y < image->height; y++) {
    qxl_format_row_to_bgrx (image->format, row, qxl_image_row (image, y),
                            image->width);
    squares += image_squared_error (row, pixels->pixels + y * pixels->stride,
                                    image->width);
  }
  return image_psnr (squares, (uint64_t)image->width * image->height);
}

/* decodes what spc_jpeg_write () makes; returns its size */
static size_t
check_file (const QxlImage *image, int quality, SpcScratch *scratch,
            double *psnr)
{
  size_t room = 4096 + 2 * qxl_image_size (image);
  g_autofree uint8_t *file = g_malloc (room);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  size_t size = spc_jpeg_write (image, quality, scratch, file, room, &error);

  g_assert_no_error (error);
  image_decode_jpeg (file, size, image->width, image->height, &pixels, &error);
  g_assert_no_error (error);
  *psnr = psnr_of (image, &pixels);
  return size;
}

static void
check_alphas (const QxlImage *image, const ImagePixels *pixels)
{
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++)
      g_assert_cmpuint (pixels->pixels[y * pixels->stride + 4 * x + 3], ==,
                        qxl_image_row (image, y)[4 * x + 3]);
}

/* tests */

static void
test_sizes (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    for (uint32_t width = 1; width <= 70; width++) {
      g_autoptr (QxlImage) image = picture_new (
          formats[i], width, 1 + width * 37 % 70, width % 3 * 5, paint_smooth);
      double psnr;

      check_file (image, SPC_DEFAULT_QUALITY, scratch, &psnr);
      if (psnr < 36)
        g_error ("%s of %u×%u: %.2f dB, expected 36",
                 qxl_format_name (formats[i]), width, image->height, psnr);
    }
}

static void
test_padding (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (QxlImage) tight =
        picture_new (formats[i], 37, 21, 0, paint_noise);
    g_autoptr (QxlImage) padded =
        picture_new (formats[i], 37, 21, 64, paint_noise);
    uint8_t a[16384], b[16384];
    size_t size = spc_jpeg_write (tight, 85, scratch, a, sizeof a, NULL);

    g_assert_cmpuint (size, >, 0);
    g_assert_cmpuint (spc_jpeg_write (padded, 85, scratch, b, sizeof b, NULL),
                      ==, size);
    g_assert_cmpmem (a, size, b, size);
  }
}

/* what is beyond 1 and 100 is as these */
static void
test_quality (void)
{
  static const struct {
    int quality;
    double least, most; /* dB */
  } rows[] = {{G_MININT, 15, 32}, {1, 15, 32},   {50, 34, 46},
              {85, 40, 52},       {100, 46, 70}, {G_MAXINT, 46, 70}};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (QXL_FORMAT_BGRX, 70, 64, 0, paint_smooth);
  double before = 0;
  size_t size_before = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    double psnr;
    size_t size = check_file (image, rows[i].quality, scratch, &psnr);

    g_test_message ("quality %d: %.2f dB, %zu bytes", rows[i].quality, psnr,
                    size);
    g_assert_cmpfloat (psnr, >=, rows[i].least);
    g_assert_cmpfloat (psnr, <=, rows[i].most);
    g_assert_cmpfloat (psnr, >=, before);
    g_assert_cmpuint (size, >=, size_before);
    before = psnr;
    size_before = size;
  }
}

/* whatever the room, nothing is written beyond and the next call works */
static void
test_room (void)
{
  enum { GUARD = 16 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (QXL_FORMAT_RGB15, 40, 40, 0, paint_noise);
  double psnr;
  size_t size = check_file (image, 85, scratch, &psnr);

  for (size_t room = 0; room < size; room += 1 + room / 300 * 7) {
    g_autofree uint8_t *to = g_malloc (room + GUARD);
    g_autoptr (GError) error = NULL;

    memset (to + room, 0x5a, GUARD);
    g_assert_cmpuint (spc_jpeg_write (image, 85, scratch, to, room, &error), ==,
                      0);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    for (int i = 0; i < GUARD; i++)
      g_assert_cmpuint (to[room + i], ==, 0x5a);
  }
  g_assert_cmpuint (check_file (image, 85, scratch, &psnr), ==, size);
}

/* libjpeg keeps a few bytes in hand, so exactly the size may be enough */
static void
test_exact_room (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (QXL_FORMAT_BGRX, 33, 20, 0, paint_smooth);
  double psnr;
  size_t size = check_file (image, 85, scratch, &psnr);
  g_autofree uint8_t *to = g_malloc (size + 1);

  g_assert_cmpuint (spc_jpeg_write (image, 85, scratch, to, size + 1, NULL), ==,
                    size);
}

static void
test_refusals (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width, height;
    GIOErrorEnum code;
  } rows[] = {
      {QXL_FORMAT_A8, 4, 4, G_IO_ERROR_NOT_SUPPORTED},
      {QXL_FORMAT_RGBX, 4, 4, G_IO_ERROR_NOT_SUPPORTED},
      {QXL_N_FORMATS, 4, 4, G_IO_ERROR_NOT_SUPPORTED},
      {QXL_FORMAT_BGRX, 0, 4, G_IO_ERROR_INVALID_ARGUMENT},
      {QXL_FORMAT_BGRX, 4, 0, G_IO_ERROR_INVALID_ARGUMENT},
      {QXL_FORMAT_BGRX, SPC_JPEG_MAX_SIDE + 1, 1, G_IO_ERROR_INVALID_ARGUMENT},
      {QXL_FORMAT_BGRX, 1, SPC_JPEG_MAX_SIDE + 1, G_IO_ERROR_INVALID_ARGUMENT},
  };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t pixel[4] = {0}, to[1024];
    g_autoptr (GError) error = NULL;
    /* never read */
    QxlImage image = {.format = rows[i].format,
                      .width = rows[i].width,
                      .height = rows[i].height,
                      .stride = (size_t)rows[i].width * 4,
                      .pixels = pixel};

    g_assert_cmpuint (
        spc_jpeg_write (&image, 85, scratch, to, sizeof to, &error), ==, 0);
    g_assert_error (error, G_IO_ERROR, (int)rows[i].code);
  }
}

static void
test_largest_side (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (QXL_FORMAT_BGRX, SPC_JPEG_MAX_SIDE, 1, 0, paint_smooth);
  g_autoptr (QxlImage) over =
      picture_new (QXL_FORMAT_BGRX, SPC_JPEG_MAX_SIDE + 1, 1, 0, paint_smooth);
  SpcEncodedImage encoded;
  double psnr;

  check_file (image, 85, scratch, &psnr);
  g_assert_cmpfloat (psnr, >, 30);
  g_assert_true (
      spc_image_encode (SPC_CODEC_JPEG, over, scratch, &encoded, NULL));
  g_assert_cmpuint (encoded.type, ==, SPICE_IMAGE_TYPE_BITMAP);
  spc_encoded_image_clear (&encoded);
}

/* the table's row: what its result is, and that it is the format's */
static void
test_payloads (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    for (uint32_t width = 8; width <= 70; width++) {
      bool has_alpha = formats[i] == QXL_FORMAT_BGRA;
      g_autoptr (QxlImage) image =
          picture_new (formats[i], width, 70, width % 3 * 8, paint_smooth);
      g_auto (ImagePixels) pixels = {0};
      g_autoptr (GError) error = NULL;
      SpcEncodedImage encoded;

      spc_image_encode (SPC_CODEC_JPEG, image, scratch, &encoded, &error);
      g_assert_no_error (error);
      g_assert_true (encoded.is_lossy);
      g_assert_cmpuint (encoded.type, ==,
                        has_alpha ? SPICE_IMAGE_TYPE_JPEG_ALPHA
                                  : SPICE_IMAGE_TYPE_JPEG);
      g_assert_cmpuint (g_bytes_get_size (encoded.payload), <,
                        spc_bitmap_payload_size (image));
      image_decode_payload (
          encoded.type, width, 70, g_bytes_get_data (encoded.payload, NULL),
          g_bytes_get_size (encoded.payload), &pixels, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (psnr_of (image, &pixels), >, 36);
      if (has_alpha)
        check_alphas (image, &pixels);
      spc_encoded_image_clear (&encoded);
    }
}

/* a file's head alone is over 600 bytes */
static void
test_larger_is_plain (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    for (uint32_t side = 1; side <= 12; side++) {
      g_autoptr (QxlImage) image =
          picture_new (formats[i], side, side, 0, paint_smooth);
      SpcEncodedImage encoded;

      g_assert_true (
          spc_image_encode (SPC_CODEC_JPEG, image, scratch, &encoded, NULL));
      g_assert_cmpuint (encoded.type, ==, SPICE_IMAGE_TYPE_BITMAP);
      g_assert_false (encoded.is_lossy);
      spc_encoded_image_clear (&encoded);
    }
}

/* colours that fit alone leave too little room for alphas that do not repeat */
static void
test_noisy_alpha_is_plain (void)
{
  enum { WIDTH = 24, HEIGHT = 16 };
  static const struct {
    QxlFormat format;
    uint8_t type;
  } rows[] = {{QXL_FORMAT_BGRX, SPICE_IMAGE_TYPE_JPEG},
              {QXL_FORMAT_BGRA, SPICE_IMAGE_TYPE_BITMAP}};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    GRand *random = g_rand_new_with_seed (4);
    g_autoptr (QxlImage) image = NULL;
    SpcEncodedImage encoded;
    uint8_t *pixels;

    image = qxl_image_new (rows[i].format, WIDTH, HEIGHT, &pixels);
    for (size_t n = 0; n < 4 * WIDTH * HEIGHT; n++)
      pixels[n] = (uint8_t)g_rand_int_range (random, 0, 256);
    g_rand_free (random);
    g_assert_true (spc_image_encode_lossy (SPC_CODEC_JPEG, image, 100, scratch,
                                           &encoded, NULL));
    g_assert_cmpuint (encoded.type, ==, rows[i].type);
    spc_encoded_image_clear (&encoded);
  }
}

static void
test_quality_of_codecs (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (QXL_FORMAT_BGRX, 64, 64, 0, paint_smooth);

  for (int codec = 0; codec < SPC_N_CODECS; codec++) {
    SpcEncodedImage low, usual;

    g_assert_true (
        spc_image_encode_lossy (codec, image, 10, scratch, &low, NULL));
    g_assert_true (spc_image_encode (codec, image, scratch, &usual, NULL));
    if (spc_image_codec_is_lossy (codec))
      g_assert_cmpuint (g_bytes_get_size (low.payload), <,
                        g_bytes_get_size (usual.payload));
    else
      g_assert_true (g_bytes_equal (low.payload, usual.payload));
    spc_encoded_image_clear (&low);
    spc_encoded_image_clear (&usual);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jpeg/sizes-from-1-to-70", test_sizes);
  g_test_add_func ("/jpeg/padding-is-not-coded", test_padding);
  g_test_add_func ("/jpeg/quality-makes-larger-and-better", test_quality);
  g_test_add_func ("/jpeg/nothing-beyond-the-room", test_room);
  g_test_add_func ("/jpeg/the-size-is-room-enough", test_exact_room);
  g_test_add_func ("/jpeg/refusals-tell-why", test_refusals);
  g_test_add_func ("/jpeg/largest-side", test_largest_side);
  g_test_add_func ("/jpeg/payloads-of-each-format", test_payloads);
  g_test_add_func ("/jpeg/larger-than-plain-is-plain", test_larger_is_plain);
  g_test_add_func ("/jpeg/noisy-alpha-is-plain", test_noisy_alpha_is_plain);
  g_test_add_func ("/jpeg/only-lossy-codecs-know-quality",
                   test_quality_of_codecs);
  return g_test_run ();
}
