/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heat-map.h – where a surface changes often, in tiles.
 *
 * Each tile counts the changes that follow each other without a long gap, their
 * mean period, and what they cost as pictures. Tiles that have changed often
 * and quickly enough are hot; hot ones and those around them that change nearly
 * as quickly make patches. Tiles that are taken belong to a stream already.
 *
 * Pure: times are arguments, in milliseconds that may wrap. One thread. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

/* pixels: finer than what a differ sends, so that text beside a film stays
 * apart */
#define SPC_HEAT_TILE 16

/* A side of a patch is left out when not so many of its tiles belong to it: it
 * is text that is typed beside a film. */
#define SPC_HEAT_SIDE_PART 8

/* what is hot */
typedef struct {
  uint32_t frames;    /* changes at least, 2 to 200 */
  uint32_t gap_ms;    /* a longer one, and counting begins anew */
  uint32_t period_ms; /* at most, on the average */
} SpcHeatRule;

/* tiles that change together */
typedef struct {
  QxlRect tiles;  /* around it, in tiles */
  QxlRect exact;  /* around what has changed in them, pixels */
  uint32_t n;     /* its tiles in there */
  uint32_t n_hot; /* of these */
  /* of the hot ones, on the average */
  uint32_t period_ms;
  uint32_t age_ms;  /* has changed for so long */
  uint64_t bytes_s; /* as pictures */
} SpcHeatPatch;

typedef struct _SpcHeatMap SpcHeatMap;

/* life */
SpcHeatMap *spc_heat_map_new (uint32_t width, uint32_t height);
void spc_heat_map_free (SpcHeatMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcHeatMap, spc_heat_map_free)
void spc_heat_map_set_rule (SpcHeatMap *self, const SpcHeatRule *rule);

/* what happens; boxes lie inside the surface and are not empty */
/* tiles that are taken are left alone */
void spc_heat_map_touch (SpcHeatMap *self, const QxlRect *box, uint32_t now_ms);
/* what has changed in there, or in a part of the tile, was no film */
void spc_heat_map_cool (SpcHeatMap *self, const QxlRect *box);
/* a picture there has cost @bytes */
void spc_heat_map_pay (SpcHeatMap *self, const QxlRect *box, uint32_t bytes);
/* sets whether tiles that meet @box are taken */
void spc_heat_map_take (SpcHeatMap *self, const QxlRect *box, bool is_taken);

/* asking */
/* a tile that is not taken has become hot, or been hot and changed, since the
 * last find */
bool spc_heat_map_is_hot (const SpcHeatMap *self);
/* The patches of tiles not taken, each with a hot tile, as they come; returns
 * how many. */
guint spc_heat_map_find (SpcHeatMap *self, uint32_t now_ms,
                         SpcHeatPatch *patches, guint max);
/* What of the patches of the last find lies in @tiles. Sides that hold few
 * tiles are left out. False: nothing. */
bool spc_heat_map_measure (SpcHeatMap *self, const QxlRect *tiles,
                           uint32_t now_ms, SpcHeatPatch *patch);
/* the largest rectangle of tiles that all belong to patches of the last find */
bool spc_heat_map_densest (SpcHeatMap *self, const QxlRect *tiles,
                           uint32_t now_ms, SpcHeatPatch *patch);
