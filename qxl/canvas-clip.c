/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a command may draw. Clip rectangles become a region, unless they cross
 * each other so often that it would have many times as many rectangles; then a
 * bit a pixel says it, in time and memory of the box's size. */
#include "qxl/canvas-private.h"

#include <string.h>

/* Most rows of all clip rectangles of a region, thus most rectangles that it
 * can have: 64 MiB of them. A desktop's lists have thousands. */
#define MAX_ROWS (1u << 22)

typedef struct {
  guint n;
  QxlRect *rects; /* inside the bounds, none empty */
} Clip;

/* false: there is no memory */
static bool
clip_init (Clip *self, const QxlOperation *op, const QxlRect *bounds)
{
  *self = (Clip){.rects = g_try_new (QxlRect, (gsize)op->n_clip_rects + 1)};
  if (self->rects == NULL)
    return false;
  for (guint i = 0; i < op->n_clip_rects; i++) {
    self->rects[self->n] = qxl_rect_intersect (&op->clip_rects[i], bounds);
    self->n += !qxl_rect_is_empty (&self->rects[self->n]);
  }
  return true;
}

static bool
is_simple (const Clip *self)
{
  uint64_t n_rows = 0;

  for (guint i = 0; i < self->n; i++)
    n_rows += (uint64_t)qxl_rect_height (&self->rects[i]);
  return n_rows <= MAX_ROWS;
}

static bool
intersect (QxlRegion *region, const Clip *clip)
{
  QxlRegion other;

  if (!pixman_region32_init_rects (&other, (const pixman_box32_t *)clip->rects,
                                   (int)clip->n))
    return false;
  pixman_region32_intersect (region, region, &other);
  pixman_region32_fini (&other);
  return true;
}

/* bits */

static int
compare_tops (gconstpointer a, gconstpointer b)
{
  const QxlRect *one = a, *other = b;

  return (one->top > other->top) - (one->top < other->top);
}

static int
compare_bottoms (gconstpointer a, gconstpointer b)
{
  const QxlRect *one = a, *other = b;

  return (one->bottom > other->bottom) - (one->bottom < other->bottom);
}

/* @changes: by how much the number of rectangles over a pixel differs from that
 * over its left neighbour */
static void
change (int32_t *changes, const QxlRect *rect, int32_t left, int32_t by)
{
  changes[rect->left - left] += by;
  changes[rect->right - left] -= by;
}

static void
write_row (uint8_t *row, const int32_t *changes, int32_t width)
{
  int32_t n_over = 0;

  for (int32_t x = 0; x < width; x++) {
    n_over += changes[x];
    row[x / 8] |= (uint8_t)((n_over > 0) << (x % 8));
  }
}

/* from row to row, as rectangles begin and end */
static void
sweep (const Clip *starts, const Clip *ends, const QxlRect *bounds,
       int32_t *changes, pixman_image_t *image)
{
  uint8_t *row = (uint8_t *)pixman_image_get_data (image);
  guint started = 0, ended = 0;

  for (int32_t y = bounds->top; y < bounds->bottom; y++) {
    for (; started < starts->n && starts->rects[started].top <= y; started++)
      change (changes, &starts->rects[started], bounds->left, 1);
    for (; ended < ends->n && ends->rects[ended].bottom <= y; ended++)
      change (changes, &ends->rects[ended], bounds->left, -1);
    write_row (row, changes, qxl_rect_width (bounds));
    row += pixman_image_get_stride (image);
  }
}

/* NULL: there is no memory */
static pixman_image_t *
bits_of (Clip *clip, const QxlRect *bounds)
{
  const gsize size = clip->n * sizeof (QxlRect);
  const Clip ends = {clip->n, g_memdup2 (clip->rects, size)};
  g_autofree int32_t *changes =
      g_new0 (int32_t, (gsize)qxl_rect_width (bounds) + 1);
  pixman_image_t *image = pixman_image_create_bits (
      PIXMAN_a1, qxl_rect_width (bounds), qxl_rect_height (bounds), NULL, 0);

  qsort (clip->rects, clip->n, sizeof (QxlRect), compare_tops);
  qsort (ends.rects, ends.n, sizeof (QxlRect), compare_bottoms);
  if (image != NULL)
    sweep (clip, &ends, bounds, changes, image);
  g_free (ends.rects);
  return image;
}

bool
qxl_canvas_clip (QxlRegion *region, const QxlOperation *op, QxlOperand *bits)
{
  const pixman_box32_t *box = pixman_region32_extents (region);
  const QxlRect bounds = QXL_RECT (box->x1, box->y1, box->x2, box->y2);
  pixman_image_t *image = NULL;
  bool done;
  Clip clip;

  qxl_operand_init_colour (bits, 1);
  if (!op->is_clipped || qxl_region_is_empty (region))
    return true;
  if (!clip_init (&clip, op, &bounds))
    return false;
  if (is_simple (&clip)) {
    done = intersect (region, &clip);
  } else {
    image = bits_of (&clip, &bounds);
    done = image != NULL;
    qxl_operand_init_image (bits, image, bounds.left, bounds.top);
  }
  g_free (clip.rects);
  return done;
}
