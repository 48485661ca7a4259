/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-bytes.h"

#include <glib.h>
#include <string.h>

/* a picture being made */
typedef struct {
  FuzzBytes *bytes;
  uint8_t *units;
  size_t at, end; /* bytes */
  unsigned unit;
  const uint8_t *pool;
  size_t pool_size;
} Picture;

static void
put_literals (Picture *self, size_t size)
{
  for (; size; size--)
    self->units[self->at++] = (uint8_t)fuzz_byte (self->bytes);
}

static void
put_run (Picture *self, size_t size)
{
  uint8_t *from = self->units + self->at;
  size_t first = MIN (size, self->unit);

  put_literals (self, first);
  for (; first < size; first++)
    self->units[self->at++] = *from++;
}

static void
put_copy (Picture *self, size_t size)
{
  size_t distance = (fuzz_word (self->bytes) + (size_t)1) * self->unit;

  if (distance > self->at) {
    put_run (self, size);
    return;
  }
  for (; size; size--, self->at++)
    self->units[self->at] = self->units[self->at - distance];
}

static void
put_from_pool (Picture *self, size_t size)
{
  size_t from = fuzz_word (self->bytes) * (size_t)self->unit;

  if (from + size > self->pool_size) {
    put_copy (self, size);
    return;
  }
  memcpy (self->units + self->at, self->pool + from, size);
  self->at += size;
}

static void
put_slope (Picture *self, size_t size)
{
  unsigned step = fuzz_byte (self->bytes), value = step;

  for (; size; size--, value += step & 7)
    self->units[self->at++] = (uint8_t)(value >> 1);
}

void
fuzz_picture (FuzzBytes *self, uint8_t *units, size_t n_units, unsigned unit,
              const uint8_t *pool, size_t pool_size)
{
  static void (*const puts[]) (Picture *, size_t) = {
      put_literals, put_run, put_copy, put_from_pool, put_slope,
  };
  enum { MANY = 255 / G_N_ELEMENTS (puts) };
  Picture picture = {self, units, 0, n_units * unit, unit, pool, pool_size};

  while (fuzz_has_more (self) && picture.at < picture.end) {
    unsigned choice = fuzz_byte (self);
    size_t n = 1 + choice / G_N_ELEMENTS (puts);

    if (n > MANY)
      n = 1 + fuzz_word (self);
    puts[choice % G_N_ELEMENTS (puts)](
        &picture, MIN (n * unit, picture.end - picture.at));
  }
  memset (units + picture.at, 0, picture.end - picture.at);
}
