/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heat-patch.h – which patches of heat are one film.
 *
 * Patches become one when little still area is taken in by that: a film with
 * its progress bar, the moving parts of a cartoon. Two films side by side stay
 * two. Pure. */
#pragma once

#include "heat-map.h"

/* percent of its rectangle that belongs to it */
uint32_t spc_heat_patch_fill (const SpcHeatPatch *self);
/* @min_side: pixels; what is smaller is no film by itself */
bool spc_heat_patch_joins (const SpcHeatPatch *a, const SpcHeatPatch *b,
                           uint32_t min_side);
/* Is @self enough to be added to @taken? */
bool spc_heat_patch_adds (const SpcHeatPatch *self, const SpcHeatPatch *taken,
                          uint32_t min_side);
/* what is taken already, as if it were one */
void spc_heat_patch_init_taken (SpcHeatPatch *self, const QxlRect *exact);
/* joins those that should be; largest first. Returns how many there are. */
guint spc_heat_patches_join (SpcHeatMap *map, SpcHeatPatch *patches, guint n,
                             uint32_t min_side, uint32_t now_ms);
