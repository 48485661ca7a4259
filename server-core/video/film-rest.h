/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* film-rest.h – whether a film stands still.
 *
 * It does when no frame has come for a while: it is paused, is over, or never
 * had more than one. One that goes on by fits and starts counts as standing
 * until its frames have come without a gap for some time, so that what is done
 * for it meanwhile does not begin and end with each of them. Pure, plain data:
 * all zero is a film without frames. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* without a frame: it stands */
#define SPC_FILM_STILL_MS 400u
/* without a gap: it goes on */
#define SPC_FILM_STEADY_MS 2000u

typedef struct {
  int64_t frame_us; /* of the last; 0: none has come */
  int64_t gap_us;   /* of the last that came after a gap; 0: none did */
} SpcFilmRest;

/* a frame has come; times are monotonic and do not go back */
void spc_film_rest_note (SpcFilmRest *self, int64_t now_us);

/* a frame has come */
bool spc_film_rest_has_begun (const SpcFilmRest *self);
bool spc_film_rest_is_still (const SpcFilmRest *self, int64_t now_us);
/* when that will be another answer, if no frame comes; G_MAXINT64: never */
int64_t spc_film_rest_next_us (const SpcFilmRest *self, int64_t now_us);
