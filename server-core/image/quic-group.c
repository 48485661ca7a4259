/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-group.h"

#include "quic-runs.h"

enum {
  FIRST_RUN = 3, /* column */
  /* Bits of a pixel at most: codewords, and in front of them the code of a
   * run of no pixels. A longer run is less. */
  WORST_QUAD = 3 * SPC_QUIC_MAX_LENGTH + SPC_QUIC_RUN_END,
  WORST_BYTE = SPC_QUIC_MAX_LENGTH + SPC_QUIC_RUN_END,
  SPARE_BYTES = 16, /* gathered before, and behind the last whole word */
};

/* lines */

static size_t
line_size (uint32_t width, unsigned pixel_bytes)
{
  size_t bytes = (size_t)width * pixel_bytes + 2 * SPC_QUIC_LINE_PAD;

  return (bytes + 7) / 8 * 8;
}

static size_t
bits_size (uint32_t width)
{
  return ((size_t)width / 64 + 1) * sizeof (uint64_t) + SPC_QUIC_LINE_PAD;
}

size_t
spc_quic_group_memory_size (uint32_t width, unsigned pixel_bytes)
{
  return 4 * line_size (width, pixel_bytes) + 4 * bits_size (width);
}

void
spc_quic_group_init (SpcQuicGroup *self, const SpcQuicKernels *kernels,
                     const SpcQuicFamily *family, uint32_t width,
                     unsigned pixel_bytes, uint8_t *memory)
{
  uint8_t **lines[] = {&self->row, &self->above, &self->folded, &self->kept};
  uint64_t **bits[] = {&self->equal, &self->equal_above, &self->starts,
                       &self->runs};

  memset (memory, 0, spc_quic_group_memory_size (width, pixel_bytes));
  spc_quic_model_init (&self->model, family);
  self->kernels = kernels;
  self->width = width;
  self->pixel_bytes = (uint8_t)pixel_bytes;
  self->has_above = false;
  for (size_t i = 0; i < G_N_ELEMENTS (bits); i++) {
    *bits[i] = (uint64_t *)(gpointer)memory;
    memory += bits_size (width);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    *lines[i] = memory + SPC_QUIC_LINE_PAD;
    memory += line_size (width, pixel_bytes);
  }
}

/* The pixel in front of a line makes column 0 an ordinary one: its predictor
 * is the mean of twice the pixel above, its context the one that is kept. */
static void
put_front (SpcQuicGroup *self)
{
  memcpy (self->row - self->pixel_bytes, self->above, self->pixel_bytes);
  memcpy (self->folded - self->pixel_bytes, self->kept, self->pixel_bytes);
}

static void
swap_lines (SpcQuicGroup *self)
{
  uint8_t *row = self->row, *folded = self->folded;
  uint64_t *equal = self->equal;

  self->row = self->above;
  self->above = row;
  self->folded = self->kept;
  self->kept = folded;
  self->equal = self->equal_above;
  self->equal_above = equal;
  self->has_above = true;
}

/* runs */

/* the first column from @from on whose bit is not that of @flip; @end if none
 * is before it */
static inline uint32_t
find_bit (const uint64_t *bits, uint64_t flip, uint32_t from, uint32_t end)
{
  size_t at = from / 64;
  uint64_t word = (bits[at] ^ flip) & ~(uint64_t)0 << from % 64;

  while (!word && ++at * 64 < end)
    word = bits[at] ^ flip;
  if (!word)
    return end;
  return (uint32_t)MIN (at * 64 + (unsigned)__builtin_ctzll (word), end);
}

/* above[i - 1] is like above[i], and row[i - 2] like row[i - 1] */
static void
find_starts (SpcQuicGroup *self)
{
  uint64_t carry = 0;

  for (size_t at = 0; at * 64 < self->width; at++) {
    self->starts[at] = self->equal_above[at] & (self->equal[at] << 1 | carry);
    carry = self->equal[at] >> 63;
  }
  self->starts[0] &= ~(uint64_t)0 << FIRST_RUN;
}

static inline void
set_bits (uint64_t *bits, uint32_t from, uint32_t end)
{
  size_t at = from / 64, last = end / 64;
  uint64_t word = ~(uint64_t)0 << from % 64;

  for (; at < last; word = ~(uint64_t)0)
    bits[at++] |= word;
  bits[at] |= word & (((uint64_t)1 << end % 64) - 1);
}

/* segments */

static inline bool
has_bit (const uint64_t *bits, uint32_t at)
{
  return bits[at / 64] >> at % 64 & 1;
}

/* @start to @end; the pixel before @start was in a run if @after_run */
static inline void
code_pixels (SpcQuicGroup *self, SpcQuicBits *bits, uint32_t start,
             uint32_t end, bool after_run)
{
  size_t at = (size_t)start * self->pixel_bytes;
  /* runs do not touch residuals: those kept from before stay */
  const uint8_t *contexts = after_run ? self->kept : self->folded;

  self->kernels->code[self->pixel_bytes == 1](&self->model, bits,
                                              contexts + at - self->pixel_bytes,
                                              self->folded + at, end - start);
}

/* Where a run has ended another may start, which is then one of no pixels; in
 * any case the pixel there is coded next, and starts are to be looked for only
 * behind it. */
static void
code_segment (SpcQuicGroup *self, SpcQuicBits *bits, uint32_t column,
              uint32_t end)
{
  bool after_run = column && has_bit (self->runs, column - 1);
  uint32_t start = find_bit (self->starts, 0, column, end);

  for (;;) {
    if (start > column)
      code_pixels (self, bits, column, start, after_run);
    if (start == end)
      return;
    after_run &= start == column;
    column = find_bit (self->equal, ~(uint64_t)0, start, end);
    spc_quic_put_run (bits, &self->model.run_state, column - start,
                      column > start && column < end &&
                          has_bit (self->starts, column));
    set_bits (self->runs, start, column);
    after_run |= column > start;
    if (column == end)
      return;
    start = find_bit (self->starts, 0, column + 1, end);
  }
}

size_t
spc_quic_group_worst_row (uint32_t width, unsigned pixel_bytes)
{
  size_t bits = pixel_bytes == 1 ? WORST_BYTE : WORST_QUAD;

  return (width * bits + 7) / 8 + SPARE_BYTES;
}

static void
prepare_row (SpcQuicGroup *self)
{
  /* without a row above, the pixel to the left is the only predictor */
  const uint8_t *above =
      self->has_above ? self->above : self->row - self->pixel_bytes;

  put_front (self);
  self->kernels->predict[self->pixel_bytes == 1](self->row, above, self->width,
                                                 self->model.family->max,
                                                 self->folded, self->equal);
  if (self->has_above)
    find_starts (self);
  memset (self->runs, 0, bits_size (self->width));
}

void
spc_quic_group_code_row (SpcQuicGroup *self, SpcQuicBits *bits)
{
  SpcQuicModel *model = &self->model;
  uint32_t column = 0;

  prepare_row (self);
  while (model->step < SPC_QUIC_LAST_STEP &&
         model->left <= self->width - column) {
    code_segment (self, bits, column, column + model->left);
    column += model->left;
    spc_quic_model_step (model);
  }
  code_segment (self, bits, column, self->width);
  if (model->step < SPC_QUIC_LAST_STEP)
    model->left -= self->width - column;
  self->kernels->keep[self->pixel_bytes == 1](self->runs, self->kept,
                                              self->width, self->folded);
  swap_lines (self);
}
