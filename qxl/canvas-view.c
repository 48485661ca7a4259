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
