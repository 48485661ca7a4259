/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/pixels.h"

#include <string.h>

static void
load1 (uint32_t *to, const uint8_t *row, size_t x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = row[(x + i) / 8] >> ((x + i) % 8) & 1u;
}

static void
load8 (uint32_t *to, const uint8_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = from[i];
}

static void
load16 (uint32_t *to, const uint8_t *from, size_t n)
{
  uint16_t value;

  for (size_t i = 0; i < n; i++) {
    memcpy (&value, from + i * 2, 2);
    to[i] = value;
  }
}

void
qxl_pixels_load (unsigned bits, uint32_t *to, const uint8_t *row, size_t x,
                 size_t n)
{
  switch (bits) {
  case 1:
    load1 (to, row, x, n);
    break;
  case 8:
    load8 (to, row + x, n);
    break;
  case 16:
    load16 (to, row + x * 2, n);
    break;
  default:
    memcpy (to, row + x * 4, n * 4);
  }
}

static void
store1 (uint8_t *row, size_t x, const uint32_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint8_t *byte = &row[(x + i) / 8];
    unsigned shift = (x + i) % 8;

    *byte = (uint8_t)((*byte & ~(1u << shift)) | (from[i] & 1u) << shift);
  }
}

static void
store8 (uint8_t *to, const uint32_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t)from[i];
}

static void
store16 (uint8_t *to, const uint32_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint16_t value = (uint16_t)from[i];

    memcpy (to + i * 2, &value, 2);
  }
}

void
qxl_pixels_store (unsigned bits, uint8_t *row, size_t x, const uint32_t *from,
                  size_t n)
{
  switch (bits) {
  case 1:
    store1 (row, x, from, n);
    break;
  case 8:
    store8 (row + x, from, n);
    break;
  case 16:
    store16 (row + x * 2, from, n);
    break;
  default:
    memcpy (row + x * 4, from, n * 4);
  }
}
