/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* copies of what a surface shows */
#include "qxl/pixels.h"
#include "qxl/surface.h"

#include <string.h>

/* pixels that are copied at once, where they share bytes */
#define CHUNK 256u

typedef void (*RowFunc) (uint8_t *to, const uint8_t *row, size_t x, size_t n);

static void
row_without_fourth_bytes (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  qxl_format_row_to_bgrx (QXL_FORMAT_BGRX, to, row + x * 4, n);
}

static void
row_of_rgb16 (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  qxl_format_row_to_bgrx (QXL_FORMAT_RGB16, to, row + x * 2, n);
}

static void
row_of_words (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  memcpy (to, row + x * 4, n * 4);
}

static void
row_of_rgb15 (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  memcpy (to, row + x * 2, n * 2);
}

static void
row_of_a8 (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  memcpy (to, row + x, n);
}

static void
row_of_a1 (uint8_t *to, const uint8_t *row, size_t x, size_t n)
{
  uint32_t values[CHUNK];

  to[(n - 1) / 8] = 0; /* the bits after the last pixel */
  for (size_t i = 0, part; i < n; i += part) {
    part = MIN (n - i, CHUNK);
    qxl_pixels_load (1, values, row, x + i, part);
    qxl_pixels_store (1, to, i, values, part);
  }
}

/* how a surface is copied to an image of which format */
typedef struct {
  QxlFormat format;
  RowFunc row;
} Shot;

static const Shot shots[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = {QXL_FORMAT_BGRX, row_without_fourth_bytes},
    [QXL_FORMAT_BGRA] = {QXL_FORMAT_BGRA, row_of_words},
    [QXL_FORMAT_RGB15] = {QXL_FORMAT_RGB15, row_of_rgb15},
    [QXL_FORMAT_RGB16] = {QXL_FORMAT_BGRX, row_of_rgb16},
    [QXL_FORMAT_A8] = {QXL_FORMAT_A8, row_of_a8},
    [QXL_FORMAT_A1] = {QXL_FORMAT_A1, row_of_a1},
};

static QxlRect
seen_of (const QxlSurface *self, const QxlRect *area)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (self),
                          (int32_t)qxl_surface_height (self));

  return qxl_rect_intersect (area, &all);
}

/* @box: in the surface */
static QxlImage *
shoot (const QxlSurface *self, const QxlRect *box, const Shot *shot,
       QxlBlocks *blocks)
{
  const size_t width = (size_t)qxl_rect_width (box);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new_in (blocks, shot->format, (uint32_t)width,
                                      (uint32_t)qxl_rect_height (box), &pixels);

  if (!image)
    return NULL;
  for (int32_t y = box->top; y < box->bottom; y++)
    shot->row (pixels + (size_t)(y - box->top) * image->stride,
               qxl_surface_row (self, (uint32_t)y), (size_t)box->left, width);
  return image;
}

QxlImage *
qxl_surface_snapshot_in (const QxlSurface *self, const QxlRect *area,
                         QxlBlocks *blocks)
{
  QxlRect box = seen_of (self, area);

  if (qxl_rect_is_empty (&box))
    return NULL;
  return shoot (self, &box, &shots[qxl_surface_format (self)], blocks);
}

QxlImage *
qxl_surface_snapshot (const QxlSurface *self, const QxlRect *area)
{
  return qxl_surface_snapshot_in (self, area, NULL);
}

static bool
has_fourth_bytes (const QxlSurface *self, const QxlRect *box)
{
  for (int32_t y = box->top; y < box->bottom; y++) {
    const uint32_t *row = (const uint32_t *)qxl_surface_row (self, (uint32_t)y);
    uint32_t seen = 0;

    for (int32_t x = box->left; x < box->right; x++)
      seen |= row[x];
    if (GUINT32_FROM_LE (seen) >> 24 != 0)
      return true;
  }
  return false;
}

QxlImage *
qxl_surface_snapshot_exact_in (const QxlSurface *self, const QxlRect *area,
                               QxlBlocks *blocks)
{
  QxlRect box = seen_of (self, area);

  if (qxl_surface_format (self) != QXL_FORMAT_BGRX ||
      qxl_rect_is_empty (&box) || !has_fourth_bytes (self, &box))
    return qxl_surface_snapshot_in (self, area, blocks);
  return shoot (self, &box, &shots[QXL_FORMAT_BGRA], blocks);
}
