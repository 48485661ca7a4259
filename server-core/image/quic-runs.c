/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-runs.h"

enum {
  LAST_STATE = 31,
  MAX_ONES = 32, /* written at once */
  SHORT = 284,   /* pixels: what states before the 22nd expect together */
};

/* log2 of what a state expects */
static const uint8_t exponents[LAST_STATE + 1] = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,  2,  3,  3,  3,  3,
    4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

/* what all states before one expect */
static const uint16_t before[] = {0,  1,  2,  3,   4,   6,   8,    10,
                                  12, 16, 20, 24,  28,  36,  44,   52,
                                  60, 76, 92, 124, 156, 220, SHORT};

/* the state that a run from state 0 on reaches */
#define TWO(state) state, state
#define FOUR(state) TWO (state), TWO (state)
#define EIGHT(state) FOUR (state), FOUR (state)
#define SIXTEEN(state) EIGHT (state), EIGHT (state)
#define THIRTY_TWO(state) SIXTEEN (state), SIXTEEN (state)
#define SIXTY_FOUR(state) THIRTY_TWO (state), THIRTY_TWO (state)
static const uint8_t reached[SHORT] = {
    0,
    1,
    2,
    3,
    TWO (4),
    TWO (5),
    TWO (6),
    TWO (7),
    FOUR (8),
    FOUR (9),
    FOUR (10),
    FOUR (11),
    EIGHT (12),
    EIGHT (13),
    EIGHT (14),
    EIGHT (15),
    SIXTEEN (16),
    SIXTEEN (17),
    THIRTY_TWO (18),
    THIRTY_TWO (19),
    SIXTY_FOUR (20),
    SIXTY_FOUR (21),
};

/* a one for each state reached, a zero, the rest; then the code of none */
static inline void
put_end (SpcQuicBits *bits, uint8_t *state, unsigned end_state, unsigned ones,
         uint32_t rest, bool then_none)
{
  unsigned exponent = exponents[end_state];
  unsigned next = end_state - (end_state > 0);
  unsigned none = then_none ? 1 + exponents[next] : 0;
  uint64_t code = (((uint64_t)1 << ones) - 1) << (1 + exponent) | rest;

  spc_quic_bits_put (bits, code << none, ones + 1 + exponent + none);
  *state = (uint8_t)(next - (then_none && next > 0));
}

static void
put_long (SpcQuicBits *bits, uint8_t *state, uint32_t n, bool then_none)
{
  unsigned at = *state, ones = 0;

  while (n >= 1u << exponents[at]) {
    n -= 1u << exponents[at];
    at += at < LAST_STATE;
    if (++ones == MAX_ONES) {
      spc_quic_bits_put (bits, ((uint64_t)1 << MAX_ONES) - 1, MAX_ONES);
      ones = 0;
    }
  }
  put_end (bits, state, at, ones, n, then_none);
}

void
spc_quic_put_run (SpcQuicBits *bits, uint8_t *state, uint32_t n, bool then_none)
{
  if (G_LIKELY (*state < G_N_ELEMENTS (before) &&
                n < (uint32_t)SHORT - before[*state])) {
    uint32_t length = before[*state] + n;
    unsigned end_state = reached[length];

    put_end (bits, state, end_state, end_state - *state,
             length - before[end_state], then_none);
    return;
  }
  put_long (bits, state, n, then_none);
}

bool
spc_quic_get_run (SpcQuicBitReader *bits, uint8_t *state, uint32_t most,
                  uint32_t *n)
{
  uint32_t left = most, rest;

  while (spc_quic_bit_reader_get (bits, 1)) {
    uint32_t expected = 1u << exponents[*state];

    if (expected > left)
      return false;
    left -= expected;
    *state = (uint8_t)(*state + (*state < LAST_STATE));
  }
  rest = spc_quic_bit_reader_get (bits, exponents[*state]);
  if (rest > left)
    return false;
  *state = (uint8_t)(*state - (*state > 0));
  *n = most - left + rest;
  return true;
}
