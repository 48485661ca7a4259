/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-kernels.h"

/* residuals */

static inline uint8_t
fold (unsigned x, unsigned left, unsigned above, unsigned max)
{
  unsigned d = (x - ((left + above) >> 1)) & max;

  return (uint8_t)(d <= max >> 1 ? 2 * d : 2 * (max - d) + 1);
}

static void
fold_line (const uint8_t *row, const uint8_t *left, const uint8_t *above,
           size_t n_bytes, unsigned max, uint8_t *folded)
{
  for (size_t i = 0; i < n_bytes; i++)
    folded[i] = fold (row[i], left[i], above[i], max);
}

static void
predict_quads (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  uint32_t left, pixel;

  fold_line (row, row - 4, above, 4 * (size_t)n, max, folded);
  memset (equal, 0, (n + 63) / 64 * sizeof *equal);
  memcpy (&left, row - 4, 4);
  for (size_t i = 0; i < n; i++, left = pixel) {
    memcpy (&pixel, row + 4 * i, 4);
    equal[i / 64] |= (uint64_t)(pixel == left) << i % 64;
  }
}

static void
predict_bytes (const uint8_t *row, const uint8_t *above, uint32_t n,
               unsigned max, uint8_t *folded, uint64_t *equal)
{
  const uint8_t *left = row - 1;

  fold_line (row, left, above, n, max, folded);
  memset (equal, 0, (n + 63) / 64 * sizeof *equal);
  for (size_t i = 0; i < n; i++)
    equal[i / 64] |= (uint64_t)(row[i] == left[i]) << i % 64;
}

/* learning */

static inline void
learn (SpcQuicModel *model, unsigned component, unsigned context, unsigned u)
{
  const SpcQuicFamily *family = model->family;
  unsigned bucket = family->buckets[context], least = G_MAXUINT, first = 0;
  const uint16_t *lengths = family->lengths[u];
  uint16_t *counters = model->counters[component][bucket];

  for (unsigned i = 0; i < SPC_QUIC_MAX_CODES; i++) {
    unsigned counter = counters[i] += lengths[i];

    first = counter < least ? i : first;
    least = counter < least ? counter : least;
  }
  model->best[component][bucket] = (uint8_t)(family->bits - 1 - first);
  if (least > model->trigger)
    for (unsigned i = 0; i < SPC_QUIC_MAX_CODES; i++)
      counters[i] >>= 1;
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

/* up to 78 bits, rarely over 64 */
static inline void
put_colours (SpcQuicBits *bits, unsigned red, unsigned green, unsigned blue)
{
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

static inline void
put_quads (const SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *u,
           uint32_t n)
{
  const uint16_t (*codewords)[SPC_QUIC_MAX_CODES] = model->family->codewords;
  const uint8_t *buckets = model->family->buckets;
  unsigned blue = buckets[u[-4]];
  unsigned green = buckets[u[-3]];
  unsigned red = buckets[u[-2]];

  for (; n; n--, u += 4) {
    put_colours (bits, codewords[u[2]][model->best[2][red]],
                 codewords[u[1]][model->best[1][green]],
                 codewords[u[0]][model->best[0][blue]]);
    blue = buckets[u[0]];
    green = buckets[u[1]];
    red = buckets[u[2]];
  }
}

static inline void
put_bytes (const SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *u,
           uint32_t n)
{
  for (; n; n--, u++) {
    unsigned bucket = model->family->buckets[u[-1]];
    unsigned codeword = model->family->codewords[*u][model->best[0][bucket]];

    spc_quic_bits_put (bits, value_of (codeword), length_of (codeword));
  }
}

static void
code_quads (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *u,
            uint32_t n)
{
  SpcQuicBits local = *bits;

  while (n > model->wait) {
    const uint8_t *last = u + 4 * (size_t)model->wait;

    put_quads (model, &local, u, model->wait + 1);
    for (unsigned k = 0; k < 3; k++)
      learn (model, k, *(last + k - 4), last[k]);
    n -= model->wait + 1;
    u = last + 4;
    model->wait = spc_quic_model_next_wait (model);
  }
  put_quads (model, &local, u, n);
  model->wait -= n;
  *bits = local;
}

static void
code_bytes (SpcQuicModel *model, SpcQuicBits *bits, const uint8_t *u,
            uint32_t n)
{
  SpcQuicBits local = *bits;

  while (n > model->wait) {
    const uint8_t *last = u + model->wait;

    put_bytes (model, &local, u, model->wait + 1);
    learn (model, 0, last[-1], last[0]);
    n -= model->wait + 1;
    u = last + 1;
    model->wait = spc_quic_model_next_wait (model);
  }
  put_bytes (model, &local, u, n);
  model->wait -= n;
  *bits = local;
}

static bool
always (void)
{
  return true;
}

const SpcQuicKernels spc_quic_kernels_c = {
    "c", always, {predict_quads, predict_bytes}, {code_quads, code_bytes}};
