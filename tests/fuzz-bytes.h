/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz-bytes.h – choices and pictures out of a fuzzer's bytes.
 *
 * When the bytes are used up all choices are 0, so that each prefix of an input
 * is one, too. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const uint8_t *at, *end;
} FuzzBytes;

static inline FuzzBytes
fuzz_bytes (const uint8_t *data, size_t size)
{
  return (FuzzBytes){data, data + size};
}

static inline bool
fuzz_has_more (const FuzzBytes *self)
{
  return self->at < self->end;
}

/* 0 to 255 */
static inline unsigned
fuzz_byte (FuzzBytes *self)
{
  return self->at < self->end ? *self->at++ : 0;
}

/* 0 to 65535 */
static inline unsigned
fuzz_word (FuzzBytes *self)
{
  unsigned low = fuzz_byte (self);

  return low | fuzz_byte (self) << 8;
}

/* 0 to n - 1; n up to 256 */
static inline unsigned
fuzz_choice (FuzzBytes *self, unsigned n)
{
  return fuzz_byte (self) % n;
}

/* Fills @units of @unit bytes each with literals, runs, copies of what is
 * before and slopes: few bytes make large pictures such as encoders like.
 * @pool: what copies may also come from; @pool_size may be 0. */
void fuzz_picture (FuzzBytes *self, uint8_t *units, size_t n_units,
                   unsigned unit, const uint8_t *pool, size_t pool_size);
