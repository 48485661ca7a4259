/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invariant: on a BGRX surface every x byte is 0, whatever images carry there,
 * so that snapshots compress well and compare byte by byte. */
#include "qxl/surface.h"

#include <string.h>

struct _QxlSurface {
  QxlFormat format;
  uint32_t width, height; /* pixels */
  size_t stride;          /* bytes */
  uint8_t *pixels;
};

bool
qxl_surface_takes_format (QxlFormat format)
{
  static const QxlFormat formats[] = {QXL_SURFACE_FORMATS};

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i] == format)
      return true;
  return false;
}

/* whole words, as pixman wants them */
static size_t
stride_of (QxlFormat format, uint32_t width)
{
  size_t bits = (size_t)width * qxl_format_bits_per_pixel (format);

  return (bits + 31) / 32 * 4;
}

QxlSurface *
qxl_surface_new (QxlFormat format, uint32_t width, uint32_t height)
{
  QxlSurface *self;
  uint8_t *pixels;
  size_t stride;

  if (!qxl_surface_takes_format (format))
    return NULL;
  if (width == 0 || height == 0 || width > QXL_SURFACE_MAX_SIDE ||
      height > QXL_SURFACE_MAX_SIDE)
    return NULL;
  stride = stride_of (format, width);
  pixels = g_try_malloc0_n (height, stride);
  if (!pixels)
    return NULL;
  self = g_new0 (QxlSurface, 1);
  self->format = format;
  self->width = width;
  self->height = height;
  self->stride = stride;
  self->pixels = pixels;
  return self;
}

void
qxl_surface_free (QxlSurface *self)
{
  if (!self)
    return;
  g_free (self->pixels);
  g_free (self);
}

QxlFormat
qxl_surface_format (const QxlSurface *self)
{
  return self->format;
}

uint8_t *
qxl_surface_pixels (QxlSurface *self)
{
  return self->pixels;
}

size_t
qxl_surface_stride (const QxlSurface *self)
{
  return self->stride;
}

uint32_t
qxl_surface_width (const QxlSurface *self)
{
  return self->width;
}

uint32_t
qxl_surface_height (const QxlSurface *self)
{
  return self->height;
}

static uint8_t *
pixel_at (const QxlSurface *self, int32_t x, int32_t y)
{
  return self->pixels + (size_t)y * self->stride + (size_t)x * 4;
}

static QxlRect
whole (uint32_t width, uint32_t height)
{
  return QXL_RECT (0, 0, (int32_t)MIN (width, G_MAXINT32),
                   (int32_t)MIN (height, G_MAXINT32));
}

/* @a - @b, kept within 32 bits: that far out nothing is visible anyway */
static int32_t
saturated_difference (int64_t a, int64_t b)
{
  return (int32_t)CLAMP (a - b, G_MININT32, G_MAXINT32);
}

/* @rect in coordinates whose origin lies at (@dx, @dy) of the old ones */
static QxlRect
relative (const QxlRect *rect, int64_t dx, int64_t dy)
{
  return QXL_RECT (saturated_difference (rect->left, dx),
                   saturated_difference (rect->top, dy),
                   saturated_difference (rect->right, dx),
                   saturated_difference (rect->bottom, dy));
}

/* Clips @box to the surface and, moved so that its top left lies at @src, to
 * @source; returns false when nothing is left. */
static bool
clip_to_source (const QxlSurface *self, QxlRect *box, QxlPoint *src,
                const QxlRect *source)
{
  QxlRect all = whole (self->width, self->height);
  int64_t dx = (int64_t)src->x - box->left;
  int64_t dy = (int64_t)src->y - box->top;
  QxlRect reachable = relative (source, dx, dy);

  *box = qxl_rect_intersect (box, &all);
  *box = qxl_rect_intersect (box, &reachable);
  if (qxl_rect_is_empty (box))
    return false;
  src->x = (int32_t)(box->left + dx);
  src->y = (int32_t)(box->top + dy);
  return true;
}

static void
draw_fill (QxlSurface *self, const QxlDrawable *draw)
{
  QxlRect all = whole (self->width, self->height);
  QxlRect box = qxl_rect_intersect (&draw->box, &all);
  uint32_t pixel = draw->u.fill.color;

  if (qxl_rect_is_empty (&box))
    return;
  if (self->format == QXL_FORMAT_BGRX)
    pixel &= 0xffffff;
  pixman_fill ((uint32_t *)self->pixels, (int)(self->stride / 4), 32, box.left,
               box.top, qxl_rect_width (&box), qxl_rect_height (&box),
               GUINT32_TO_LE (pixel));
}

static void
make_opaque (uint8_t *bgrx, size_t n_pixels)
{
  for (size_t i = 0; i < n_pixels; i++)
    bgrx[i * 4 + 3] = 0xff;
}

static void
draw_copy (QxlSurface *self, QxlRect box, const QxlImage *image, QxlPoint src)
{
  unsigned bytes = qxl_format_bytes_per_pixel (image->format);
  QxlRect source = whole (image->width, image->height);
  size_t width;

  if (!qxl_format_is_colour (image->format) ||
      !clip_to_source (self, &box, &src, &source))
    return;
  width = (size_t)qxl_rect_width (&box);
  for (int32_t y = box.top; y < box.bottom; y++) {
    const uint8_t *from =
        qxl_image_row (image, (uint32_t)(y - box.top + src.y)) +
        (size_t)src.x * bytes;
    uint8_t *to = pixel_at (self, box.left, y);

    if (self->format == QXL_FORMAT_BGRA && image->format == QXL_FORMAT_BGRA) {
      memcpy (to, from, width * 4);
      continue;
    }
    qxl_format_row_to_bgrx (image->format, to, from, width);
    if (self->format == QXL_FORMAT_BGRA)
      make_opaque (to, width);
  }
}

/* rows in the order in which none is overwritten before it was read */
static void
draw_copy_bits (QxlSurface *self, const QxlDrawable *draw)
{
  QxlPoint src = draw->u.copy_bits.src_pos;
  QxlRect source = whole (self->width, self->height);
  QxlRect box = draw->box;
  int32_t height;
  bool down;

  if (!clip_to_source (self, &box, &src, &source))
    return;
  height = qxl_rect_height (&box);
  down = src.y >= box.top;
  for (int32_t i = 0; i < height; i++) {
    int32_t row = down ? i : height - 1 - i;

    memmove (pixel_at (self, box.left, box.top + row),
             pixel_at (self, src.x, src.y + row),
             (size_t)qxl_rect_width (&box) * 4);
  }
}

void
qxl_surface_draw (QxlSurface *self, const QxlDrawable *draw)
{
  switch (draw->kind) {
  case QXL_DRAW_FILL:
    draw_fill (self, draw);
    break;
  case QXL_DRAW_COPY:
    draw_copy (self, draw->box, draw->u.copy.image, draw->u.copy.src);
    break;
  case QXL_DRAW_COPY_BITS:
    draw_copy_bits (self, draw);
    break;
  case QXL_DRAW_COPY_SURFACE:
  case QXL_DRAW_OPERATION:
    g_assert_not_reached ();
  }
}

void
qxl_surface_draw_from (QxlSurface *self, const QxlDrawable *draw,
                       const QxlSurface *source)
{
  const QxlImage view = {
      .format = source->format,
      .width = source->width,
      .height = source->height,
      .stride = source->stride,
      .pixels = source->pixels,
  };

  g_assert (source != self && draw->kind == QXL_DRAW_COPY_SURFACE);
  draw_copy (self, draw->box, &view, draw->u.copy_surface.src);
}

QxlImage *
qxl_surface_snapshot_in (const QxlSurface *self, const QxlRect *area,
                         QxlBlocks *blocks)
{
  QxlRect all = whole (self->width, self->height);
  QxlRect box = qxl_rect_intersect (area, &all);
  QxlImage *image;
  uint8_t *pixels;

  if (qxl_rect_is_empty (&box))
    return NULL;
  image =
      qxl_image_new_in (blocks, self->format, (uint32_t)qxl_rect_width (&box),
                        (uint32_t)qxl_rect_height (&box), &pixels);
  if (!image)
    return NULL;
  for (int32_t y = box.top; y < box.bottom; y++)
    memcpy (pixels + (size_t)(y - box.top) * image->stride,
            pixel_at (self, box.left, y), image->stride);
  return image;
}

QxlImage *
qxl_surface_snapshot (const QxlSurface *self, const QxlRect *area)
{
  return qxl_surface_snapshot_in (self, area, NULL);
}
