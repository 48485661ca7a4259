/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* copies: of images, of other surfaces, and inside a surface */
#include "qxl/canvas-private.h"

#include "qxl/rop.h"

#include <string.h>

/* inside a surface */

/* where a region's pixels come from */
typedef struct {
  uint8_t *pixels;
  size_t stride;
  unsigned bytes; /* of a pixel */
  QxlPoint by;
} Move;

static void
move_row (const Move *self, const QxlRect *rect, int32_t y)
{
  uint8_t *to = self->pixels + (size_t)y * self->stride +
                (size_t)rect->left * self->bytes;
  const uint8_t *from = self->pixels + (size_t)(y + self->by.y) * self->stride +
                        (size_t)(rect->left + self->by.x) * self->bytes;

  memmove (to, from, (size_t)qxl_rect_width (rect) * self->bytes);
}

static void
move_rect (const Move *self, const QxlRect *rect)
{
  /* no row is overwritten before it was read */
  if (self->by.y >= 0)
    for (int32_t y = rect->top; y < rect->bottom; y++)
      move_row (self, rect, y);
  else
    for (int32_t y = rect->bottom; y-- > rect->top;)
      move_row (self, rect, y);
}

/* one past the last rectangle that lies in the same rows */
static int
band_end (const QxlRect *rects, int n_rects, int first)
{
  int i = first;

  while (i < n_rects && rects[i].top == rects[first].top)
    i++;
  return i;
}

static void
move_band (const Move *self, const QxlRect *rects, int first, int end)
{
  if (self->by.x >= 0)
    for (int i = first; i < end; i++)
      move_rect (self, &rects[i]);
  else
    for (int i = end; i-- > first;)
      move_rect (self, &rects[i]);
}

/* one of the rectangles in the rows of the last */
static int
band_start (const QxlRect *rects, int last)
{
  int i = last;

  while (i > 0 && rects[i - 1].top == rects[last].top)
    i--;
  return i;
}

/* A region's rectangles are sorted by rows, then columns, so that an order is
 * found in which none is overwritten before it was read. */
static void
move_region (const Move *self, const QxlRegion *region)
{
  int n_rects;
  const QxlRect *rects = qxl_region_rects (region, &n_rects);

  if (self->by.y >= 0)
    for (int i = 0, end; i < n_rects; i = end) {
      end = band_end (rects, n_rects, i);
      move_band (self, rects, i, end);
    }
  else
    for (int end = n_rects, i; end > 0; end = i) {
      i = band_start (rects, end - 1);
      move_band (self, rects, i, end);
    }
}

/* of pixels that share bytes */
static void
move_bits (QxlCanvasCall *call, QxlPoint by, const QxlRegion *region)
{
  const QxlSource own = qxl_source_surface (call->draw->surface_id);
  QxlOperand operand;

  qxl_operand_init_image (&operand, qxl_canvas_source (call, &own), -by.x,
                          -by.y);
  qxl_canvas_combine (call, QXL_ROP2_COPY, &operand, region);
  qxl_operand_clear (&operand);
}

void
qxl_canvas_move (QxlCanvasCall *call, QxlPoint by, const QxlRegion *region)
{
  const Move move = {
      .pixels = qxl_surface_pixels (call->dest),
      .stride = qxl_surface_stride (call->dest),
      .bytes = qxl_format_bytes_per_pixel (call->format),
      .by = by,
  };

  if (move.bytes == 0)
    move_bits (call, by, region);
  else
    move_region (&move, region);
}

static bool
is_within (int64_t value, int64_t bound)
{
  return value >= -bound && value <= bound;
}

/* Takes away from @region what would come from outside the surface; true if
 * something is left. */
static bool
reach (const QxlCanvasCall *call, QxlPoint src, QxlRegion *region, QxlPoint *by)
{
  const QxlRect *box = &call->draw->box;
  const int32_t width = (int32_t)qxl_surface_width (call->dest);
  const int32_t height = (int32_t)qxl_surface_height (call->dest);
  const int64_t dx = (int64_t)src.x - box->left;
  const int64_t dy = (int64_t)src.y - box->top;

  if (!is_within (dx, width) || !is_within (dy, height))
    return false;
  *by = (QxlPoint){(int32_t)dx, (int32_t)dy};
  pixman_region32_intersect_rect (region, region, -by->x, -by->y,
                                  (unsigned)width, (unsigned)height);
  return !qxl_region_is_empty (region);
}

void
qxl_canvas_copy_bits (QxlCanvasCall *call)
{
  QxlPoint by;

  if (reach (call, call->op->u.copy_bits.src_pos, &call->region, &by))
    qxl_canvas_move (call, by, &call->region);
}

/* of images and surfaces */

/* The common case of a copy inside a surface, which needs no copy aside: all
 * pixels lie in the surface. It is not scaled. */
static bool
moves (QxlCanvasCall *call, const QxlCopy *copy)
{
  const QxlPoint src = {copy->src_area.left, copy->src_area.top};
  QxlRegion region;
  QxlPoint by;
  bool done;

  if (copy->src.kind != QXL_SOURCE_SURFACE ||
      copy->src.surface_id != call->draw->surface_id)
    return false;
  pixman_region32_init (&region);
  pixman_region32_copy (&region, &call->region);
  done = reach (call, src, &region, &by) &&
         pixman_region32_equal (&region, &call->region);
  pixman_region32_fini (&region);
  if (done)
    qxl_canvas_move (call, by, &call->region);
  return done;
}

/* Converted first only if pixman would leave something in fourth bytes. */
static pixman_image_t *
source_to_put (const QxlCanvasCall *call, const QxlSource *source)
{
  pixman_image_t *image = qxl_canvas_source (call, source);

  if (image == NULL ||
      PIXMAN_FORMAT_BPP (pixman_image_get_format (call->image)) != 32 ||
      PIXMAN_FORMAT_BPP (pixman_image_get_format (image)) == 32)
    return image;
  pixman_image_unref (image);
  return qxl_canvas_source_as_dest (call, source);
}

/* Values are kept as they are; pixman would do so only if the source covers
 * the region, and makes opaque what has no alpha: clients let it do that only
 * when it scales. */
static bool
puts_raw (const QxlCanvasCall *call, pixman_image_t *src)
{
  pixman_format_code_t have = pixman_image_get_format (src);
  pixman_format_code_t want = pixman_image_get_format (call->image);

  return have == want ||
         (PIXMAN_FORMAT_BPP (have) == 32 && PIXMAN_FORMAT_BPP (want) == 32);
}

/* takes @src */
static void
put_raw (QxlCanvasCall *call, pixman_image_t *src, const QxlRect *area)
{
  const QxlRect *box = &call->draw->box;
  QxlOperand operand;

  qxl_operand_init_image (&operand, src, (int64_t)box->left - area->left,
                          (int64_t)box->top - area->top);
  qxl_canvas_combine (call, QXL_ROP2_COPY, &operand, &call->region);
  qxl_operand_clear (&operand);
}

static void
put (QxlCanvasCall *call, const QxlCopy *copy)
{
  const bool is_scaled = qxl_canvas_is_scaled (call, &copy->src_area);
  pixman_image_t *src;

  if (!is_scaled && moves (call, copy))
    return;
  src = source_to_put (call, &copy->src);
  if (src == NULL)
    return;
  if (!is_scaled && puts_raw (call, src)) {
    put_raw (call, src, &copy->src_area);
    return;
  }
  qxl_canvas_compose (call, PIXMAN_OP_SRC, src, NULL, call->image,
                      &copy->src_area, copy->scale_mode);
  pixman_image_unref (src);
}

void
qxl_canvas_copy (QxlCanvasCall *call)
{
  const QxlCopy *copy = &call->op->u.copy;
  const uint8_t code =
      qxl_rop2_code (copy->rop, QXL_ROP_INVERS_SRC, QXL_ROP_INVERS_DEST);
  QxlOperand operand;

  if (code == QXL_ROP2_COPY) {
    put (call, copy);
    return;
  }
  if (!qxl_canvas_operand (call, &copy->src, &copy->src_area, copy->scale_mode,
                           QXL_CANVAS_SCALE_COPY, &operand))
    return;
  qxl_operand_limit (&operand, &call->region);
  qxl_canvas_combine (call, code, &operand, &call->region);
  qxl_operand_clear (&operand);
}

void
qxl_canvas_opaque (QxlCanvasCall *call)
{
  const QxlOpaque *opaque = &call->op->u.opaque;
  const uint8_t code = qxl_rop2_code (opaque->copy.rop, QXL_ROP_INVERS_BRUSH,
                                      QXL_ROP_INVERS_SRC);

  put (call, &opaque->copy);
  qxl_canvas_brush_code (call, &opaque->brush, code, &call->region);
}
