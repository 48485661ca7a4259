/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heat-patch.h"

/* percent: what is joined must be so full, and what lies side by side with no
 * tile between must be so full */
#define JOINED_FILL 75
#define TOUCHING_FILL 90
/* percent: a film that stands by itself is so full */
#define SOLID_FILL 80

static uint32_t
area_of (const QxlRect *rect)
{
  return (uint32_t)qxl_rect_width (rect) * (uint32_t)qxl_rect_height (rect);
}

uint32_t
spc_heat_patch_fill (const SpcHeatPatch *self)
{
  return self->n * 100 / MAX (area_of (&self->tiles), 1);
}

void
spc_heat_patch_init_taken (SpcHeatPatch *self, const QxlRect *exact)
{
  *self = (SpcHeatPatch){
      .exact = *exact,
      .tiles =
          QXL_RECT (exact->left / SPC_HEAT_TILE, exact->top / SPC_HEAT_TILE,
                    (exact->right + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE,
                    (exact->bottom + SPC_HEAT_TILE - 1) / SPC_HEAT_TILE)};
  self->n = self->n_hot = area_of (&self->tiles);
}

static bool
is_film (const SpcHeatPatch *self, uint32_t min_side)
{
  return (uint32_t)qxl_rect_width (&self->exact) >= min_side &&
         (uint32_t)qxl_rect_height (&self->exact) >= min_side &&
         spc_heat_patch_fill (self) >= SOLID_FILL;
}

bool
spc_heat_patch_joins (const SpcHeatPatch *a, const SpcHeatPatch *b,
                      uint32_t min_side)
{
  QxlRect all = qxl_rect_union (&a->tiles, &b->tiles);
  uint32_t fill = (a->n + b->n) * 100 / area_of (&all);
  QxlRect near;

  if (fill < JOINED_FILL)
    return false;
  if (qxl_rect_intersects (&a->exact, &b->exact))
    return true;
  if (!is_film (a, min_side) || !is_film (b, min_side))
    return true;
  near = QXL_RECT (a->exact.left - 1, a->exact.top - 1, a->exact.right + 1,
                   a->exact.bottom + 1);
  return qxl_rect_intersects (&near, &b->exact) && fill >= TOUCHING_FILL;
}

bool
spc_heat_patch_adds (const SpcHeatPatch *self, const SpcHeatPatch *taken,
                     uint32_t min_side)
{
  QxlRect all = qxl_rect_union (&self->tiles, &taken->tiles);
  uint32_t added = area_of (&all) - area_of (&taken->tiles);

  return self->n * SPC_HEAT_SIDE_PART >= added &&
         spc_heat_patch_joins (self, taken, min_side);
}

/* joins one with a later one */
static bool
join_one (SpcHeatMap *map, SpcHeatPatch *patches, guint n, uint32_t min_side,
          uint32_t now_ms)
{
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++) {
      QxlRect tiles = qxl_rect_union (&patches[i].tiles, &patches[j].tiles);
      SpcHeatPatch joined;

      if (!spc_heat_patch_joins (&patches[i], &patches[j], min_side) ||
          !spc_heat_map_measure (map, &tiles, now_ms, &joined))
        continue;
      patches[i] = joined;
      patches[j] = patches[n - 1];
      return true;
    }
  return false;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const SpcHeatPatch *first = a, *second = b;

  return second->n > first->n ? 1 : second->n < first->n ? -1 : 0;
}

guint
spc_heat_patches_join (SpcHeatMap *map, SpcHeatPatch *patches, guint n,
                       uint32_t min_side, uint32_t now_ms)
{
  while (join_one (map, patches, n, min_side, now_ms))
    n--;
  qsort (patches, n, sizeof *patches, by_size);
  return n;
}
