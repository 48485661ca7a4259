/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/cursor-image.h"

#include <string.h>

#define BLACK 0xff000000u
#define WHITE 0xffffffffu
#define RED 0xffff0000u
#define GREEN 0xff00ff00u
#define NONE 0u

static QxlImage *
convert (QxlCursorType type, uint16_t width, uint16_t height,
         const uint8_t *data, size_t size)
{
  g_autoptr (QxlCursorShape) shape = qxl_cursor_shape_new (
      type, 1, width, height, 0, 0, g_bytes_new (data, size));
  g_autoptr (GError) error = NULL;

  qxl_cursor_shape_check (shape, &error);
  g_assert_no_error (error);
  return qxl_cursor_image_new (shape);
}

/* 0xAARRGGBB */
static uint32_t
pixel_at (const QxlImage *image, uint32_t x, uint32_t y)
{
  const uint8_t *p = qxl_image_row (image, y) + 4 * x;

  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 |
         p[0];
}

static void
assert_pixels (const QxlImage *image, const uint32_t *expected)
{
  g_assert_cmpint (image->format, ==, QXL_FORMAT_BGRA);
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++, expected++)
      g_assert_cmphex (pixel_at (image, x, y), ==, *expected);
}

/* 10×2: each row of a plane takes two bytes. Inverting pixels are white where
 * x + y is even, black where it is odd. */
static void
mono (void)
{
  static const uint8_t data[] = {
      0x0f, 0x80, 0xff, 0xc0, /* mask */
      0x33, 0x40, 0x01, 0xc0, /* colours */
  };
  static const uint32_t expected[] = {
      BLACK, BLACK, WHITE, WHITE, NONE, NONE, WHITE, BLACK, NONE,  WHITE,
      NONE,  NONE,  NONE,  NONE,  NONE, NONE, NONE,  WHITE, BLACK, WHITE};
  g_autoptr (QxlImage) image =
      convert (QXL_CURSOR_MONO, 10, 2, data, sizeof data);

  assert_pixels (image, expected);
}

/* 3×2, mask 0b010 and 0b011: opaque, transparent, opaque / opaque, inverting,
 * transparent */
#define MASK 0x40, 0x60
static const uint32_t coloured[] = {RED, NONE, GREEN, WHITE, WHITE, NONE};

static void
assert_coloured (QxlCursorType type, const uint8_t *data, size_t size)
{
  g_autoptr (QxlImage) image = convert (type, 3, 2, data, size);

  assert_pixels (image, coloured);
}

static void
colour4 (void)
{
  uint8_t data[4 + 64 + 2] = {0x12, 0x1f, 0x33, 0x20};

  memcpy (data + 4 + 4 * 1, (const uint8_t[]){0, 0, 0xff, 0x77}, 4);
  memcpy (data + 4 + 4 * 2, (const uint8_t[]){0, 0xff, 0, 0}, 4);
  memcpy (data + 4 + 4 * 3, (const uint8_t[]){0xff, 0xff, 0xff, 0}, 4);
  memcpy (data + 4 + 4 * 15, (const uint8_t[]){0, 0xff, 0, 0}, 4);
  data[1] = 0xf0;
  memcpy (data + 68, (const uint8_t[]){MASK}, 2);
  assert_coloured (QXL_CURSOR_COLOR4, data, sizeof data);
}

static void
colour8 (void)
{
  uint8_t data[6 + 1024 + 2] = {200, 0, 255, 7, 7, 200};

  memcpy (data + 6 + 4 * 200, (const uint8_t[]){0, 0, 0xff, 0xff}, 4);
  memcpy (data + 6 + 4 * 255, (const uint8_t[]){0, 0xff, 0, 0}, 4);
  memcpy (data + 6 + 4 * 7, (const uint8_t[]){0xff, 0xff, 0xff, 0}, 4);
  memcpy (data + 1030, (const uint8_t[]){MASK}, 2);
  assert_coloured (QXL_CURSOR_COLOR8, data, sizeof data);
}

static void
colour16 (void)
{
  static const uint8_t data[] = {0x00, 0xfc, 0x21, 0x04, 0xe0, 0x03, 0xff,
                                 0x7f, 0xff, 0xff, 0x00, 0x00, MASK};
  static const uint8_t grey[] = {0x10, 0x42, 0x00};
  g_autoptr (QxlImage) image =
      convert (QXL_CURSOR_COLOR16, 1, 1, grey, sizeof grey);

  assert_coloured (QXL_CURSOR_COLOR16, data, sizeof data);
  g_assert_cmphex (pixel_at (image, 0, 0), ==, 0xff848484);
}

static void
colour24 (void)
{
  static const uint8_t data[] = {0,    0, 0xff, 1,    2,    3,    0,
                                 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
                                 0xff, 0, 0,    0,    MASK};

  assert_coloured (QXL_CURSOR_COLOR24, data, sizeof data);
}

static void
colour32 (void)
{
  static const uint8_t data[] = {
      0,    0,    0xff, 0,    1,    2,    3, 0xff, 0, 0xff, 0,    0x80, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0,    0, 0,    0xff, MASK};

  assert_coloured (QXL_CURSOR_COLOR32, data, sizeof data);
}

/* one of them is brighter than its alpha: what came is straight */
static void
straight_alpha_is_kept (void)
{
  static const uint8_t data[] = {10, 20, 30, 40, 50, 0, 0, 40, 1, 2, 3, 0};
  static const uint8_t clear[] = {10, 20, 30, 40, 0, 0, 1, 0};
  g_autoptr (QxlImage) image =
      convert (QXL_CURSOR_ALPHA, 3, 1, data, sizeof data);
  g_autoptr (QxlImage) other =
      convert (QXL_CURSOR_ALPHA, 2, 1, clear, sizeof clear);

  g_assert_cmpmem (image->pixels, 12, data, 12);
  g_assert_cmpmem (other->pixels, 8, clear, 8);
}

static void
premultiplied_alpha_is_straightened (void)
{
  static const uint8_t data[] = {64,  32,  0,   64,  100, 50, 25, 200,
                                 255, 255, 255, 255, 0,   0,  0,  0};
  static const uint32_t expected[] = {0x400080ff, 0xc8204080, WHITE, NONE};
  g_autoptr (QxlImage) image =
      convert (QXL_CURSOR_ALPHA, 4, 1, data, sizeof data);

  assert_pixels (image, expected);
}

/* a shadow is black in either */
static void
shadows_are_kept (void)
{
  static const uint8_t data[] = {255, 255, 255, 255, 0, 0, 0, 100,
                                 40,  50,  60,  255, 0, 0, 0, 0};
  g_autoptr (QxlImage) image =
      convert (QXL_CURSOR_ALPHA, 2, 2, data, sizeof data);

  g_assert_cmpmem (image->pixels, 16, data, 16);
}

/* fitting */

static void
what_fits_is_kept (void)
{
  uint8_t *to;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGRA, 4, 2, &to);
  uint16_t hot_x = 3, hot_y = 1;
  g_autoptr (QxlImage) fit = qxl_cursor_image_fit (image, 4, &hot_x, &hot_y);

  g_assert_true (fit == image);
  g_assert_cmpuint (hot_x, ==, 3);
  g_assert_cmpuint (hot_y, ==, 1);
}

/* red of 4×2 beside nothing, and two halves of one pixel */
static void
what_is_larger_shrinks (void)
{
  uint8_t *to;
  g_autoptr (QxlImage) image = qxl_image_new (QXL_FORMAT_BGRA, 4, 2, &to);
  uint16_t hot_x = 3, hot_y = 1;
  g_autoptr (QxlImage) fit = NULL;
  static const uint32_t expected[] = {0x80ff0000, 0xff808080};

  memset (to, 0, 32);
  to[2] = to[16 + 2] = to[3] = to[16 + 3] = 255;
  memset (to + 8, 255, 8);
  memset (to + 24, 255, 8);
  memset (to + 24, 0, 3);
  memset (to + 28, 0, 3);
  fit = qxl_cursor_image_fit (image, 2, &hot_x, &hot_y);
  g_assert_cmpuint (fit->width, ==, 2);
  g_assert_cmpuint (fit->height, ==, 1);
  g_assert_cmpuint (hot_x, ==, 1);
  g_assert_cmpuint (hot_y, ==, 0);
  assert_pixels (fit, expected);
}

static void
every_size_fits (void)
{
  static const uint16_t sides[] = {1, 2, 255, 256, 257, 300, 511, 1023, 1024};

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (sides); k += 4) {
      uint16_t hot_x = sides[i] - 1, hot_y = sides[k] - 1;
      uint8_t *to;
      g_autoptr (QxlImage) image =
          qxl_image_new (QXL_FORMAT_BGRA, sides[i], sides[k], &to);
      g_autoptr (QxlImage) fit = NULL;

      memset (to, 0x91, qxl_image_size (image));
      fit = qxl_cursor_image_fit (image, 256, &hot_x, &hot_y);
      g_assert_cmpuint (fit->width, <=, 256);
      g_assert_cmpuint (fit->height, <=, 256);
      g_assert_cmpuint (hot_x, <, fit->width);
      g_assert_cmpuint (hot_y, <, fit->height);
      g_assert_cmphex (pixel_at (fit, hot_x, hot_y), ==, 0x91919191);
    }
}

#define ADD(path, func) g_test_add_func ("/cursor-image/" path, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("mono", mono);
  ADD ("colour4", colour4);
  ADD ("colour8", colour8);
  ADD ("colour16", colour16);
  ADD ("colour24", colour24);
  ADD ("colour32", colour32);
  ADD ("straight-alpha-is-kept", straight_alpha_is_kept);
  ADD ("premultiplied-alpha-is-straightened",
       premultiplied_alpha_is_straightened);
  ADD ("shadows-are-kept", shadows_are_kept);
  ADD ("what-fits-is-kept", what_fits_is_kept);
  ADD ("what-is-larger-shrinks", what_is_larger_shrinks);
  ADD ("every-size-fits", every_size_fits);
  return g_test_run ();
}
