/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-fixture.h"

#include <string.h>

static void
fill_with_noise (QxlFormat format, uint8_t *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t)g_test_rand_int ();
  if (!qxl_format_has_alpha (format))
    return;
  for (uint8_t *p = bytes; p + 4 <= bytes + n; p += 4) {
    int seldom = g_test_rand_int_range (0, 4);

    p[3] = seldom == 0 ? 0 : seldom == 1 ? 0xff : p[3];
    for (int i = 0; i < 3; i++)
      p[i] = (uint8_t)canvas_fixture_mul (p[i], p[3]);
  }
}

QxlSurface *
canvas_fixture_surface (QxlFormat format, uint32_t width, uint32_t height)
{
  QxlSurface *surface = qxl_surface_new (format, width, height);

  fill_with_noise (format, qxl_surface_pixels (surface),
                   qxl_surface_stride (surface) * height);
  return surface;
}

QxlImage *
canvas_fixture_image (QxlFormat format, uint32_t width, uint32_t height)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, width, height, &pixels);

  fill_with_noise (format, pixels, qxl_image_size (image));
  return image;
}

uint32_t
canvas_fixture_pixel (const uint8_t *pixels, size_t stride, QxlFormat format,
                      int32_t x, int32_t y)
{
  unsigned bytes = qxl_format_bytes_per_pixel (format);
  const uint8_t *p = pixels + (size_t)y * stride + (size_t)x * bytes;
  uint32_t value = 0;

  for (unsigned i = 0; i < bytes; i++)
    value |= (uint32_t)p[i] << (8 * i);
  return value;
}

uint32_t
canvas_fixture_surface_pixel (QxlSurface *surface, int32_t x, int32_t y)
{
  return canvas_fixture_pixel (qxl_surface_pixels (surface),
                               qxl_surface_stride (surface),
                               qxl_surface_format (surface), x, y);
}

uint32_t
canvas_fixture_image_pixel (const QxlImage *image, int32_t x, int32_t y)
{
  return canvas_fixture_pixel (image->pixels, image->stride, image->format, x,
                               y);
}

uint32_t *
canvas_fixture_pixels (QxlSurface *surface)
{
  uint32_t width = qxl_surface_width (surface);
  uint32_t height = qxl_surface_height (surface);
  uint32_t *pixels = g_new (uint32_t, (size_t)width * height);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++)
      pixels[y * width + x] =
          canvas_fixture_surface_pixel (surface, (int32_t)x, (int32_t)y);
  return pixels;
}

static QxlSurface *
find_none (uint32_t surface_id, gpointer user_data)
{
  return NULL;
}

void
canvas_fixture_draw (QxlSurface *surface, const QxlRect *box, QxlOperation *op,
                     QxlSurfaceFunc find, gpointer user_data)
{
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_operation (0, box, op);

  qxl_canvas_draw (surface, draw, find ? find : find_none, user_data);
}

uint32_t
canvas_fixture_mul (uint32_t a, uint32_t b)
{
  uint32_t t = a * b + 128;

  return (t + (t >> 8)) >> 8;
}
