/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places are squares of the surface, in a table by hash: one that falls on
 * another's place in the table takes it. */
#include "keep-policy.h"

#define PLACE_SIDE 128 /* pixels: a screen of 3840×2160 has 510 */
#define N_PLACES 4096u /* 64 KiB */
/* parts of one frame arrive within it; frames of 120 Hz do not */
#define SAME_MOMENT_MS 5

typedef struct {
  uint32_t surface_id;
  uint16_t x, y; /* in places */
  uint32_t when_ms;
  uint32_t run; /* images that came quickly one after the other; 0: unused */
} Place;

struct _SpcKeepPolicy {
  Place places[N_PLACES];
};

SpcKeepPolicy *
spc_keep_policy_new (void)
{
  return g_new0 (SpcKeepPolicy, 1);
}

void
spc_keep_policy_free (SpcKeepPolicy *self)
{
  g_free (self);
}

static uint32_t
index_of (uint32_t surface_id, uint16_t x, uint16_t y)
{
  /* places of one screen, up to 8192 pixels a side, never fall on each other */
  return (surface_id * 2654435761u + y * 64u + x) % N_PLACES;
}

static bool
is_of (const Place *place, uint32_t surface_id, uint16_t x, uint16_t y)
{
  return place->run > 0 && place->surface_id == surface_id && place->x == x &&
         place->y == y;
}

/* wraps with the clock's 32 bits: an hour and more of nothing looks like that,
 * or by chance, once in 49 days, like little */
static uint32_t
age_ms (const Place *place, uint32_t now_ms)
{
  return now_ms - place->when_ms;
}

static bool
is_busy (const Place *place, uint32_t now_ms)
{
  uint32_t age = age_ms (place, now_ms);
  /* the image itself may have been noted already */
  uint32_t n_before = place->run - (age < SAME_MOMENT_MS);

  return age <= SPC_KEEP_QUICK_MS && n_before >= SPC_KEEP_QUICK_IMAGES;
}

static void
note (Place *place, uint32_t now_ms)
{
  uint32_t age = age_ms (place, now_ms);

  if (age < SAME_MOMENT_MS)
    return;
  place->run = age <= SPC_KEEP_QUICK_MS ? MIN (place->run + 1, G_MAXUINT16) : 1;
  place->when_ms = now_ms;
}

static bool
is_small (const QxlRect *box)
{
  return (int64_t)qxl_rect_width (box) * qxl_rect_height (box) <
         SPC_KEEP_SMALL_PIXELS;
}

static QxlRect
places_of (const QxlRect *box)
{
  return QXL_RECT (box->left / PLACE_SIDE, box->top / PLACE_SIDE,
                   (box->right - 1) / PLACE_SIDE + 1,
                   (box->bottom - 1) / PLACE_SIDE + 1);
}

void
spc_keep_policy_draw (SpcKeepPolicy *self, uint32_t surface_id,
                      const QxlRect *box, int64_t now_us)
{
  QxlRect places = places_of (box);
  uint32_t now_ms = (uint32_t)(now_us / 1000);

  if (is_small (box))
    return;
  for (int y = places.top; y < places.bottom; y++)
    for (int x = places.left; x < places.right; x++) {
      uint16_t column = (uint16_t)x, row = (uint16_t)y;
      Place *place = &self->places[index_of (surface_id, column, row)];

      if (is_of (place, surface_id, column, row))
        note (place, now_ms);
      else
        *place = (Place){surface_id, column, row, now_ms, 1};
    }
}

bool
spc_keep_policy_passes (const SpcKeepPolicy *self, uint32_t surface_id,
                        const QxlRect *box, int64_t now_us)
{
  QxlRect places = places_of (box);
  uint32_t now_ms = (uint32_t)(now_us / 1000);
  int n_busy = 0;

  if (is_small (box))
    return false;
  for (int y = places.top; y < places.bottom; y++)
    for (int x = places.left; x < places.right; x++) {
      uint16_t column = (uint16_t)x, row = (uint16_t)y;
      const Place *place = &self->places[index_of (surface_id, column, row)];

      n_busy +=
          is_of (place, surface_id, column, row) && is_busy (place, now_ms);
    }
  return 2 * n_busy >= qxl_rect_width (&places) * qxl_rect_height (&places);
}
