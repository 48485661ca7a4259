/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "readable-image.h"

#include "qxl/pixels.h"

#include <string.h>

/* pixels that are taken at once */
enum { CHUNK = 256 };

static void
row_of_colours (const QxlImage *image, uint32_t y, uint8_t *to)
{
  qxl_format_row_to_bgrx (image->format, to, qxl_image_row (image, y),
                          image->width);
}

static void
row_of_alpha (const QxlImage *image, uint32_t y, uint8_t *to)
{
  const unsigned bits = qxl_format_bits_per_pixel (image->format);
  const uint32_t widest = bits == 1 ? 255 : 1; /* a bit is all or nothing */
  uint32_t values[CHUNK];

  for (size_t x = 0, n; x < image->width; x += n) {
    n = MIN (image->width - x, CHUNK);
    qxl_pixels_load (bits, values, qxl_image_row (image, y), x, n);
    for (size_t i = 0; i < n; i++, to += 4) {
      memset (to, 0, 3);
      to[3] = (uint8_t)(values[i] * widest);
    }
  }
}

bool
spc_is_readable_image (const QxlImage *image)
{
  return image->format == QXL_FORMAT_BGRX || image->format == QXL_FORMAT_BGRA;
}

bool
spc_is_readable_frame (const QxlImage *image, const QxlRect *area)
{
  return spc_is_readable_image (image) &&
         image->width == (uint32_t)qxl_rect_width (area) &&
         image->height == (uint32_t)qxl_rect_height (area);
}

QxlImage *
spc_readable_image (QxlImage *image)
{
  g_autoptr (QxlImage) from = image;
  const bool has_colours = qxl_format_is_colour (image->format);
  QxlImage *readable;
  uint8_t *to;

  if (spc_is_readable_image (image))
    return g_steal_pointer (&from);
  readable = qxl_image_new (has_colours ? QXL_FORMAT_BGRX : QXL_FORMAT_BGRA,
                            from->width, from->height, &to);
  if (readable == NULL)
    return NULL;
  for (uint32_t y = 0; y < from->height; y++, to += readable->stride)
    if (has_colours)
      row_of_colours (from, y, to);
    else
      row_of_alpha (from, y, to);
  return readable;
}

QxlImage *
spc_readable_part (const QxlDrawable *draw, const QxlRect *area)
{
  const QxlRect *box = &draw->box;
  QxlImage *image = draw->u.copy.image;
  QxlRect part;

  if (draw->kind != QXL_DRAW_COPY || !qxl_rect_contains (box, area) ||
      !spc_is_readable_image (image))
    return NULL;
  if (spc_is_readable_frame (image, area))
    return qxl_image_ref (image);
  part.left = draw->u.copy.src.x + area->left - box->left;
  part.top = draw->u.copy.src.y + area->top - box->top;
  part.right = part.left + qxl_rect_width (area);
  part.bottom = part.top + qxl_rect_height (area);
  return qxl_image_new_slice (image, &part);
}
