/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-kernels.h"

/* residuals */

/* bytes only, so that compilers find them side by side */
static inline uint8_t
fold (uint8_t x, uint8_t left, uint8_t above, uint8_t max)
{
  uint8_t mean = (uint8_t)((left & above) + ((left ^ above) >> 1));
  uint8_t d = (uint8_t)(x - mean) & max;
  uint8_t negative = d > max >> 1 ? 255 : 0;

  return (uint8_t)((uint8_t)(d + d) ^ negative) & max;
}

static void
fold_line (const uint8_t *row, const uint8_t *left, const uint8_t *above,
           size_t n_bytes, uint8_t max, uint8_t *folded)
{
  for (size_t i = 0; i < n_bytes; i++)
    folded[i] = fold (row[i], left[i], above[i], max);
}

static void
predict_quads (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  uint32_t left, pixel;

  fold_line (row, row - 4, above, 4 * (size_t)n, (uint8_t)max, folded);
  memcpy (&left, row - 4, 4);
  for (size_t at = 0; at < n; at += 64) {
    uint64_t word = 0;

    for (size_t i = 0; i < MIN (64, n - at); i++, left = pixel) {
      memcpy (&pixel, row + 4 * (at + i), 4);
      word |= (uint64_t)(pixel == left) << i;
    }
    equal[at / 64] = word;
  }
}

static void
predict_bytes (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  const uint8_t *left = row - 1;

  fold_line (row, left, above, n, (uint8_t)max, folded);
  for (size_t at = 0; at < n; at += 64) {
    uint64_t word = 0;

    for (size_t i = 0; i < MIN (64, n - at); i++)
      word |= (uint64_t)(row[at + i] == left[at + i]) << i;
    equal[at / 64] = word;
  }
}

/* codes */

static inline unsigned
value_of (unsigned codeword)
{
  return codeword >> SPC_QUIC_LENGTH_BITS;
}

static inline unsigned
length_of (unsigned codeword)
{
  return codeword & ((1 << SPC_QUIC_LENGTH_BITS) - 1);
}

static inline unsigned
codeword_of (const SpcQuicModel *model, unsigned component, unsigned context,
             unsigned u)
{
  unsigned bucket = model->family->buckets[context];

  return model->family->codewords[u][model->best[component][bucket]];
}

/* up to 78 bits, rarely over 64 */
static inline void
put_quad (const SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
          const uint8_t *u)
{
  unsigned blue = codeword_of (model, 0, context[0], u[0]);
  unsigned green = codeword_of (model, 1, context[1], u[1]);
  unsigned red = codeword_of (model, 2, context[2], u[2]);
  unsigned n = length_of (green) + length_of (blue);
  uint64_t low =
      (uint64_t)value_of (green) << length_of (blue) | value_of (blue);

  if (G_LIKELY (n + length_of (red) <= 64)) {
    spc_quic_bits_put (bits, (uint64_t)value_of (red) << n | low,
                       n + length_of (red));
    return;
  }
  spc_quic_bits_put (bits, value_of (red), length_of (red));
  spc_quic_bits_put (bits, low, n);
}

static void
code_quads (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
            const uint8_t *u, uint32_t n)
{
  SpcQuicBits local = *bits;

  for (; n; n--, context = u, u += 4) {
    put_quad (model, &local, context, u);
    if (model->wait--)
      continue;
    for (unsigned k = 0; k < 3; k++)
      spc_quic_model_learn (model, k, context[k], u[k]);
    model->wait = spc_quic_model_next_wait (model);
  }
  *bits = local;
}

static void
code_bytes (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *context,
            const uint8_t *u, uint32_t n)
{
  SpcQuicBits local = *bits;

  for (; n; n--, context = u, u++) {
    unsigned codeword = codeword_of (model, 0, *context, *u);

    spc_quic_bits_put (&local, value_of (codeword), length_of (codeword));
    if (model->wait--)
      continue;
    spc_quic_model_learn (model, 0, *context, *u);
    model->wait = spc_quic_model_next_wait (model);
  }
  *bits = local;
}

/* runs */

static void
keep (const uint64_t *runs, const uint8_t *kept, uint32_t n, size_t pixel_bytes,
      uint8_t *folded)
{
  for (size_t at = 0; at * 64 < n; at++)
    for (uint64_t word = runs[at]; word; word &= word - 1) {
      size_t i = at * 64 + (size_t)__builtin_ctzll (word);

      memcpy (folded + i * pixel_bytes, kept + i * pixel_bytes, pixel_bytes);
    }
}

static void
keep_quads (const uint64_t *runs, const uint8_t *kept, uint32_t n,
            uint8_t *folded)
{
  keep (runs, kept, n, 4, folded);
}

void
spc_quic_keep_bytes_c (const uint64_t *runs, const uint8_t *kept, uint32_t n,
                       uint8_t *folded)
{
  keep (runs, kept, n, 1, folded);
}

static bool
always (void)
{
  return true;
}

const SpcQuicKernels spc_quic_kernels_c = {
    "c",
    always,
    {predict_quads, predict_bytes},
    {code_quads, code_bytes},
    {keep_quads, spc_quic_keep_bytes_c},
};
