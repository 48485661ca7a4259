/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-places.h – the places of a surface where streams should be.
 *
 * Keeps them apart from each other and on even coordinates, and their tiles
 * taken in the heat map. Plain data; one thread. */
#pragma once

#include "heat-map.h"
#include "past-places.h"
#include "stream-detect.h"
#include "stream-place.h"

typedef struct {
  QxlRect surface;
  const SpcStreamLimits *limits; /* not owned */
  SpcHeatMap *heat;              /* not owned */
  SpcPastPlaces past;
  uint32_t last_id;
  guint n;
  SpcStreamPlace at[SPC_MAX_STREAMS]; /* the oldest first */
} SpcStreamPlaces;

/* large enough for a stream */
bool spc_stream_places_can_hold (const SpcStreamPlaces *self,
                                 const QxlRect *rect);
/* False, and nothing is new: there is no room beside the others. */
bool spc_stream_places_begin (SpcStreamPlaces *self, const QxlRect *exact,
                              uint32_t period_us, int64_t now_us);
void spc_stream_places_end (SpcStreamPlaces *self, guint index, int64_t now_us);
/* It has gone to @exact, over others, which lose what it covers: those that are
 * too small then end. It ends itself if it is. */
void spc_stream_places_put (SpcStreamPlaces *self, guint index,
                            const QxlRect *exact, int64_t now_us);
/* to @exact, as far as there are no others; false: nothing has changed */
bool spc_stream_places_grow (SpcStreamPlaces *self, guint index,
                             const QxlRect *exact, int64_t now_us);
/* looks for sides where nothing changes any more */
void spc_stream_places_shrink (SpcStreamPlaces *self, guint index,
                               int64_t now_us);
/* chooses what is told of each place: told, as told_us says */
void spc_stream_places_tell (SpcStreamPlaces *self, int64_t now_us);
/* when another rectangle of a place is to be told; G_MAXINT64: never */
int64_t spc_stream_places_tell_us (const SpcStreamPlaces *self);
