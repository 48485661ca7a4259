/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film-rest.h"

#include <glib.h>

#define STILL_US (SPC_FILM_STILL_MS * INT64_C (1000))
#define STEADY_US (SPC_FILM_STEADY_MS * INT64_C (1000))

void
spc_film_rest_note (SpcFilmRest *self, int64_t now_us)
{
  if (self->frame_us != 0 && now_us - self->frame_us >= STILL_US)
    self->gap_us = now_us;
  self->frame_us = now_us;
}

bool
spc_film_rest_has_begun (const SpcFilmRest *self)
{
  return self->frame_us != 0;
}

bool
spc_film_rest_is_still (const SpcFilmRest *self, int64_t now_us)
{
  if (!spc_film_rest_has_begun (self))
    return false;
  return now_us - self->frame_us >= STILL_US ||
         (self->gap_us != 0 && now_us - self->gap_us < STEADY_US);
}

int64_t
spc_film_rest_next_us (const SpcFilmRest *self, int64_t now_us)
{
  if (!spc_film_rest_has_begun (self) || spc_film_rest_is_still (self, now_us))
    return G_MAXINT64;
  return self->frame_us + STILL_US;
}
