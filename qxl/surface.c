/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fourth bytes are what clients have there: raster operations take part in
 * them, blending may read them. An image without alpha brings 0, even to a
 * surface with it. */
#include "qxl/surface.h"

#include "qxl/pages.h"
#include "qxl/pixels.h"

#include <string.h>

struct _QxlSurface {
  QxlFormat format;
  uint32_t width, height; /* pixels */
  size_t stride;          /* bytes */
  uint8_t *pixels;
};

/* pixels, all zero */

static uint8_t *
pixels_new (uint32_t height, size_t stride)
{
  size_t size = height * stride; /* of a surface's sides: no overflow */

  return size >= QXL_PAGES_MIN ? qxl_pages_new (size) : g_try_malloc0 (size);
}

static void
pixels_free (uint8_t *pixels, uint32_t height, size_t stride)
{
  size_t size = height * stride;

  if (size >= QXL_PAGES_MIN)
    qxl_pages_free (pixels, size);
  else
    g_free (pixels);
}

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
  pixels = pixels_new (height, stride);
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
  pixels_free (self->pixels, self->height, self->stride);
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

const uint8_t *
qxl_surface_row (const QxlSurface *self, uint32_t y)
{
  return self->pixels + (size_t)y * self->stride;
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

static uint8_t *
row_at (const QxlSurface *self, int32_t y)
{
  return self->pixels + (size_t)y * self->stride;
}

/* fills */

static void
draw_fill (QxlSurface *self, const QxlDrawable *draw)
{
  QxlRect all = whole (self->width, self->height);
  QxlRect box = qxl_rect_intersect (&draw->box, &all);
  unsigned bits = qxl_format_bits_per_pixel (self->format);
  uint32_t pixel = draw->u.fill.color;

  if (qxl_rect_is_empty (&box))
    return;
  pixman_fill ((uint32_t *)self->pixels, (int)(self->stride / 4), (int)bits,
               box.left, box.top, qxl_rect_width (&box), qxl_rect_height (&box),
               bits == 32 ? GUINT32_TO_LE (pixel) : pixel);
}

/* copies */

/* pixels that are converted at once */
#define CHUNK 256u

/* what is copied from */
typedef struct {
  QxlFormat format;
  size_t stride;
  const uint8_t *pixels;
  bool is_surface; /* its fourth bytes are worth keeping */
} View;

static bool
is_alpha (QxlFormat format)
{
  return format == QXL_FORMAT_A8 || format == QXL_FORMAT_A1;
}

static bool
is_32 (QxlFormat format)
{
  return qxl_format_bits_per_pixel (format) == 32;
}

static bool
can_copy (QxlFormat to, QxlFormat from)
{
  return qxl_format_is_colour (from) || (is_alpha (to) && is_alpha (from));
}

/* do pixels keep all their bits? */
static bool
copies_raw (QxlFormat to, const View *view)
{
  if (view->format == QXL_FORMAT_BGRA)
    return is_32 (to);
  if (view->format == QXL_FORMAT_BGRX)
    return is_32 (to) && view->is_surface;
  return to == view->format;
}

static void
copy_raw (unsigned bits, uint8_t *to, size_t x, const uint8_t *from,
          size_t src_x, size_t n)
{
  uint32_t chunk[CHUNK];

  if (bits >= 8) {
    memcpy (to + x * bits / 8, from + src_x * bits / 8, n * bits / 8);
    return;
  }
  for (size_t i = 0, part; i < n; i += part) {
    part = MIN (n - i, CHUNK);
    qxl_pixels_load (bits, chunk, from, src_x + i, part);
    qxl_pixels_store (bits, to, x + i, chunk, part);
  }
}

/* 0xAARRGGBB; what has no alpha is opaque */
static void
load_argb (QxlFormat format, uint32_t *to, const uint8_t *row, size_t x,
           size_t n)
{
  const unsigned bits = qxl_format_bits_per_pixel (format);

  if (format == QXL_FORMAT_BGRA || is_alpha (format))
    qxl_pixels_load (bits, to, row, x, n);
  else
    qxl_format_row_to_bgrx (format, (uint8_t *)to, row + x * bits / 8, n);
  for (size_t i = 0; i < n; i++)
    if (format == QXL_FORMAT_A1)
      to[i] = to[i] ? 0xff000000 : 0;
    else if (format == QXL_FORMAT_A8)
      to[i] <<= 24;
    else if (format != QXL_FORMAT_BGRA)
      to[i] |= 0xff000000;
}

static uint32_t
narrowed (QxlFormat format, uint32_t argb)
{
  switch (format) {
  case QXL_FORMAT_RGB15:
    return (argb >> 9 & 0x7c00) | (argb >> 6 & 0x3e0) | (argb >> 3 & 0x1f);
  case QXL_FORMAT_RGB16:
    return (argb >> 8 & 0xf800) | (argb >> 5 & 0x7e0) | (argb >> 3 & 0x1f);
  case QXL_FORMAT_A8:
    return argb >> 24;
  default: /* A1 */
    return argb >> 31;
  }
}

static void
copy_narrowed (QxlFormat format, uint8_t *to, size_t x, const View *view,
               const uint8_t *from, size_t src_x, size_t n)
{
  const unsigned bits = qxl_format_bits_per_pixel (format);
  uint32_t chunk[CHUNK];

  for (size_t i = 0, part; i < n; i += part) {
    part = MIN (n - i, CHUNK);
    load_argb (view->format, chunk, from, src_x + i, part);
    for (size_t k = 0; k < part; k++)
      chunk[k] = narrowed (format, chunk[k]);
    qxl_pixels_store (bits, to, x + i, chunk, part);
  }
}

static void
copy_row (QxlFormat format, uint8_t *to, size_t x, const View *view,
          const uint8_t *from, size_t src_x, size_t n)
{
  if (copies_raw (format, view)) {
    copy_raw (qxl_format_bits_per_pixel (format), to, x, from, src_x, n);
    return;
  }
  if (!is_32 (format)) {
    copy_narrowed (format, to, x, view, from, src_x, n);
    return;
  }
  qxl_format_row_to_bgrx (
      view->format, to + x * 4,
      from + src_x * qxl_format_bytes_per_pixel (view->format), n);
}

static void
draw_copy (QxlSurface *self, QxlRect box, const View *view, QxlRect source,
           QxlPoint src)
{
  if (!can_copy (self->format, view->format) ||
      !clip_to_source (self, &box, &src, &source))
    return;
  for (int32_t y = box.top; y < box.bottom; y++)
    copy_row (self->format, row_at (self, y), (size_t)box.left, view,
              view->pixels + (size_t)(y - box.top + src.y) * view->stride,
              (size_t)src.x, (size_t)qxl_rect_width (&box));
}

static void
draw_image (QxlSurface *self, const QxlDrawable *draw)
{
  const QxlImage *image = draw->u.copy.image;
  const View view = {image->format, image->stride, image->pixels, false};

  draw_copy (self, draw->box, &view, whole (image->width, image->height),
             draw->u.copy.src);
}

/* inside the surface */

static void
move_row (const QxlSurface *self, const QxlRect *box, QxlPoint src, int32_t row,
          uint32_t *values)
{
  const unsigned bits = qxl_format_bits_per_pixel (self->format);
  const size_t n = (size_t)qxl_rect_width (box);
  uint8_t *to = row_at (self, box->top + row);
  const uint8_t *from = row_at (self, src.y + row);

  if (bits >= 8) {
    memmove (to + (size_t)box->left * bits / 8, from + (size_t)src.x * bits / 8,
             n * bits / 8);
    return;
  }
  qxl_pixels_load (bits, values, from, (size_t)src.x, n);
  qxl_pixels_store (bits, to, (size_t)box->left, values, n);
}

/* rows in the order in which none is overwritten before it was read */
static void
draw_copy_bits (QxlSurface *self, const QxlDrawable *draw)
{
  QxlPoint src = draw->u.copy_bits.src_pos;
  QxlRect source = whole (self->width, self->height);
  QxlRect box = draw->box;
  g_autofree uint32_t *values = NULL;
  int32_t height;
  bool down;

  if (!clip_to_source (self, &box, &src, &source))
    return;
  if (self->format == QXL_FORMAT_A1)
    values = g_new (uint32_t, qxl_rect_width (&box));
  height = qxl_rect_height (&box);
  down = src.y >= box.top;
  for (int32_t i = 0; i < height; i++)
    move_row (self, &box, src, down ? i : height - 1 - i, values);
}

void
qxl_surface_draw (QxlSurface *self, const QxlDrawable *draw)
{
  switch (draw->kind) {
  case QXL_DRAW_FILL:
    draw_fill (self, draw);
    break;
  case QXL_DRAW_COPY:
    draw_image (self, draw);
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
  const View view = {source->format, source->stride, source->pixels, true};

  g_assert (source != self && draw->kind == QXL_DRAW_COPY_SURFACE);
  draw_copy (self, draw->box, &view, whole (source->width, source->height),
             draw->u.copy_surface.src);
}
