/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* past-places.h – remembers where streams have ended.
 *
 * One that begins where another ended lately waits longer before it ends
 * itself, so that a film that stops now and then does not come and go. Plain
 * data, of which zeroes are an empty one. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

#define SPC_PAST_PLACES 8

typedef struct {
  QxlRect rect;
  int64_t ended_us;
  int64_t wait_us; /* how long it had been still; 0: nothing is remembered */
} SpcPastPlace;

typedef struct {
  guint next;
  SpcPastPlace places[SPC_PAST_PLACES];
} SpcPastPlaces;

void spc_past_places_add (SpcPastPlaces *self, const QxlRect *rect,
                          int64_t wait_us, int64_t now_us);
/* how long one waits that begins there: @first_us if none has ended at about
 * the same place, or some more each time, up to @max_us. It is forgotten. */
int64_t spc_past_places_take (SpcPastPlaces *self, const QxlRect *rect,
                              int64_t first_us, int64_t max_us, int64_t now_us);
