/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-runs.h"

enum { N_STATES = 32, ROOM = 64 };

static const uint8_t exponents[N_STATES] = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,  2,  3,  3,  3,  3,
    4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

/* the rule, one bit at a time */
static void
put_slowly (SpcQuicBits *bits, uint8_t *state, uint32_t n)
{
  while (n >= 1u << exponents[*state]) {
    spc_quic_bits_put (bits, 1, 1);
    n -= 1u << exponents[*state];
    *state += *state < N_STATES - 1;
  }
  spc_quic_bits_put (bits, 0, 1);
  for (unsigned bit = exponents[*state]; bit; bit--)
    spc_quic_bits_put (bits, n >> (bit - 1) & 1, 1);
  *state -= *state > 0;
}

static void
check (uint8_t state, uint32_t n, bool then_none)
{
  uint8_t memory[2][ROOM] = {{0}}, states[2] = {state, state};
  SpcQuicBits bits[2] = {{.at = memory[0]}, {.at = memory[1]}};

  /* behind some bits that are gathered already */
  for (int i = 0; i < 2; i++)
    spc_quic_bits_put (&bits[i], 5, 1 + n % 61 + 3);
  spc_quic_put_run (&bits[0], &states[0], n, then_none);
  put_slowly (&bits[1], &states[1], n);
  if (then_none)
    put_slowly (&bits[1], &states[1], 0);
  for (int i = 0; i < 2; i++)
    spc_quic_bits_put (&bits[i], 0, 64); /* all that is gathered */
  g_assert_cmpuint (states[0], ==, states[1]);
  g_assert_cmpint (bits[0].at - memory[0], ==, bits[1].at - memory[1]);
  g_assert_cmpmem (memory[0], (size_t)(bits[0].at - memory[0]), memory[1],
                   (size_t)(bits[1].at - memory[1]));
  g_assert_cmpuint (bits[0].n, ==, bits[1].n);
}

static void
test_short (void)
{
  for (unsigned state = 0; state < N_STATES; state++)
    for (uint32_t n = 0; n < 700; n++) {
      check ((uint8_t)state, n, false);
      check ((uint8_t)state, n, true);
    }
}

static void
test_long (void)
{
  for (unsigned state = 0; state < N_STATES; state++)
    for (uint32_t n = 700; n <= 65536; n += 1 + n / 9) {
      check ((uint8_t)state, n, false);
      check ((uint8_t)state, n, true);
    }
  check (N_STATES - 1, 3000000, true);
}

/* what was written comes back, and no more than that is allowed */
static void
check_get (uint8_t state, uint32_t n)
{
  uint8_t memory[ROOM] = {0}, written = state, read = state;
  SpcQuicBits bits = {.at = memory};
  SpcQuicBitReader reader;
  uint32_t got = 0;

  spc_quic_put_run (&bits, &written, n, false);
  spc_quic_bits_put (&bits, 0x5a, 8);
  spc_quic_bits_put (&bits, 0, 64);
  spc_quic_bit_reader_init (&reader, memory, sizeof memory);
  g_assert_true (spc_quic_get_run (&reader, &read, n, &got));
  g_assert_cmpuint (got, ==, n);
  g_assert_cmpuint (read, ==, written);
  g_assert_cmphex (spc_quic_bit_reader_get (&reader, 8), ==, 0x5a);
  if (n == 0)
    return;
  read = state;
  spc_quic_bit_reader_init (&reader, memory, sizeof memory);
  g_assert_false (spc_quic_get_run (&reader, &read, n - 1, &got));
}

static void
test_get (void)
{
  for (unsigned state = 0; state < N_STATES; state++)
    for (uint32_t n = 0; n <= 65536; n += 1 + n / 70)
      check_get ((uint8_t)state, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quic-runs/short", test_short);
  g_test_add_func ("/quic-runs/long", test_long);
  g_test_add_func ("/quic-runs/are-read", test_get);
  return g_test_run ();
}
