/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scaling, as clients do it with the same library: a matrix that scales, then
 * moves to the area; ROP3 scales only, and moves by whole steps. */
#include "qxl/canvas-private.h"

#include <math.h>

/* beyond this pixman's 16.16 numbers end */
#define FAR 0x7fff

/* how the box's pixels find theirs in a source */
typedef struct {
  bool is_scaled;
  pixman_transform_t matrix;
  int64_t x, y; /* of the source, or the scaled one, over the box's top left */
} Mapping;

typedef struct {
  int64_t width, height;
} Size;

static Size
size_of (const QxlRect *rect)
{
  return (Size){(int64_t)rect->right - rect->left,
                (int64_t)rect->bottom - rect->top};
}

bool
qxl_canvas_is_scaled (const QxlCanvasCall *call, const QxlRect *area)
{
  Size from = size_of (area), to = size_of (&call->draw->box);

  return from.width != to.width || from.height != to.height;
}

static bool
is_near (const QxlRect *area)
{
  return area->left >= -FAR && area->top >= -FAR && area->right <= FAR &&
         area->bottom <= FAR;
}

/* how far one pixel of the box leads in the source, 16.16 */
static pixman_fixed_t
step_of (int64_t from, int64_t to)
{
  return (pixman_fixed_t)(from * pixman_fixed_1 / to);
}

static void
map_copy (Mapping *self, const QxlRect *area)
{
  self->matrix.matrix[0][2] = pixman_int_to_fixed (area->left);
  self->matrix.matrix[1][2] = pixman_int_to_fixed (area->top);
}

static void
map_rop3 (Mapping *self, const QxlRect *area, Size from, Size to)
{
  double sx = (double)from.width / (double)to.width;
  double sy = (double)from.height / (double)to.height;

  self->x = (int64_t)floor (area->left / sx + 0.5);
  self->y = (int64_t)floor (area->top / sy + 0.5);
}

/* false: nothing can be drawn */
static bool
map (Mapping *self, const QxlRect *box, const QxlRect *area, QxlCanvasScale how)
{
  Size from = size_of (area), to = size_of (box);

  *self = (Mapping){.x = area->left, .y = area->top};
  if (from.width == to.width && from.height == to.height)
    return true;
  if (from.width <= 0 || from.height <= 0 || !is_near (area))
    return false;
  self->is_scaled = true;
  self->x = self->y = 0;
  pixman_transform_init_scale (&self->matrix, step_of (from.width, to.width),
                               step_of (from.height, to.height));
  if (how == QXL_CANVAS_SCALE_ROP3)
    map_rop3 (self, area, from, to);
  else
    map_copy (self, area);
  return true;
}

/* Draws the part of @src that belongs over @extents on @dest at (@x, @y). */
static void
compose (const QxlCanvasCall *call, const Mapping *mapping, pixman_op_t op,
         pixman_image_t *src, pixman_image_t *mask, pixman_image_t *dest,
         int32_t x, int32_t y)
{
  const QxlRect *box = &call->draw->box;
  const pixman_box32_t *extents =
      pixman_region32_extents ((QxlRegion *)&call->region);
  int64_t src_x = mapping->x + extents->x1 - box->left;
  int64_t src_y = mapping->y + extents->y1 - box->top;

  /* so far out no source has a pixel */
  if (ABS (src_x) > G_MAXINT32 / 2 || ABS (src_y) > G_MAXINT32 / 2)
    return;
  pixman_image_composite32 (op, src, mask, dest, (int32_t)src_x, (int32_t)src_y,
                            0, 0, x, y, extents->x2 - extents->x1,
                            extents->y2 - extents->y1);
}

static void
set_scale (pixman_image_t *src, const Mapping *mapping, QxlScaleMode mode)
{
  if (!mapping->is_scaled)
    return;
  pixman_image_set_transform (src, &mapping->matrix);
  pixman_image_set_filter (src,
                           mode == QXL_SCALE_NEAREST ? PIXMAN_FILTER_NEAREST
                                                     : PIXMAN_FILTER_GOOD,
                           NULL, 0);
}

void
qxl_canvas_compose (const QxlCanvasCall *call, pixman_op_t op,
                    pixman_image_t *src, pixman_image_t *mask,
                    pixman_image_t *dest, const QxlRect *area,
                    QxlScaleMode mode)
{
  const pixman_box32_t *extents =
      pixman_region32_extents ((QxlRegion *)&call->region);
  Mapping mapping;

  if (!map (&mapping, &call->draw->box, area, QXL_CANVAS_SCALE_COPY))
    return;
  set_scale (src, &mapping, mode);
  pixman_image_set_clip_region32 (dest, (QxlRegion *)&call->region);
  compose (call, &mapping, op, src, mask, dest, extents->x1, extents->y1);
  pixman_image_set_clip_region32 (dest, NULL);
}

/* what of @src lies over the region, in its format; takes @src */
static pixman_image_t *
scale (const QxlCanvasCall *call, const Mapping *mapping, pixman_image_t *src,
       QxlScaleMode mode)
{
  const pixman_box32_t *extents =
      pixman_region32_extents ((QxlRegion *)&call->region);
  pixman_image_t *scaled = pixman_image_create_bits (
      pixman_image_get_format (src), extents->x2 - extents->x1,
      extents->y2 - extents->y1, NULL, 0);

  set_scale (src, mapping, mode);
  if (scaled != NULL)
    compose (call, mapping, PIXMAN_OP_SRC, src, NULL, scaled, 0, 0);
  pixman_image_unref (src);
  return scaled;
}

bool
qxl_canvas_operand (const QxlCanvasCall *call, const QxlSource *source,
                    const QxlRect *area, QxlScaleMode mode, QxlCanvasScale how,
                    QxlOperand *operand)
{
  const pixman_box32_t *extents =
      pixman_region32_extents ((QxlRegion *)&call->region);
  const QxlRect *box = &call->draw->box;
  pixman_image_t *image;
  Mapping mapping;

  if (!map (&mapping, box, area, how))
    return false;
  image = qxl_canvas_source_as_dest (call, source);
  if (image == NULL)
    return false;
  if (!mapping.is_scaled) {
    qxl_operand_init_image (operand, image, (int64_t)box->left - area->left,
                            (int64_t)box->top - area->top);
    return true;
  }
  image = scale (call, &mapping, image, mode);
  if (image == NULL)
    return false;
  qxl_operand_init_image (operand, image, extents->x1, extents->y1);
  return true;
}
