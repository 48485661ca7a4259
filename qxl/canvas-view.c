/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/canvas-view.h"

#include <stddef.h>

static void
on_view_gone (pixman_image_t *view, void *image)
{
  pixman_image_unref (image);
}

pixman_image_t *
qxl_canvas_view_as (pixman_image_t *image, pixman_format_code_t format)
{
  pixman_image_t *view = pixman_image_create_bits_no_clear (
      format, pixman_image_get_width (image), pixman_image_get_height (image),
      pixman_image_get_data (image), pixman_image_get_stride (image));

  if (!view) {
    pixman_image_unref (image);
    return NULL;
  }
  pixman_image_set_destroy_function (view, on_view_gone, image);
  return view;
}

void
qxl_canvas_clear_top_bytes (pixman_image_t *image, const QxlRect *rect)
{
  size_t row_pixels = (size_t)pixman_image_get_stride (image) / 4;
  uint32_t *row;

  if (pixman_image_get_format (image) != PIXMAN_x8r8g8b8 ||
      qxl_rect_is_empty (rect))
    return;
  row = pixman_image_get_data (image) + (size_t)rect->top * row_pixels;
  if (row[rect->left] >> 24 != 0xff)
    return;
  for (int32_t y = rect->top; y < rect->bottom; y++, row += row_pixels)
    for (int32_t x = rect->left; x < rect->right; x++)
      row[x] &= 0xffffff;
}
