/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-places.h"

#include <string.h>

/* pixels: what changes its size by no more keeps its size */
#define SAME_SIZE 2
/* pixels: a side shrinks by no less, as that costs a new stream */
#define MIN_SHRINK 8

static int64_t
area_of (const QxlRect *rect)
{
  return qxl_rect_is_empty (rect)
             ? 0
             : (int64_t)qxl_rect_width (rect) * qxl_rect_height (rect);
}

bool
spc_stream_places_can_hold (const SpcStreamPlaces *self, const QxlRect *rect)
{
  return !qxl_rect_is_empty (rect) &&
         (uint32_t)qxl_rect_width (rect) >= self->limits->min_side &&
         (uint32_t)qxl_rect_height (rect) >= self->limits->min_side;
}

/* the last column and row of an odd surface are left out */
static QxlRect
even_around (const SpcStreamPlaces *self, const QxlRect *exact)
{
  return QXL_RECT (exact->left & ~1, exact->top & ~1,
                   MIN ((exact->right + 1) & ~1, self->surface.right & ~1),
                   MIN ((exact->bottom + 1) & ~1, self->surface.bottom & ~1));
}

/* the largest part of @rect beside @other */
static QxlRect
beside (const QxlRect *rect, const QxlRect *other)
{
  QxlRect parts[SPC_N_SIDES] = {*rect, *rect, *rect, *rect};
  guint best = 0;

  if (!qxl_rect_intersects (rect, other))
    return *rect;
  parts[SPC_SIDE_LEFT].right = other->left;
  parts[SPC_SIDE_TOP].bottom = other->top;
  parts[SPC_SIDE_RIGHT].left = other->right;
  parts[SPC_SIDE_BOTTOM].top = other->bottom;
  for (guint i = 1; i < SPC_N_SIDES; i++)
    if (area_of (&parts[i]) > area_of (&parts[best]))
      best = i;
  return parts[best];
}

/* @me: may be NULL */
static QxlRect
beside_all (const SpcStreamPlaces *self, const SpcStreamPlace *me, QxlRect rect)
{
  for (guint i = 0; i < self->n; i++)
    if (&self->at[i] != me)
      rect = beside (&rect, &self->at[i].rect);
  return rect;
}

static void
take_tiles (SpcStreamPlaces *self, bool is_taken)
{
  for (guint i = 0; i < self->n; i++)
    spc_heat_map_take (self->heat, &self->at[i].exact, is_taken);
}

bool
spc_stream_places_begin (SpcStreamPlaces *self, const QxlRect *exact,
                         uint32_t period_us, int64_t now_us)
{
  const SpcStreamLimits *limits = self->limits;
  QxlRect rect = beside_all (self, NULL, even_around (self, exact));
  QxlRect part = qxl_rect_intersect (exact, &rect);
  SpcStreamPlace *place = &self->at[self->n];

  if (self->n == SPC_MAX_STREAMS || !spc_stream_places_can_hold (self, &rect))
    return false;
  self->last_id += self->last_id == UINT32_MAX ? 2 : 1;
  spc_stream_place_init (place, self->last_id, &part, period_us,
                         limits->shrink_us, now_us);
  place->rect = rect;
  place->wait_us = spc_past_places_take (&self->past, &rect, limits->end_us,
                                         limits->max_end_us, now_us);
  self->n++;
  take_tiles (self, true);
  return true;
}

static void
remove_place (SpcStreamPlaces *self, guint index, int64_t now_us)
{
  SpcStreamPlace *place = &self->at[index];

  spc_past_places_add (&self->past, &place->rect, place->wait_us, now_us);
  self->n--;
  memmove (place, place + 1, (self->n - index) * sizeof *place);
}

void
spc_stream_places_end (SpcStreamPlaces *self, guint index, int64_t now_us)
{
  take_tiles (self, false);
  remove_place (self, index, now_us);
  take_tiles (self, true);
}

/* A stream of another size is a new one: if it is about the same, it is kept,
 * on even coordinates, though a column may be left out then. */
static QxlRect
even_of_size (const SpcStreamPlaces *self, const QxlRect *exact,
              const QxlRect *before)
{
  QxlRect rect = even_around (self, exact);
  int32_t width = qxl_rect_width (before), height = qxl_rect_height (before);

  if (ABS (qxl_rect_width (&rect) - width) > SAME_SIZE ||
      ABS (qxl_rect_height (&rect) - height) > SAME_SIZE)
    return rect;
  rect.left = MIN (rect.left, (self->surface.right & ~1) - width);
  rect.top = MIN (rect.top, (self->surface.bottom & ~1) - height);
  return QXL_RECT (rect.left, rect.top, rect.left + width, rect.top + height);
}

/* others lose what lies under a place; returns where it is afterwards */
static guint
uncover (SpcStreamPlaces *self, guint index, int64_t now_us)
{
  QxlRect rect = self->at[index].rect;

  for (guint i = self->n; i-- > 0;) {
    SpcStreamPlace *other = &self->at[i];
    QxlRect left = beside (&other->rect, &rect), part;

    if (i == index || qxl_rect_equal (&left, &other->rect))
      continue;
    part = qxl_rect_intersect (&other->exact, &left);
    if (spc_stream_places_can_hold (self, &left) &&
        !qxl_rect_is_empty (&part)) {
      other->exact = part;
      other->rect = left;
      continue;
    }
    remove_place (self, i, now_us);
    index -= i < index;
  }
  return index;
}

void
spc_stream_places_put (SpcStreamPlaces *self, guint index, const QxlRect *exact,
                       int64_t now_us)
{
  SpcStreamPlace *place = &self->at[index];
  QxlRect part = qxl_rect_intersect (exact, &self->surface);
  QxlRect rect = even_of_size (self, &part, &place->rect);

  take_tiles (self, false);
  if (spc_stream_places_can_hold (self, &rect)) {
    place->rect = rect;
    spc_stream_place_put (place, &part, now_us);
    uncover (self, index, now_us);
  } else {
    remove_place (self, index, now_us);
  }
  take_tiles (self, true);
}

bool
spc_stream_places_grow (SpcStreamPlaces *self, guint index,
                        const QxlRect *exact, int64_t now_us)
{
  SpcStreamPlace *place = &self->at[index];
  QxlRect part = qxl_rect_intersect (exact, &self->surface);
  QxlRect rect = beside_all (self, place, even_around (self, &part));

  part = qxl_rect_intersect (&part, &rect);
  if (!qxl_rect_contains (&rect, &place->rect) ||
      (qxl_rect_equal (&part, &place->exact) &&
       qxl_rect_equal (&rect, &place->rect)))
    return false;
  place->rect = rect;
  spc_stream_place_grow (place, &part, now_us);
  take_tiles (self, true);
  return true;
}

static void
shrink_side (int32_t *side, int32_t to)
{
  if (ABS (*side - to) >= MIN_SHRINK)
    *side = to;
}

void
spc_stream_places_shrink (SpcStreamPlaces *self, guint index, int64_t now_us)
{
  SpcStreamPlace *place = &self->at[index];
  const QxlRect *hull = &place->window.hull;
  QxlRect exact = place->exact, rect;

  if (!spc_stream_place_can_shrink (place, now_us))
    return;
  shrink_side (&exact.left, hull->left);
  shrink_side (&exact.top, hull->top);
  shrink_side (&exact.right, hull->right);
  shrink_side (&exact.bottom, hull->bottom);
  rect = even_around (self, &exact);
  rect = qxl_rect_intersect (&place->rect, &rect);
  take_tiles (self, false);
  if (qxl_rect_equal (&exact, &place->exact) ||
      !spc_stream_places_can_hold (self, &rect))
    exact = place->exact;
  else
    place->rect = rect;
  spc_stream_place_shrink (place, &exact, now_us);
  take_tiles (self, true);
}

/* when its rectangle is to be told */
static int64_t
due_us (const SpcStreamPlaces *self, const SpcStreamPlace *place)
{
  return MIN (place->moved_us + self->limits->drag_rest_us,
              place->told_us + self->limits->max_drag_us);
}

static bool
is_due (const SpcStreamPlaces *self, const SpcStreamPlace *place,
        int64_t now_us)
{
  if (qxl_rect_is_empty (&place->told) || now_us >= due_us (self, place))
    return true;
  for (guint i = 0; i < self->n; i++)
    if (&self->at[i] != place &&
        (qxl_rect_intersects (&self->at[i].rect, &place->told) ||
         qxl_rect_intersects (&self->at[i].told, &place->told)))
      return true;
  return false;
}

static bool
tell (SpcStreamPlaces *self, int64_t now_us)
{
  bool is_any = false;

  for (guint i = 0; i < self->n; i++) {
    SpcStreamPlace *place = &self->at[i];

    bool is_told = qxl_rect_equal (&place->told, &place->rect);

    if (!is_told && !is_due (self, place, now_us))
      continue;
    place->told = place->rect;
    place->told_us = now_us;
    is_any |= !is_told;
  }
  return is_any;
}

/* What is told of one may be where another was told to be. */
void
spc_stream_places_tell (SpcStreamPlaces *self, int64_t now_us)
{
  while (tell (self, now_us))
    ;
}

int64_t
spc_stream_places_tell_us (const SpcStreamPlaces *self)
{
  int64_t next_us = G_MAXINT64;

  for (guint i = 0; i < self->n; i++)
    if (!qxl_rect_equal (&self->at[i].told, &self->at[i].rect))
      next_us = MIN (next_us, due_us (self, &self->at[i]));
  return next_us;
}
