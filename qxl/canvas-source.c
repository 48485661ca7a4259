/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sources of operations as pixman images */
#include "qxl/canvas-private.h"

#include <string.h>

/* pixman composes no image of a longer side */
#define MAX_SIDE 0x7ffe

/* 0: pixman or the canvas does not know it */
static pixman_format_code_t
pixman_format_of (QxlFormat format)
{
  switch (format) {
  case QXL_FORMAT_BGRX:
    return PIXMAN_x8r8g8b8;
  case QXL_FORMAT_BGRA:
    return PIXMAN_a8r8g8b8;
  case QXL_FORMAT_RGB15:
    return PIXMAN_x1r5g5b5;
  case QXL_FORMAT_RGB16:
    return PIXMAN_r5g6b5;
  case QXL_FORMAT_A8:
    return PIXMAN_a8;
  case QXL_FORMAT_A1:
    return PIXMAN_a1;
  default:
    return (pixman_format_code_t)0;
  }
}

/* images */

/* pixman has rows of whole words */
static bool
is_aligned (const QxlImage *image)
{
  return image->stride % 4 == 0 && (uintptr_t)image->pixels % 4 == 0 &&
         image->stride <= G_MAXINT32;
}

/* Fourth bytes that mean nothing would show if bits are combined; clients see
 * 0 there. @image: an aligned one */
static bool
has_stray_bytes (const QxlImage *image)
{
  uint32_t seen = 0;

  if (image->format != QXL_FORMAT_BGRX)
    return false;
  for (uint32_t y = 0; y < image->height && seen >> 24 == 0; y++) {
    const uint32_t *row = (const uint32_t *)qxl_image_row (image, y);

    for (uint32_t x = 0; x < image->width; x++)
      seen |= row[x];
  }
  return seen >> 24 != 0;
}

static pixman_image_t *
copy_image (const QxlImage *image, pixman_format_code_t format)
{
  pixman_image_t *copy = pixman_image_create_bits_no_clear (
      format, (int)image->width, (int)image->height, NULL, 0);
  uint8_t *to;

  if (copy == NULL)
    return NULL;
  to = (uint8_t *)pixman_image_get_data (copy);
  for (uint32_t y = 0; y < image->height; y++) {
    const uint8_t *from = qxl_image_row (image, y);

    if (format == PIXMAN_x8r8g8b8)
      qxl_format_row_to_bgrx (image->format, to, from, image->width);
    else
      memcpy (to, from, qxl_image_row_bytes (image));
    to += pixman_image_get_stride (copy);
  }
  return copy;
}

static pixman_image_t *
wrap_image (const QxlImage *image)
{
  pixman_format_code_t format = pixman_format_of (image->format);

  if (image->width > MAX_SIDE || image->height > MAX_SIDE)
    return NULL;
  if (format == 0 && !qxl_format_is_colour (image->format))
    return NULL;
  if (format == 0)
    return copy_image (image, PIXMAN_x8r8g8b8);
  if (!is_aligned (image) || has_stray_bytes (image))
    return copy_image (image, format);
  return pixman_image_create_bits_no_clear (
      format, (int)image->width, (int)image->height, (uint32_t *)image->pixels,
      (int)image->stride);
}

/* surfaces */

pixman_image_t *
qxl_canvas_wrap (QxlSurface *surface)
{
  return pixman_image_create_bits_no_clear (
      pixman_format_of (qxl_surface_format (surface)),
      (int)qxl_surface_width (surface), (int)qxl_surface_height (surface),
      (uint32_t *)qxl_surface_pixels (surface),
      (int)qxl_surface_stride (surface));
}

static pixman_image_t *
copy_surface (QxlSurface *surface)
{
  pixman_image_t *copy = pixman_image_create_bits_no_clear (
      pixman_format_of (qxl_surface_format (surface)),
      (int)qxl_surface_width (surface), (int)qxl_surface_height (surface), NULL,
      0);

  if (copy == NULL)
    return NULL;
  /* both have rows of as few words as hold them */
  g_assert ((size_t)pixman_image_get_stride (copy) ==
            qxl_surface_stride (surface));
  memcpy (pixman_image_get_data (copy), qxl_surface_pixels (surface),
          qxl_surface_stride (surface) * qxl_surface_height (surface));
  return copy;
}

pixman_image_t *
qxl_canvas_source (const QxlCanvasCall *call, const QxlSource *source)
{
  QxlSurface *surface;

  if (source->kind == QXL_SOURCE_IMAGE)
    return source->image != NULL ? wrap_image (source->image) : NULL;
  if (source->kind != QXL_SOURCE_SURFACE)
    return NULL;
  surface = source->surface_id == call->draw->surface_id
                ? call->dest
                : call->find (source->surface_id, call->user_data);
  if (surface == NULL)
    return NULL;
  return surface == call->dest ? copy_surface (surface)
                               : qxl_canvas_wrap (surface);
}

/* conversion */

/* pixman leaves there what it reads as alpha of pixels that have none */
static void
clear_fourth_bytes (pixman_image_t *image)
{
  size_t n_words = (size_t)pixman_image_get_stride (image) / 4 *
                   (size_t)pixman_image_get_height (image);
  uint32_t *words = pixman_image_get_data (image);

  for (size_t i = 0; i < n_words; i++)
    words[i] &= 0xffffff;
}

static pixman_image_t *
convert (pixman_image_t *from, pixman_format_code_t format)
{
  int width = pixman_image_get_width (from);
  int height = pixman_image_get_height (from);
  pixman_image_t *to =
      pixman_image_create_bits (format, width, height, NULL, 0);

  if (to != NULL)
    pixman_image_composite32 (PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, 0, 0,
                              width, height);
  if (to != NULL && format == PIXMAN_x8r8g8b8)
    clear_fourth_bytes (to);
  pixman_image_unref (from);
  return to;
}

pixman_image_t *
qxl_canvas_source_as_dest (const QxlCanvasCall *call, const QxlSource *source)
{
  pixman_format_code_t want = pixman_image_get_format (call->image);
  pixman_image_t *image = qxl_canvas_source (call, source);
  pixman_format_code_t have;

  if (image == NULL)
    return NULL;
  have = pixman_image_get_format (image);
  if (have == want ||
      (PIXMAN_FORMAT_BPP (have) == 32 && PIXMAN_FORMAT_BPP (want) == 32))
    return image;
  /* colours without alpha stay so, even for a surface that has it */
  if (want == PIXMAN_a8r8g8b8 && PIXMAN_FORMAT_RGB (have) != 0)
    want = PIXMAN_x8r8g8b8;
  return convert (image, want);
}
