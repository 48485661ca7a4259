/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* geometry.h – points, rectangles and regions.
 *
 * Rectangles are half open: right and bottom lie just outside. Coordinates are
 * pixels of a surface, origin at the top left. Everything here is plain data;
 * any thread. */
#pragma once

#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int32_t x, y;
} QxlPoint;

typedef struct {
  int32_t left, top, right, bottom;
} QxlRect;

#define QXL_RECT(l, t, r, b)                                                   \
  ((QxlRect){.left = (l), .top = (t), .right = (r), .bottom = (b)})

static inline int32_t
qxl_rect_width (const QxlRect *rect)
{
  return rect->right - rect->left;
}

static inline int32_t
qxl_rect_height (const QxlRect *rect)
{
  return rect->bottom - rect->top;
}

static inline bool
qxl_rect_is_empty (const QxlRect *rect)
{
  return rect->left >= rect->right || rect->top >= rect->bottom;
}

/* neither turned around nor wider than can be counted; may be empty */
static inline bool
qxl_rect_is_sane (const QxlRect *rect)
{
  return rect->left <= rect->right && rect->top <= rect->bottom &&
         (int64_t)rect->right - rect->left <= INT32_MAX &&
         (int64_t)rect->bottom - rect->top <= INT32_MAX;
}

static inline bool
qxl_rect_equal (const QxlRect *a, const QxlRect *b)
{
  return a->left == b->left && a->top == b->top && a->right == b->right &&
         a->bottom == b->bottom;
}

/* true if every point of @inner lies in @outer */
static inline bool
qxl_rect_contains (const QxlRect *outer, const QxlRect *inner)
{
  return outer->left <= inner->left && outer->top <= inner->top &&
         outer->right >= inner->right && outer->bottom >= inner->bottom;
}

/* may be empty */
static inline QxlRect
qxl_rect_intersect (const QxlRect *a, const QxlRect *b)
{
  return (QxlRect){.left = a->left > b->left ? a->left : b->left,
                   .top = a->top > b->top ? a->top : b->top,
                   .right = a->right < b->right ? a->right : b->right,
                   .bottom = a->bottom < b->bottom ? a->bottom : b->bottom};
}

static inline bool
qxl_rect_intersects (const QxlRect *a, const QxlRect *b)
{
  QxlRect common = qxl_rect_intersect (a, b);
  return !qxl_rect_is_empty (&common);
}

/* the smallest rectangle around both; an empty one does not count */
static inline QxlRect
qxl_rect_union (const QxlRect *a, const QxlRect *b)
{
  if (qxl_rect_is_empty (a))
    return *b;
  if (qxl_rect_is_empty (b))
    return *a;
  return (QxlRect){.left = a->left < b->left ? a->left : b->left,
                   .top = a->top < b->top ? a->top : b->top,
                   .right = a->right > b->right ? a->right : b->right,
                   .bottom = a->bottom > b->bottom ? a->bottom : b->bottom};
}

/* regions: pixman's, with four helpers that take our rectangles */
typedef pixman_region32_t QxlRegion;

static inline void
qxl_region_add (QxlRegion *region, const QxlRect *rect)
{
  if (!qxl_rect_is_empty (rect))
    pixman_region32_union_rect (region, region, rect->left, rect->top,
                                (unsigned)qxl_rect_width (rect),
                                (unsigned)qxl_rect_height (rect));
}

static inline void
qxl_region_subtract (QxlRegion *region, const QxlRect *rect)
{
  QxlRegion other;

  if (qxl_rect_is_empty (rect))
    return;
  pixman_region32_init_rect (&other, rect->left, rect->top,
                             (unsigned)qxl_rect_width (rect),
                             (unsigned)qxl_rect_height (rect));
  pixman_region32_subtract (region, region, &other);
  pixman_region32_fini (&other);
}

static inline bool
qxl_region_is_empty (const QxlRegion *region)
{
  return !pixman_region32_not_empty ((pixman_region32_t *)region);
}

/* the region's rectangles, owned by the region; pixman_box32_t has the order
 * x1, y1, x2, y2, which is that of QxlRect */
static inline const QxlRect *
qxl_region_rects (const QxlRegion *region, int *n_rects)
{
  return (const QxlRect *)pixman_region32_rectangles (
      (pixman_region32_t *)region, n_rects);
}

_Static_assert(sizeof (QxlRect) == sizeof (pixman_box32_t),
               "QxlRect and pixman_box32_t have one layout");
