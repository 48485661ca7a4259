/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the JPEG of films and of codes that are learnt. */
#include "jpeg-plan.h"

#include "jpeg.h"
#include "tests/image-decoders-jpeg.h"
#include "tests/image-psnr.h"

typedef uint8_t (*Paint) (uint32_t x, uint32_t y, int plane, GRand *random);

static uint8_t
paint_flat (uint32_t x, uint32_t y, int plane, GRand *random)
{
  return 90;
}

static uint8_t
paint_noise (uint32_t x, uint32_t y, int plane, GRand *random)
{
  return (uint8_t)g_rand_int_range (random, 0, 256);
}

/* a slope with grain, the same on each plane */
static uint8_t
paint_grain (uint32_t x, uint32_t y, int plane, GRand *random)
{
  static int grain;

  if (plane == 0)
    grain = g_rand_int_range (random, 0, 16) + g_rand_int_range (random, 0, 16);
  return (uint8_t)(40 + (x + y * (1 + (uint32_t)plane)) / 8 % 160 +
                   (uint32_t)grain);
}

static QxlImage *
picture_new (uint32_t width, uint32_t height, Paint paint)
{
  GRand *random = g_rand_new_with_seed (7);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &pixels);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++)
      for (int plane = 0; plane < 4; plane++)
        pixels[((size_t)y * width + x) * 4 + (size_t)plane] =
            paint (x, y, plane, random);
  g_rand_free (random);
  return image;
}

/* dB of what a file decodes to */
static double
check_file (const QxlImage *image, GBytes *file)
{
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  uint64_t squared = 0;

  image_decode_jpeg (g_bytes_get_data (file, NULL), g_bytes_get_size (file),
                     image->width, image->height, &pixels, &error);
  g_assert_no_error (error);
  for (uint32_t y = 0; y < image->height; y++)
    squared +=
        image_squared_error (qxl_image_row (image, y),
                             pixels.pixels + y * pixels.stride, image->width);
  return image_psnr (squared, (uint64_t)image->width * image->height);
}

static void
test_any_size (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (uint32_t side = 1; side < 300; side += 1 + side / 8) {
    g_autoptr (QxlImage) image = picture_new (side, 300 - side, paint_grain);
    SpcJpegPlan plan = {0};
    g_autoptr (GBytes) usual = NULL, learnt = NULL;
    g_autoptr (GError) error = NULL;

    spc_jpeg_plan_set_step (&plan, 12);
    usual = spc_jpeg_plan_write (&plan, image, scratch, &error);
    g_assert_no_error (error);
    spc_jpeg_plan_learn (&plan, image, scratch, &error);
    g_assert_no_error (error);
    learnt = spc_jpeg_plan_write (&plan, image, scratch, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat (check_file (image, usual), ==,
                       check_file (image, learnt));
    g_assert_cmpfloat (check_file (image, usual), >, 33);
  }
}

/* what was learnt from one picture writes any other one */
static void
test_all_symbols (void)
{
  static const Paint paints[] = {paint_flat, paint_grain, paint_noise};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t from = 0; from < G_N_ELEMENTS (paints); from++) {
    g_autoptr (QxlImage) teacher = picture_new (70, 90, paints[from]);
    SpcJpegPlan plan = {0};

    spc_jpeg_plan_set_step (&plan, 40);
    g_assert_cmpuint (spc_jpeg_plan_learn (&plan, teacher, scratch, NULL), >,
                      0);
    for (double step = 1; step < 100; step *= 3)
      for (size_t to = 0; to < G_N_ELEMENTS (paints); to++) {
        g_autoptr (QxlImage) image = picture_new (61, 33, paints[to]);
        g_autoptr (GBytes) file = NULL;

        spc_jpeg_plan_set_step (&plan, step);
        file = spc_jpeg_plan_write (&plan, image, scratch, NULL);
        g_assert_nonnull (file);
        check_file (image, file);
      }
  }
}

/* lengths of at most 16 bits, each symbol once, and a code to spare */
static void
check_code (const SpcJpegCode *code, int n_symbols)
{
  bool seen[SPC_JPEG_MAX_SYMBOLS] = {false};
  uint32_t used = 0;
  int n = 0;

  for (int i = 1; i <= SPC_JPEG_MAX_CODE_BITS; i++) {
    n += code->counts[i];
    used += (uint32_t)code->counts[i] << (SPC_JPEG_MAX_CODE_BITS - i);
  }
  g_assert_cmpint (n, ==, n_symbols);
  g_assert_cmpuint (used, <, 1u << SPC_JPEG_MAX_CODE_BITS);
  for (int i = 0; i < n; i++) {
    g_assert_false (seen[code->symbols[i]]);
    seen[code->symbols[i]] = true;
  }
}

static void
test_codes_are_valid (void)
{
  for (int table = 0; table < SPC_JPEG_N_TABLES; table++)
    for (int n = 0; n < SPC_JPEG_MAX_CODE_BITS; n++) {
      bool is_dc = table == SPC_JPEG_DC_LUMA || table == SPC_JPEG_DC_CHROMA;
      SpcJpegCode code = {0};

      /* a comb: the least even code there is */
      for (int i = 0; i < n; i++) {
        code.counts[i + 1] = 1;
        code.symbols[i] =
            (uint8_t)(is_dc ? i % 12 : 1 + i % 10 + (i / 10) * 16);
      }
      if (is_dc && n > 12)
        continue;
      spc_jpeg_code_complete (&code, table);
      check_code (&code, is_dc ? 12 : 162);
      if (n > 0)
        g_assert_cmpuint (code.symbols[0], ==, is_dc ? 0 : 1);
    }
}

static void
test_smaller_than_usual (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = picture_new (640, 360, paint_grain);
  g_autofree uint8_t *to = g_malloc (640 * 360 * 4);
  g_autoptr (GBytes) usual = NULL, file = NULL;
  SpcJpegPlan plan = {0};
  size_t size = spc_jpeg_write (image, 90, scratch, to, 640 * 360 * 4, NULL);
  size_t about;

  usual = g_bytes_new (to, size);
  spc_jpeg_plan_set_step (&plan, 10);
  about = spc_jpeg_plan_learn (&plan, image, scratch, NULL);
  file = spc_jpeg_plan_write (&plan, image, scratch, NULL);
  g_test_message ("usual %zu bytes, %.2f dB; planned %zu bytes, %.2f dB", size,
                  check_file (image, usual), g_bytes_get_size (file),
                  check_file (image, file));
  g_assert_cmpfloat (check_file (image, file), >=, check_file (image, usual));
  g_assert_cmpuint (g_bytes_get_size (file), <, size * 4 / 5);
  /* the estimate */
  g_assert_cmpfloat (about, >, 0.9 * (double)g_bytes_get_size (file));
  g_assert_cmpfloat (about, <, 1.1 * (double)g_bytes_get_size (file));
}

static void
test_refuses_what_is_too_large (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image =
      picture_new (SPC_JPEG_MAX_SIDE + 1, 1, paint_flat);
  g_autoptr (GError) error = NULL;
  SpcJpegPlan plan = {0};

  spc_jpeg_plan_set_step (&plan, 10);
  g_assert_cmpuint (spc_jpeg_plan_learn (&plan, image, scratch, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (spc_jpeg_plan_write (&plan, image, scratch, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jpeg-plan/any-size", test_any_size);
  g_test_add_func ("/jpeg-plan/what-is-learnt-writes-any-picture",
                   test_all_symbols);
  g_test_add_func ("/jpeg-plan/codes-are-valid", test_codes_are_valid);
  g_test_add_func ("/jpeg-plan/smaller-and-better-than-usual",
                   test_smaller_than_usual);
  g_test_add_func ("/jpeg-plan/refuses-what-is-too-large",
                   test_refuses_what_is_too_large);
  return g_test_run ();
}
