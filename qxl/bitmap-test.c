/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/bitmap.h"

#include <gio/gio.h>
#include <string.h>

static const uint32_t greys[] = {
    0x000000, 0xff111111, 0x222222, 0x333333, 0x444444, 0x555555,
    0x666666, 0x777777,   0x888888, 0x999999, 0xaaaaaa, 0xbbbbbb,
    0xcccccc, 0xdddddd,   0xeeeeee, 0xffffff,
};

/* two rows of two pixels (1 bit: of ten), top-down, stride 4 (24BIT: 8) */
static const struct {
  const char *name;
  uint8_t format;
  bool high_bits_set;
  uint32_t x, stride;
  uint8_t data[16];
  QxlFormat image;
  uint8_t pixels[16]; /* the first two of each row */
  size_t row;
} cases[] = {
    {"1BIT_LE",
     QXL_BITMAP_1BIT_LE,
     false,
     2,
     4,
     {0x02, 9, 9, 9, 0x01, 9, 9, 9},
     QXL_FORMAT_BGRX,
     {0, 0, 0, 0, 0x11, 0x11, 0x11, 0, 0x11, 0x11, 0x11, 0, 0, 0, 0, 0},
     8},
    {"1BIT_BE",
     QXL_BITMAP_1BIT_BE,
     false,
     2,
     4,
     {0x40, 9, 9, 9, 0x80, 9, 9, 9},
     QXL_FORMAT_BGRX,
     {0, 0, 0, 0, 0x11, 0x11, 0x11, 0, 0x11, 0x11, 0x11, 0, 0, 0, 0, 0},
     8},
    {"4BIT_LE",
     QXL_BITMAP_4BIT_LE,
     false,
     2,
     4,
     {0x42, 9, 9, 9, 0x31, 9, 9, 9},
     QXL_FORMAT_BGRX,
     {0x22, 0x22, 0x22, 0, 0x44, 0x44, 0x44, 0, 0x11, 0x11, 0x11, 0, 0x33, 0x33,
      0x33, 0},
     8},
    {"4BIT_BE",
     QXL_BITMAP_4BIT_BE,
     false,
     2,
     4,
     {0x24, 9, 9, 9, 0x13, 9, 9, 9},
     QXL_FORMAT_BGRX,
     {0x22, 0x22, 0x22, 0, 0x44, 0x44, 0x44, 0, 0x11, 0x11, 0x11, 0, 0x33, 0x33,
      0x33, 0},
     8},
    {"8BIT",
     QXL_BITMAP_8BIT,
     false,
     2,
     4,
     {2, 4, 99, 99, 1, 15, 99, 99},
     QXL_FORMAT_BGRX,
     {0x22, 0x22, 0x22, 0, 0x44, 0x44, 0x44, 0, 0x11, 0x11, 0x11, 0, 0xff, 0xff,
      0xff, 0},
     8},
    {"16BIT",
     QXL_BITMAP_16BIT,
     false,
     2,
     4,
     {1, 2, 3, 4, 5, 6, 7, 8},
     QXL_FORMAT_RGB15,
     {1, 2, 3, 4, 5, 6, 7, 8},
     4},
    {"24BIT",
     QXL_BITMAP_24BIT,
     false,
     2,
     8,
     {1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12, 99, 99},
     QXL_FORMAT_BGRX,
     {1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 12, 0},
     8},
    {"32BIT",
     QXL_BITMAP_32BIT,
     false,
     2,
     8,
     {1, 2, 3, 99, 4, 5, 6, 99, 7, 8, 9, 99, 10, 11, 12, 99},
     QXL_FORMAT_BGRX,
     {1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 12, 0},
     8},
    {"32BIT with high bits",
     QXL_BITMAP_32BIT,
     true,
     2,
     8,
     {1, 2, 3, 99, 4, 5, 6, 99, 7, 8, 9, 99, 10, 11, 12, 99},
     QXL_FORMAT_BGRA,
     {1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255},
     8},
    {"RGBA",
     QXL_BITMAP_RGBA,
     false,
     2,
     8,
     {1, 2, 3, 99, 4, 5, 6, 98, 7, 8, 9, 97, 10, 11, 12, 96},
     QXL_FORMAT_BGRA,
     {1, 2, 3, 99, 4, 5, 6, 98, 7, 8, 9, 97, 10, 11, 12, 96},
     8},
    {"8BIT_A",
     QXL_BITMAP_8BIT_A,
     false,
     2,
     4,
     {1, 2, 99, 99, 3, 4, 99, 99},
     QXL_FORMAT_A8,
     {1, 2, 3, 4},
     2},
};

static QxlBitmap
bitmap_of (guint n)
{
  return (QxlBitmap){
      .format = cases[n].format,
      .flags = QXL_BITMAP_TOP_DOWN,
      .high_bits_set = cases[n].high_bits_set,
      .x = cases[n].x,
      .y = 2,
      .stride = cases[n].stride,
      .palette = greys,
      .n_palette = G_N_ELEMENTS (greys),
      .data = cases[n].data,
      .size = 2 * cases[n].stride,
  };
}

static void
each_format_becomes_canonical (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (cases); n++) {
    const QxlBitmap bitmap = bitmap_of (n);
    g_autoptr (GError) error = NULL;
    g_autoptr (QxlImage) image = qxl_bitmap_to_image (&bitmap, &error);

    g_test_message ("%s", cases[n].name);
    g_assert_no_error (error);
    g_assert_cmpint (image->format, ==, cases[n].image);
    g_assert_cmpuint (image->width, ==, cases[n].x);
    g_assert_cmpuint (image->height, ==, 2);
    for (guint y = 0; y < 2; y++)
      g_assert_cmpmem (qxl_image_row (image, y), qxl_image_row_bytes (image),
                       cases[n].pixels + y * cases[n].row, cases[n].row);
  }
}

static void
rows_may_be_bottom_up (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (cases); n++) {
    QxlBitmap bitmap = bitmap_of (n);
    g_autoptr (QxlImage) image = NULL;

    bitmap.flags = QXL_BITMAP_DIRECT;
    image = qxl_bitmap_to_image (&bitmap, NULL);
    for (guint y = 0; y < 2; y++)
      g_assert_cmpmem (qxl_image_row (image, y), qxl_image_row_bytes (image),
                       cases[n].pixels + (1 - y) * cases[n].row, cases[n].row);
  }
}

static void
masks_have_the_leftmost_pixel_lowest (void)
{
  static const uint8_t rows[] = {0x01, 0xfe, 0xc0, 0x03};
  QxlBitmap mask = {.format = QXL_BITMAP_1BIT_LE,
                    .flags = QXL_BITMAP_TOP_DOWN,
                    .x = 10,
                    .y = 2,
                    .stride = 2,
                    .data = rows,
                    .size = sizeof rows};
  g_autoptr (QxlImage) le = qxl_bitmap_to_mask (&mask, NULL);
  g_autoptr (QxlImage) be = NULL;

  g_assert_cmpint (le->format, ==, QXL_FORMAT_A1);
  g_assert_cmpmem (le->pixels, 4, "\x01\x02\xc0\x03", 4);
  mask.format = QXL_BITMAP_1BIT_BE;
  be = qxl_bitmap_to_mask (&mask, NULL);
  g_assert_cmpint (be->format, ==, QXL_FORMAT_A1);
  g_assert_cmpmem (be->pixels, 4, "\x80\x03\x03\x00", 4);
}

static void
assert_refused (const QxlBitmap *bitmap, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QxlImage) image = qxl_bitmap_to_image (bitmap, &error);

  g_assert_null (image);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  if (strstr (error->message, why) == NULL)
    g_error ("expected '%s' in '%s'", why, error->message);
}

static void
sizes_that_disagree_are_refused (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (cases); n++) {
    QxlBitmap bitmap = bitmap_of (n);

    bitmap.x = 0;
    assert_refused (&bitmap, "bitmap of 0×2");
    bitmap = bitmap_of (n);
    bitmap.y = 0;
    assert_refused (&bitmap, "×0 pixels");
    bitmap = bitmap_of (n);
    bitmap.x = QXL_BITMAP_MAX_SIDE + 1;
    assert_refused (&bitmap, "1 to 32767 allowed");
    bitmap = bitmap_of (n);
    bitmap.x = 8 * bitmap.stride + 1;
    assert_refused (&bitmap, "hold no");
    bitmap = bitmap_of (n);
    bitmap.size--;
    assert_refused (&bitmap, "comes with");
    bitmap = bitmap_of (n);
    bitmap.stride = G_MAXUINT32;
    assert_refused (&bitmap, "comes with");
  }
}

static void
unknown_formats_are_refused (void)
{
  static const uint8_t unknown[] = {0, QXL_N_BITMAP_FORMATS, 255};

  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    QxlBitmap bitmap = bitmap_of (0);

    bitmap.format = unknown[i];
    g_assert_cmpuint (qxl_bitmap_bits_per_pixel (unknown[i]), ==, 0);
    assert_refused (&bitmap, "format");
  }
}

static void
indices_stay_inside_the_palette (void)
{
  for (guint n = 0; cases[n].format <= QXL_BITMAP_8BIT; n++) {
    QxlBitmap bitmap = bitmap_of (n);

    bitmap.n_palette = 1;
    assert_refused (&bitmap, "beyond the palette's 1 colours");
    bitmap.n_palette = 0;
    assert_refused (&bitmap, "without palette");
    bitmap.n_palette = QXL_PALETTE_MAX_ENTRIES + 1;
    assert_refused (&bitmap, "at most 256");
    bitmap.palette = NULL;
    assert_refused (&bitmap, "without palette");
  }
}

static void
masks_of_colours_are_refused (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (cases); n++) {
    const QxlBitmap bitmap = bitmap_of (n);
    g_autoptr (GError) error = NULL;
    g_autoptr (QxlImage) mask = qxl_bitmap_to_mask (&bitmap, &error);

    if (cases[n].format <= QXL_BITMAP_1BIT_BE) {
      g_assert_no_error (error);
      g_assert_nonnull (mask);
      continue;
    }
    g_assert_null (mask);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitmap/each-format-becomes-canonical",
                   each_format_becomes_canonical);
  g_test_add_func ("/bitmap/rows-may-be-bottom-up", rows_may_be_bottom_up);
  g_test_add_func ("/bitmap/masks-have-the-leftmost-pixel-lowest",
                   masks_have_the_leftmost_pixel_lowest);
  g_test_add_func ("/bitmap/sizes-that-disagree-are-refused",
                   sizes_that_disagree_are_refused);
  g_test_add_func ("/bitmap/unknown-formats-are-refused",
                   unknown_formats_are_refused);
  g_test_add_func ("/bitmap/indices-stay-inside-the-palette",
                   indices_stay_inside_the_palette);
  g_test_add_func ("/bitmap/masks-of-colours-are-refused",
                   masks_of_colours_are_refused);
  return g_test_run ();
}
