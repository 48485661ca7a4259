/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-best.h – whether an encoder makes the best pictures there are.
 *
 * An encoder that has more bits than its finest pictures take makes the same
 * ones as another with still more, so that nobody gains by changing to that. It
 * is known when nearly all frames have been the finest for a while; a few
 * coarse ones close together end it, and then the next while is twice as long:
 * who goes by it does not go to and fro. How many bits these pictures take is
 * measured meanwhile, since whoever can take that can have them: more is
 * believed at once, less after a while, longer each time. Pure, plain data. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  unsigned score, needed; /* frames */
  bool is_best;
  unsigned taken_class; /* of a rate that pays for them; 0: not known yet */
  /* how long it has been less than that */
  unsigned n_less, less_class, patience; /* measurements */
  bool has_fallen;
  /* what is being measured */
  int64_t since_us; /* 0: nothing */
  size_t bytes;
} SpcRateBest;

/* no clear */
void spc_rate_best_init (SpcRateBest *self);
/* of each frame, in order; its time, monotonic */
void spc_rate_best_note (SpcRateBest *self, int64_t time_us, size_t bytes,
                         bool is_finest);
/* the encoder has fewer bits from now on: it is yet to be seen */
void spc_rate_best_begin_anew (SpcRateBest *self);

/* of the least rate that is enough for the best pictures, with an encoder of
 * @rate_class: that, unless they take less; 0: they are not the best */
unsigned spc_rate_best_class (const SpcRateBest *self, unsigned rate_class);
