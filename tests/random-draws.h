/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* random-draws.h – draw commands of all kinds from a seed, and what they show.
 *
 * Fills, copies, moves that overlap, surfaces that are not shown, drawn on,
 * shown and gone again, and a primary surface that changes its size. Each draw
 * is drawn plainly as it is made. One thread. */
#pragma once

#include "qxl/surface.h"

typedef struct _RandomDraws RandomDraws;

RandomDraws *random_draws_new (uint32_t seed);
void random_draws_free (RandomDraws *self);
/* the next commands, with at most @max_draws of draws, at least one, counted in
 * *@n_draws; the first batch creates the primary surface. (transfer full) */
QxlBatch *random_draws_next (RandomDraws *self, guint max_draws,
                             guint *n_draws);
/* whether the next thing is to happen, by chance */
bool random_draws_toss (RandomDraws *self);
/* what the primary surface shows; (transfer full) */
QxlImage *random_draws_picture (const RandomDraws *self);
