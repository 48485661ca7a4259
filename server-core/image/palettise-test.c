/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "palettise.h"

#include <string.h>

static uint32_t
random_u32 (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

/* different for each index, and not in order */
static uint32_t
colour (unsigned index)
{
  return (index * 0x9e3779 ^ 0x123456) & 0xffffff;
}

/* pictures of exactly @n colours, if there are so many pixels, in runs of
 * random lengths; fourth bytes are noise */
static QxlImage *
picture_new (uint32_t width, uint32_t height, unsigned n, uint32_t seed)
{
  size_t stride = (size_t)width * 4 + seed % 3 * 4;
  uint8_t *pixels = g_malloc0 (stride * height);
  uint32_t random = seed * 2654435761u | 1;
  unsigned at = 0, left = 0, done = 0;

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      uint32_t value;

      if (done < n) {
        at = done++;
      } else if (left-- == 0) {
        at = random_u32 (&random) % n;
        left = random_u32 (&random) % 20;
      }
      value = GUINT32_TO_LE (colour (at) | random_u32 (&random) << 24);
      memcpy (pixels + y * stride + (size_t)x * 4, &value, 4);
    }
  return qxl_image_new_wrapped (QXL_FORMAT_BGRX, width, height, stride, pixels,
                                pixels, g_free);
}

static uint32_t
colour_in (const QxlImage *image, uint32_t x, uint32_t y)
{
  uint32_t value;

  memcpy (&value, qxl_image_row (image, y) + (size_t)x * 4, 4);
  return GUINT32_FROM_LE (value) & 0xffffff;
}

static unsigned
index_in (const QxlImage *made, uint32_t x, uint32_t y)
{
  unsigned bits = qxl_format_bits_per_pixel (made->format);
  unsigned per_byte = 8 / bits;
  uint8_t byte = qxl_image_row (made, y)[x / per_byte];

  return byte >> (per_byte - 1 - x % per_byte) * bits & ((1u << bits) - 1);
}

static void
assert_shows_the_same (const QxlImage *made, const QxlImage *image)
{
  g_assert_cmpuint (made->width, ==, image->width);
  g_assert_cmpuint (made->height, ==, image->height);
  g_assert_cmpuint (made->stride, ==, qxl_image_row_bytes (made));
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++) {
      unsigned index = index_in (made, x, y);

      g_assert_cmpuint (index, <, made->palette->n_entries);
      g_assert_cmphex (made->palette->entries[index], ==,
                       colour_in (image, x, y));
    }
}

static QxlFormat
format_for (unsigned n)
{
  if (n <= 2)
    return QXL_FORMAT_PLT1_BE;
  return n <= 16 ? QXL_FORMAT_PLT4_BE : QXL_FORMAT_PLT8;
}

static const unsigned counts[] = {1, 2, 3, 15, 16, 17, 100, 255, 256};

static void
shows_the_same (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t c = 0; c < G_N_ELEMENTS (counts); c++)
    for (uint32_t width = 1; width <= 70; width++) {
      uint32_t height = 1 + width * 7 % 23;
      unsigned n = MIN (counts[c], width * height);
      g_autoptr (QxlImage) image = picture_new (width, height, n, width);
      g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);

      g_assert_nonnull (made);
      g_assert_cmpint (made->format, ==, format_for (n));
      g_assert_cmpuint (made->palette->n_entries, ==, MAX (n, 2));
      assert_shows_the_same (made, image);
    }
}

static void
shows_large_pictures (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t c = 0; c < G_N_ELEMENTS (counts); c++) {
    g_autoptr (QxlImage) image = picture_new (333, 222, counts[c], 7);
    g_autoptr (QxlImage) made = spc_palettise (image, counts[c], scratch);

    g_assert_nonnull (made);
    assert_shows_the_same (made, image);
  }
}

static void
gives_up_one_colour_too_many (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t c = 0; c < G_N_ELEMENTS (counts); c++) {
    unsigned n = counts[c];
    g_autoptr (QxlImage) image = picture_new (61, 43, n, 5);
    g_autoptr (QxlImage) more = picture_new (61, 43, n + 1, 5);
    g_autoptr (QxlImage) made = spc_palettise (image, n, scratch);

    g_assert_nonnull (made);
    g_assert_null (spc_palettise (more, n, scratch));
  }
}

/* wherever the pixel is that is one too many */
static void
sees_each_pixel (void)
{
  enum { WIDTH = 37, HEIGHT = 21 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (uint32_t at = 0; at < WIDTH * HEIGHT; at++) {
    uint8_t *pixels;
    g_autoptr (QxlImage) image =
        qxl_image_new (QXL_FORMAT_BGRX, WIDTH, HEIGHT, &pixels);

    memset (pixels, 0, WIDTH * HEIGHT * 4);
    pixels[4 * at + at % 3] = 1;
    g_assert_null (spc_palettise (image, 1, scratch));
    pixels[4 * at + at % 3] = 0;
    pixels[4 * at + 3] = 1;
    {
      g_autoptr (QxlImage) made = spc_palettise (image, 1, scratch);

      g_assert_nonnull (made);
    }
  }
}

static QxlPalette *
palette_of (uint32_t width, unsigned n, uint32_t seed, SpcScratch *scratch)
{
  g_autoptr (QxlImage) image = picture_new (width, 50, n, seed);
  g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);

  return qxl_palette_ref (made->palette);
}

static void
equal_colours_give_equal_palettes (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t c = 0; c < G_N_ELEMENTS (counts); c++) {
    g_autoptr (QxlPalette) a = palette_of (50, counts[c], 3, scratch);
    g_autoptr (QxlPalette) b = palette_of (31, counts[c], 4, scratch);
    unsigned n_other = counts[c] > 2 ? counts[c] - 1 : 3;
    g_autoptr (QxlPalette) other = palette_of (50, n_other, 3, scratch);

    g_assert_true (qxl_palette_is_equal (a, b));
    g_assert_cmphex (a->unique, !=, 0);
    g_assert_cmphex (a->unique, !=, other->unique);
    for (guint i = 1; i < a->n_entries && counts[c] > 1; i++)
      g_assert_cmphex (a->entries[i - 1], <, a->entries[i]);
  }
}

static void
equal_pictures_give_equal_bytes (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (SpcScratch) other = spc_scratch_new ();

  memset (spc_scratch_get (other, SPC_SLOT_INDICES, 10000), 0xee, 10000);
  for (size_t c = 0; c < G_N_ELEMENTS (counts); c++) {
    g_autoptr (QxlImage) image = picture_new (53, 47, counts[c], 9);
    g_autoptr (QxlImage) a = spc_palettise (image, 256, scratch);
    g_autoptr (QxlImage) b = spc_palettise (image, 256, other);

    g_assert_cmpmem (a->pixels, qxl_image_size (a), b->pixels,
                     qxl_image_size (b));
  }
}

static void
takes_only_bgrx (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (int f = QXL_FORMAT_INVALID + 1; f < QXL_N_FORMATS; f++) {
    static const uint8_t zeros[4 * 4 * 4];
    g_autoptr (QxlImage) image =
        qxl_image_new_wrapped ((QxlFormat)f, 4, 4, 16, zeros, NULL, NULL);
    g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);

    g_assert_true ((made != NULL) == (f == QXL_FORMAT_BGRX));
  }
}

static void
scratch_does_not_grow (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  size_t held = 0;

  for (int i = 0; i < 20; i++) {
    g_autoptr (QxlImage) image = picture_new (300, 200, 20, 1);
    g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);

    g_assert_nonnull (made);
    g_assert_true (held == 0 || held == spc_scratch_size (scratch));
    held = spc_scratch_size (scratch);
  }
}

static void
pays_by_size (void)
{
  static const struct {
    QxlFormat format;
    uint32_t width, height;
    unsigned most;
  } cases[] = {
      {QXL_FORMAT_BGRX, 10, 20, 0},       {QXL_FORMAT_BGRX, 399, 1, 0},
      {QXL_FORMAT_BGRX, 20, 20, 6},       {QXL_FORMAT_BGRX, 32, 32, 16},
      {QXL_FORMAT_BGRX, 512, 512, 16},    {QXL_FORMAT_BGRX, 513, 512, 0},
      {QXL_FORMAT_BGRX, 65536, 65536, 0}, {QXL_FORMAT_BGRA, 100, 100, 0},
      {QXL_FORMAT_RGB15, 100, 100, 0},    {QXL_FORMAT_PLT8, 100, 100, 0},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const QxlImage image = {.format = cases[i].format,
                            .width = cases[i].width,
                            .height = cases[i].height};

    g_assert_cmpuint (spc_palettise_pays (&image), ==, cases[i].most);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palettise/shows-the-same", shows_the_same);
  g_test_add_func ("/palettise/shows-large-pictures", shows_large_pictures);
  g_test_add_func ("/palettise/gives-up-one-colour-too-many",
                   gives_up_one_colour_too_many);
  g_test_add_func ("/palettise/sees-each-pixel", sees_each_pixel);
  g_test_add_func ("/palettise/equal-colours-give-equal-palettes",
                   equal_colours_give_equal_palettes);
  g_test_add_func ("/palettise/equal-pictures-give-equal-bytes",
                   equal_pictures_give_equal_bytes);
  g_test_add_func ("/palettise/takes-only-bgrx", takes_only_bgrx);
  g_test_add_func ("/palettise/scratch-does-not-grow", scratch_does_not_grow);
  g_test_add_func ("/palettise/pays-by-size", pays_by_size);
  return g_test_run ();
}
