/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "past-places.h"

/* What ended longer ago has nothing to do with what begins. */
#define FORGET_US (60 * G_USEC_PER_SEC)
/* percent that waiting grows by */
#define GROWTH 67

void
spc_past_places_add (SpcPastPlaces *self, const QxlRect *rect, int64_t wait_us,
                     int64_t now_us)
{
  self->places[self->next] =
      (SpcPastPlace){.rect = *rect, .ended_us = now_us, .wait_us = wait_us};
  self->next = (self->next + 1) % SPC_PAST_PLACES;
}

static int64_t
area_of (const QxlRect *rect)
{
  return (int64_t)qxl_rect_width (rect) * qxl_rect_height (rect);
}

/* Is half of each the other's? */
static bool
is_about_the_same (const QxlRect *a, const QxlRect *b)
{
  QxlRect common = qxl_rect_intersect (a, b);

  return !qxl_rect_is_empty (&common) &&
         2 * area_of (&common) >= MAX (area_of (a), area_of (b));
}

int64_t
spc_past_places_take (SpcPastPlaces *self, const QxlRect *rect,
                      int64_t first_us, int64_t max_us, int64_t now_us)
{
  int64_t wait_us = first_us;

  for (guint i = 0; i < SPC_PAST_PLACES; i++) {
    SpcPastPlace *place = &self->places[i];

    if (place->wait_us == 0 || now_us - place->ended_us > FORGET_US ||
        !is_about_the_same (&place->rect, rect))
      continue;
    wait_us = MAX (wait_us, place->wait_us + first_us * GROWTH / 100);
    place->wait_us = 0;
  }
  return MIN (wait_us, MAX (max_us, first_us));
}
