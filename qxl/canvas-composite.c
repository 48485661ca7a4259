/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Composites: the box is computed by pixman in a copy of the destination, from
 * which it is stored through the region. */
#include "qxl/canvas-private.h"
#include "qxl/canvas-view.h"

/* Smallest side of a picture that is repeated under a transform: pixman steps
 * back from up to 32767 by one picture at a time, for each pixel. */
#define MIN_REPEATED_SIDE 128

typedef struct {
  guint first, last;
} OperatorRange;

static bool
is_operator (guint op)
{
  static const OperatorRange ranges[] = {
      {PIXMAN_OP_CLEAR, PIXMAN_OP_SATURATE},
      {PIXMAN_OP_DISJOINT_CLEAR, PIXMAN_OP_DISJOINT_XOR},
      {PIXMAN_OP_CONJOINT_CLEAR, PIXMAN_OP_CONJOINT_XOR},
      {PIXMAN_OP_MULTIPLY, PIXMAN_OP_HSL_LUMINOSITY},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (op >= ranges[i].first && op <= ranges[i].last)
      return true;
  return false;
}

static bool
is_filter (guint filter)
{
  return filter <= PIXMAN_FILTER_BILINEAR;
}

/* pictures */

/* how a picture is looked at; the numbers of the flags are pixman's */
typedef struct {
  guint filter, repeat;
  const QxlTransform *transform; /* or NULL */
} Look;

/* Several of a small picture side by side, which repeat as one does. Takes
 * @image. */
static pixman_image_t *
side_by_side (pixman_image_t *image)
{
  int width = pixman_image_get_width (image);
  int height = pixman_image_get_height (image);
  int across = (MIN_REPEATED_SIDE + width - 1) / width;
  int down = (MIN_REPEATED_SIDE + height - 1) / height;
  pixman_image_t *several;

  if (across == 1 && down == 1)
    return image;
  several = pixman_image_create_bits (pixman_image_get_format (image),
                                      width * across, height * down, NULL, 0);
  pixman_image_set_repeat (image, PIXMAN_REPEAT_NORMAL);
  if (several)
    pixman_image_composite32 (PIXMAN_OP_SRC, image, NULL, several, 0, 0, 0, 0,
                              0, 0, width * across, height * down);
  pixman_image_unref (image);
  return several;
}

/* takes @image, NULL if there is none; (transfer full) */
static pixman_image_t *
look_at (pixman_image_t *image, const Look *look)
{
  pixman_transform_t matrix;

  if (!image)
    return NULL;
  if (look->transform && look->repeat == PIXMAN_REPEAT_NORMAL)
    image = side_by_side (image);
  if (!image)
    return NULL;
  pixman_image_set_filter (image, (pixman_filter_t)look->filter, NULL, 0);
  pixman_image_set_repeat (image, (pixman_repeat_t)look->repeat);
  if (!look->transform)
    return image;
  matrix = (pixman_transform_t){{
      {look->transform->t[0], look->transform->t[1], look->transform->t[2]},
      {look->transform->t[3], look->transform->t[4], look->transform->t[5]},
      {0, 0, pixman_fixed_1},
  }};
  pixman_image_set_transform (image, &matrix);
  return image;
}

/* what clients keep an image in that is drawn on such pixels */
static pixman_format_code_t
format_of_images (pixman_format_code_t dest)
{
  return PIXMAN_FORMAT_BPP (dest) == 32 ? PIXMAN_x8r8g8b8 : dest;
}

static bool
is_like (pixman_format_code_t a, pixman_format_code_t b)
{
  return a == b || (PIXMAN_FORMAT_BPP (a) == 32 && PIXMAN_FORMAT_BPP (b) == 32);
}

/* Clients bring images to the surface's kind of pixels first; one of alpha
 * alone becomes opaque black on colours. Surfaces are seen as they are. */
static pixman_image_t *
picture_of (const QxlCanvasCall *call, const QxlSource *source)
{
  pixman_image_t *image = qxl_canvas_source (call, source);
  pixman_format_code_t want =
      format_of_images (pixman_image_get_format (call->image));
  pixman_image_t *converted;
  int width, height;

  if (!image || source->kind != QXL_SOURCE_IMAGE ||
      is_like (pixman_image_get_format (image), want))
    return image;
  width = pixman_image_get_width (image);
  height = pixman_image_get_height (image);
  converted = pixman_image_create_bits (want, width, height, NULL, 0);
  if (converted)
    pixman_image_composite32 (PIXMAN_OP_SRC, image, NULL, converted, 0, 0, 0, 0,
                              0, 0, width, height);
  pixman_image_unref (image);
  return converted;
}

static pixman_image_t *
source_picture (const QxlCanvasCall *call, const QxlComposite *composite)
{
  guint flags = composite->flags;
  pixman_image_t *image = picture_of (call, &composite->src);
  Look look = {
      .filter = QXL_COMPOSITE_SRC_FILTER (flags),
      .repeat = QXL_COMPOSITE_SRC_REPEAT (flags),
      .transform = flags & QXL_COMPOSITE_HAS_SRC_TRANSFORM
                       ? &composite->src_transform
                       : NULL,
  };

  if (image && (flags & QXL_COMPOSITE_SOURCE_OPAQUE) &&
      composite->src.kind == QXL_SOURCE_SURFACE &&
      pixman_image_get_format (image) == PIXMAN_a8r8g8b8)
    image = qxl_canvas_view_as (image, PIXMAN_x8r8g8b8);
  return look_at (image, &look);
}

static pixman_image_t *
mask_picture (const QxlCanvasCall *call, const QxlComposite *composite)
{
  guint flags = composite->flags;
  pixman_image_t *image = picture_of (call, &composite->mask);
  Look look = {
      .filter = QXL_COMPOSITE_MASK_FILTER (flags),
      .repeat = QXL_COMPOSITE_MASK_REPEAT (flags),
      .transform = flags & QXL_COMPOSITE_HAS_MASK_TRANSFORM
                       ? &composite->mask_transform
                       : NULL,
  };

  image = look_at (image, &look);
  if (image)
    pixman_image_set_component_alpha (
        image, (flags & QXL_COMPOSITE_COMPONENT_ALPHA) != 0);
  return image;
}

/* the box */

/* pixels as they are, with all their bits */
static pixman_format_code_t
raw_format (pixman_image_t *image)
{
  pixman_format_code_t format = pixman_image_get_format (image);

  return format == PIXMAN_x8r8g8b8 ? PIXMAN_a8r8g8b8 : format;
}

static pixman_image_t *
raw_view (pixman_image_t *image)
{
  return qxl_canvas_view_as (pixman_image_ref (image), raw_format (image));
}

/* of the surface; the format is the surface's own */
static pixman_image_t *
copy_box (const QxlCanvasCall *call, const QxlRect *box)
{
  int width = qxl_rect_width (box), height = qxl_rect_height (box);
  pixman_image_t *from = raw_view (call->image);
  pixman_image_t *copy = pixman_image_create_bits (raw_format (call->image),
                                                   width, height, NULL, 0);

  if (from && copy)
    pixman_image_composite32 (PIXMAN_OP_SRC, from, NULL, copy, box->left,
                              box->top, 0, 0, 0, 0, width, height);
  g_clear_pointer (&from, pixman_image_unref);
  return copy ? qxl_canvas_view_as (copy, pixman_image_get_format (call->image))
              : NULL;
}

static void
store_box (const QxlCanvasCall *call, pixman_image_t *copy, const QxlRect *box)
{
  pixman_image_t *from = raw_view (copy);
  pixman_image_t *to = raw_view (call->image);

  if (from && to) {
    pixman_image_set_clip_region32 (to, (QxlRegion *)&call->region);
    pixman_image_composite32 (PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0,
                              box->left, box->top, qxl_rect_width (box),
                              qxl_rect_height (box));
  }
  g_clear_pointer (&from, pixman_image_unref);
  g_clear_pointer (&to, pixman_image_unref);
}

static int
offset_of (int16_t origin, int32_t at, int32_t box_start)
{
  return (int)CLAMP ((int64_t)origin + at - box_start, G_MININT16, G_MAXUINT16);
}

static void
compose (const QxlCanvasCall *call, pixman_image_t *src, pixman_image_t *mask)
{
  const QxlComposite *composite = &call->op->u.composite;
  const QxlRect *whole = &call->draw->box;
  QxlRect all = QXL_RECT (0, 0, (int32_t)qxl_surface_width (call->dest),
                          (int32_t)qxl_surface_height (call->dest));
  QxlRect box = qxl_rect_intersect (whole, &all);
  pixman_image_t *copy = copy_box (call, &box);

  if (!copy)
    return;
  pixman_image_composite32 (
      (pixman_op_t)QXL_COMPOSITE_OPERATOR (composite->flags), src, mask, copy,
      offset_of (composite->src_origin.x, box.left, whole->left),
      offset_of (composite->src_origin.y, box.top, whole->top),
      offset_of (composite->mask_origin.x, box.left, whole->left),
      offset_of (composite->mask_origin.y, box.top, whole->top), 0, 0,
      qxl_rect_width (&box), qxl_rect_height (&box));
  store_box (call, copy, &box);
  pixman_image_unref (copy);
}

void
qxl_canvas_composite (QxlCanvasCall *call)
{
  const QxlComposite *composite = &call->op->u.composite;
  bool has_mask = composite->flags & QXL_COMPOSITE_HAS_MASK;
  pixman_image_t *src, *mask;

  if (!is_operator (QXL_COMPOSITE_OPERATOR (composite->flags)) ||
      !is_filter (QXL_COMPOSITE_SRC_FILTER (composite->flags)) ||
      !is_filter (QXL_COMPOSITE_MASK_FILTER (composite->flags)))
    return;
  src = source_picture (call, composite);
  mask = has_mask ? mask_picture (call, composite) : NULL;
  if (src && (mask || !has_mask))
    compose (call, src, mask);
  g_clear_pointer (&src, pixman_image_unref);
  g_clear_pointer (&mask, pixman_image_unref);
}
