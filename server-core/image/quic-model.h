/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-model.h – what QUIC learns about a group of components while it codes.
 *
 * Each component of a group (the colours, alpha, gray) has a bucket for every
 * class of context; a bucket counts what each code would have cost so far and
 * names the cheapest. Learning becomes rarer as the image proceeds: the pace
 * (spec: QUIC).
 * Plain data of one image being coded, on one thread. */
#pragma once

#include "quic-codes.h"
#include <glib.h>
#include <stdbool.h>

enum {
  SPC_QUIC_MAX_COMPONENTS = 4, /* B, G, R and the unused fourth byte */
  SPC_QUIC_LAST_STEP = 6,
};

typedef struct {
  const SpcQuicFamily *family;
  /* [component][bucket][]: from the largest l down, as in the family's
   * lengths. At most 26 × 902, as the least of them is at most 926 before it
   * is halved and grows by 1 to 26 each time. */
  _Alignas(32) uint16_t
      counters[SPC_QUIC_MAX_COMPONENTS][SPC_QUIC_MAX_CODES][SPC_QUIC_MAX_CODES];
  /* [component][bucket]: the code to use */
  _Alignas(32) uint8_t best[SPC_QUIC_MAX_COMPONENTS][SPC_QUIC_MAX_CODES];
  /* pace */
  uint32_t wait;      /* pixels until the next learning */
  uint32_t wait_mask; /* of the random number that becomes @wait */
  uint32_t trigger;   /* counters above it are halved */
  uint32_t left;      /* pixels until the next step */
  uint8_t step, seed;
  /* of the run-length code */
  uint8_t run_state;
} SpcQuicModel;

void spc_quic_model_init (SpcQuicModel *self, const SpcQuicFamily *family);

/* the next step, at the end of a segment; there must be one */
void spc_quic_model_step (SpcQuicModel *self);

/* random numbers of the format; only the low six bits are ever used */
extern const uint8_t spc_quic_random[256];

/* after a learning: how many pixels the next one waits for */
static inline uint32_t
spc_quic_model_next_wait (SpcQuicModel *self)
{
  return spc_quic_random[++self->seed] & self->wait_mask;
}

/* counts what each code would have cost for @u, which has this context, and
 * chooses anew; the plain form, that kernels may do faster */
static inline void
spc_quic_model_learn (SpcQuicModel *self, unsigned component, unsigned context,
                      unsigned u)
{
  const SpcQuicFamily *family = self->family;
  unsigned bucket = family->buckets[context], least = G_MAXUINT, first = 0;
  const uint16_t *lengths = family->lengths[u];
  uint16_t *counters = self->counters[component][bucket];

  for (unsigned i = 0; i < SPC_QUIC_MAX_CODES; i++) {
    unsigned counter = counters[i] += lengths[i];

    first = counter < least ? i : first;
    least = counter < least ? counter : least;
  }
  self->best[component][bucket] = (uint8_t)(family->bits - 1 - first);
  if (least > self->trigger)
    for (unsigned i = 0; i < SPC_QUIC_MAX_CODES; i++)
      counters[i] >>= 1;
}
