/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lossy-region.h"

#include "server-core/base/limits.h"

/* What is drawn within such a time has one age. */
#define QUANTUM_US (SPC_REST_MS * 1000 / 8)
/* One more than rest can be told apart in, and two that are at rest: those
 * become one before another begins. */
#define MAX_AGES 12

typedef struct {
  QxlRegion region;
  int64_t began_us, last_us; /* of what was drawn */
} Age;

/* the regions of ages do not overlap; none is empty */
struct _SpcLossyRegion {
  Age ages[MAX_AGES]; /* the oldest first */
  guint n_ages;
};

SpcLossyRegion *
spc_lossy_region_new (void)
{
  return g_new0 (SpcLossyRegion, 1);
}

static void
remove_age (SpcLossyRegion *self, guint index)
{
  pixman_region32_fini (&self->ages[index].region);
  self->n_ages--;
  for (guint i = index; i < self->n_ages; i++)
    self->ages[i] = self->ages[i + 1];
}

void
spc_lossy_region_free (SpcLossyRegion *self)
{
  if (self == NULL)
    return;
  while (self->n_ages > 0)
    remove_age (self, self->n_ages - 1);
  g_free (self);
}

static void
merge_into_next (SpcLossyRegion *self, guint index)
{
  Age *next = &self->ages[index + 1];

  pixman_region32_union (&next->region, &next->region,
                         &self->ages[index].region);
  remove_age (self, index);
}

static bool
is_ragged (const SpcLossyRegion *self)
{
  int total = 0;

  for (guint i = 0; i < self->n_ages; i++)
    total +=
        pixman_region32_n_rects ((pixman_region32_t *)&self->ages[i].region);
  return total > SPC_MAX_LOSSY_RECTS;
}

/* one age, the newest, and the box around all */
static void
smooth (SpcLossyRegion *self)
{
  Age *age = self->ages;
  pixman_box32_t box;

  while (self->n_ages > 1)
    merge_into_next (self, 0);
  box = *pixman_region32_extents (&age->region);
  pixman_region32_fini (&age->region);
  pixman_region32_init_with_extents (&age->region, &box);
}

static void
remove_empty (SpcLossyRegion *self)
{
  for (guint i = self->n_ages; i > 0; i--)
    if (qxl_region_is_empty (&self->ages[i - 1].region))
      remove_age (self, i - 1);
}

/* the age of what is drawn now */
static Age *
current_age (SpcLossyRegion *self, int64_t now_us)
{
  Age *age;

  if (self->n_ages > 0 &&
      now_us - self->ages[self->n_ages - 1].began_us < QUANTUM_US) {
    age = &self->ages[self->n_ages - 1];
  } else {
    if (self->n_ages == MAX_AGES)
      merge_into_next (self, 0);
    age = &self->ages[self->n_ages++];
    pixman_region32_init (&age->region);
    age->began_us = now_us;
  }
  age->last_us = now_us;
  return age;
}

static void
subtract (SpcLossyRegion *self, const QxlRect *box)
{
  for (guint i = 0; i < self->n_ages; i++)
    qxl_region_subtract (&self->ages[i].region, box);
  remove_empty (self);
}

static void
tidy (SpcLossyRegion *self)
{
  if (is_ragged (self))
    smooth (self);
}

void
spc_lossy_region_add (SpcLossyRegion *self, const QxlRect *box, int64_t now_us)
{
  if (qxl_rect_is_empty (box))
    return;
  subtract (self, box);
  qxl_region_add (&current_age (self, now_us)->region, box);
  tidy (self);
}

void
spc_lossy_region_subtract (SpcLossyRegion *self, const QxlRect *box)
{
  subtract (self, box);
  tidy (self);
}

/* adds what is lossy of what lies at @src, moved to @box, to @region */
static void
collect (const SpcLossyRegion *self, const QxlRect *box, QxlPoint src,
         QxlRegion *region)
{
  QxlRegion part;

  pixman_region32_init (&part);
  for (guint i = 0; i < self->n_ages; i++) {
    pixman_region32_intersect_rect (&part, &self->ages[i].region, src.x, src.y,
                                    (unsigned)qxl_rect_width (box),
                                    (unsigned)qxl_rect_height (box));
    pixman_region32_union (region, region, &part);
  }
  pixman_region32_fini (&part);
  pixman_region32_translate (region, box->left - src.x, box->top - src.y);
}

/* @region lies in none of the ages */
static void
add_region (SpcLossyRegion *self, QxlRegion *region, int64_t now_us)
{
  if (!qxl_region_is_empty (region)) {
    Age *age = current_age (self, now_us);
    pixman_region32_union (&age->region, &age->region, region);
  }
  tidy (self);
}

void
spc_lossy_region_copy (SpcLossyRegion *self, const QxlRect *box,
                       const SpcLossyRegion *source, QxlPoint src,
                       int64_t now_us)
{
  QxlRegion copied;

  pixman_region32_init (&copied);
  if (source != NULL && !qxl_rect_is_empty (box))
    collect (source, box, src, &copied);
  subtract (self, box);
  add_region (self, &copied, now_us);
  pixman_region32_fini (&copied);
}

void
spc_lossy_region_merge (SpcLossyRegion *self, const QxlRect *box,
                        const SpcLossyRegion *source, QxlPoint src,
                        int64_t now_us)
{
  QxlRegion copied;

  pixman_region32_init (&copied);
  if (source != NULL && !qxl_rect_is_empty (box))
    collect (source, box, src, &copied);
  for (guint i = 0; i < self->n_ages; i++)
    pixman_region32_subtract (&self->ages[i].region, &self->ages[i].region,
                              &copied);
  remove_empty (self);
  add_region (self, &copied, now_us);
  pixman_region32_fini (&copied);
}

/* asking */

bool
spc_lossy_region_is_empty (const SpcLossyRegion *self)
{
  return self->n_ages == 0;
}

bool
spc_lossy_region_contains (const SpcLossyRegion *self, int32_t x, int32_t y)
{
  for (guint i = 0; i < self->n_ages; i++)
    if (pixman_region32_contains_point (
            (pixman_region32_t *)&self->ages[i].region, x, y, NULL))
      return true;
  return false;
}

static int64_t
rest_us (const Age *age)
{
  return age->last_us + (int64_t)SPC_REST_MS * 1000;
}

int64_t
spc_lossy_region_rest_us (const SpcLossyRegion *self)
{
  return self->n_ages > 0 ? rest_us (&self->ages[0]) : G_MAXINT64;
}

/* A piece of @whole, not much wider than twice its height: encoders learn
 * little from thin strips. */
static QxlRect
first_piece (const QxlRect *whole, uint32_t max_pixels)
{
  int32_t height = qxl_rect_height (whole);
  int32_t width = qxl_rect_width (whole);
  int32_t side = SPC_MIN_PIECE_SIDE;
  QxlRect piece = *whole;

  if ((int64_t)width * height <= (int64_t)max_pixels)
    return piece;
  while (2 * (int64_t)(side + 1) * (side + 1) <= (int64_t)max_pixels)
    side++;
  width = MIN (width, side == SPC_MIN_PIECE_SIDE ? side : 2 * side);
  height = (int32_t)MAX (max_pixels / (uint32_t)width, SPC_MIN_PIECE_SIDE);
  piece.right = piece.left + width;
  piece.bottom = MIN (piece.bottom, piece.top + height);
  return piece;
}

/* goes on with @n rectangles in @rects; false: enough */
static bool
pick_some (const Age *age, uint32_t *max_pixels, QxlRect *rects, guint *n,
           guint max_rects)
{
  int n_rects;
  const QxlRect *all = qxl_region_rects (&age->region, &n_rects);

  for (int i = 0; i < n_rects; i++) {
    uint64_t pixels = (uint64_t)qxl_rect_width (&all[i]) *
                      (uint64_t)qxl_rect_height (&all[i]);

    if (*n == max_rects || (*n > 0 && pixels > *max_pixels))
      return false;
    if (pixels > *max_pixels) {
      rects[(*n)++] = first_piece (&all[i], *max_pixels);
      return false;
    }
    rects[(*n)++] = all[i];
    *max_pixels -= (uint32_t)pixels;
  }
  return true;
}

guint
spc_lossy_region_pick (const SpcLossyRegion *self, int64_t now_us,
                       uint32_t max_pixels, QxlRect *rects, guint max_rects)
{
  guint n = 0;

  for (guint i = 0; i < self->n_ages && rest_us (&self->ages[i]) <= now_us; i++)
    if (!pick_some (&self->ages[i], &max_pixels, rects, &n, max_rects))
      break;
  return n;
}
