/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-ungroup.h"

#include "quic-runs.h"

enum {
  FIRST_RUN = 3, /* column */
  FRONT = 4,     /* bytes in front of a line: a pixel of either size */
};

/* lines */

static size_t
line_size (uint32_t width, unsigned pixel_bytes)
{
  return FRONT + ((size_t)width * pixel_bytes + 3) / 4 * 4;
}

size_t
spc_quic_ungroup_memory_size (uint32_t width, unsigned pixel_bytes)
{
  return 3 * line_size (width, pixel_bytes);
}

void
spc_quic_ungroup_init (SpcQuicUngroup *self, const SpcQuicFamily *family,
                       uint32_t width, unsigned pixel_bytes, uint8_t *memory)
{
  size_t size = line_size (width, pixel_bytes);

  spc_quic_model_init (&self->model, family);
  self->width = width;
  self->pixel_bytes = (uint8_t)pixel_bytes;
  self->row = memory + FRONT;
  self->above = memory + size + FRONT;
  self->folded = memory + 2 * size + FRONT;
  self->has_above = false;
}

/* As in the encoder: column 0 is an ordinary one behind the pixel above it,
 * whose residual is its context. */
static void
put_front (SpcQuicUngroup *self)
{
  memcpy (self->row - self->pixel_bytes, self->above, self->pixel_bytes);
  memcpy (self->folded - self->pixel_bytes, self->folded, self->pixel_bytes);
}

/* components */

/* a folded residual; over the family's maximum: there is none such. @of: its
 * code, below 8, which is said once more for the compiler */
static inline unsigned
get_code (const SpcQuicFamily *family, unsigned of, SpcQuicBitReader *bits)
{
  unsigned code = of % G_N_ELEMENTS (family->ngr);
  uint32_t next = spc_quic_bit_reader_peek (bits, SPC_QUIC_MAX_PEEK);
  unsigned escape = family->ngr[code] >> code; /* zeros that lead one in */
  unsigned zeros = next ? (unsigned)__builtin_clz (next) : SPC_QUIC_MAX_PEEK;
  bool is_escape = zeros >= escape;
  unsigned from = is_escape ? escape : zeros + 1;
  unsigned n = is_escape ? family->escape_length[code] - escape : code;
  uint32_t value = (uint32_t)((uint64_t)(uint32_t)(next << from) >> (32 - n));

  spc_quic_bit_reader_skip (bits, from + n);
  return (is_escape ? family->ngr[code] : zeros << code) + value;
}

static inline uint8_t
unfold (unsigned u, uint8_t left, uint8_t above, unsigned max)
{
  unsigned d = u & 1 ? max - (u >> 1) : u >> 1;

  return (uint8_t)((((unsigned)left + above) >> 1) + d) & (uint8_t)max;
}

/* the pixel at @at bytes of the line; false: bits of none */
static inline bool
get_pixel (SpcQuicUngroup *self, const uint8_t *above, size_t at,
           SpcQuicBitReader *bits, unsigned n_components)
{
  SpcQuicModel *model = &self->model;
  const SpcQuicFamily *family = model->family;
  uint8_t *row = self->row + at, *u = self->folded + at;
  const uint8_t *left = row - self->pixel_bytes;
  const uint8_t *context = u - self->pixel_bytes;
  unsigned excess = 0;

  for (unsigned k = n_components; k-- > 0;) {
    unsigned code = model->best[k][family->buckets[context[k]]];
    unsigned value = get_code (family, code, bits);

    excess |= value & ~family->max;
    u[k] = (uint8_t)(value & family->max);
    row[k] = unfold (u[k], left[k], above[at + k], family->max);
  }
  if (model->wait-- > 0)
    return excess == 0;
  for (unsigned k = 0; k < n_components; k++)
    spc_quic_model_learn (model, k, context[k], u[k]);
  model->wait = spc_quic_model_next_wait (model);
  return excess == 0;
}

/* segments */

static inline bool
is_like_before (const uint8_t *line, size_t at, size_t pixel_bytes)
{
  return memcmp (line + at, line + at - pixel_bytes, pixel_bytes) == 0;
}

static bool
may_run (const SpcQuicUngroup *self, uint32_t column, size_t pixel_bytes)
{
  size_t at = (size_t)column * pixel_bytes;

  return self->has_above && column >= FIRST_RUN &&
         is_like_before (self->above, at, pixel_bytes) &&
         is_like_before (self->row, at - pixel_bytes, pixel_bytes);
}

static bool
get_run (SpcQuicUngroup *self, SpcQuicBitReader *bits, uint32_t *column,
         uint32_t end)
{
  size_t bytes = self->pixel_bytes;
  uint32_t n;

  if (!spc_quic_get_run (bits, &self->model.run_state, end - *column, &n))
    return false;
  for (; n; n--, ++*column)
    memcpy (self->row + *column * bytes, self->row + (*column - 1) * bytes,
            bytes);
  return true;
}

/* @pixel_bytes and @n_components are constants in each of its callers */
static inline bool
get_segment (SpcQuicUngroup *self, SpcQuicBitReader *bits, uint32_t column,
             uint32_t end, size_t pixel_bytes, unsigned n_components)
{
  /* without a row above, the pixel to the left is the only predictor */
  const uint8_t *above =
      self->has_above ? self->above : self->row - pixel_bytes;
  uint32_t run_start = G_MAXUINT32;

  while (column < end) {
    if (column != run_start && may_run (self, column, pixel_bytes)) {
      run_start = column;
      if (!get_run (self, bits, &column, end))
        return false;
      continue;
    }
    if (!get_pixel (self, above, column * pixel_bytes, bits, n_components))
      return false;
    column++;
  }
  return spc_quic_bit_reader_is_good (bits);
}

static bool
get_any_segment (SpcQuicUngroup *self, SpcQuicBitReader *bits, uint32_t column,
                 uint32_t end)
{
  if (self->pixel_bytes == 1)
    return get_segment (self, bits, column, end, 1, 1);
  return get_segment (self, bits, column, end, 4, 3);
}

static const uint8_t *
swap_lines (SpcQuicUngroup *self)
{
  uint8_t *row = self->row;

  self->row = self->above;
  self->above = row;
  self->has_above = true;
  return row;
}

const uint8_t *
spc_quic_ungroup_row (SpcQuicUngroup *self, SpcQuicBitReader *bits)
{
  SpcQuicModel *model = &self->model;
  uint32_t column = 0;

  put_front (self);
  while (model->step < SPC_QUIC_LAST_STEP &&
         model->left <= self->width - column) {
    if (!get_any_segment (self, bits, column, column + model->left))
      return NULL;
    column += model->left;
    spc_quic_model_step (model);
  }
  if (!get_any_segment (self, bits, column, self->width))
    return NULL;
  if (model->step < SPC_QUIC_LAST_STEP)
    model->left -= self->width - column;
  return swap_lines (self);
}
