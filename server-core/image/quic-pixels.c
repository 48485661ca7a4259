/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic-pixels.h"

#include <glib.h>
#include <string.h>

void
spc_quic_split_gray (const uint8_t *row, uint32_t n, uint8_t *first,
                     uint8_t *alpha)
{
  memcpy (first, row, n);
}

void
spc_quic_split_rgb16 (const uint8_t *row, uint32_t n, uint8_t *first,
                      uint8_t *alpha)
{
  for (size_t i = 0; i < n; i++) {
    uint32_t x = (uint32_t)(row[2 * i] | row[2 * i + 1] << 8);
    uint32_t quad =
        GUINT32_TO_LE ((x & 31) | (x >> 5 & 31) << 8 | (x >> 10 & 31) << 16);

    memcpy (first + 4 * i, &quad, 4);
  }
}

void
spc_quic_split_rgb24 (const uint8_t *row, uint32_t n, uint8_t *first,
                      uint8_t *alpha)
{
  for (size_t i = 0; i < n; i++) {
    uint32_t quad =
        GUINT32_TO_LE ((uint32_t)row[3 * i] | (uint32_t)row[3 * i + 1] << 8 |
                       (uint32_t)row[3 * i + 2] << 16);

    memcpy (first + 4 * i, &quad, 4);
  }
}

void
spc_quic_split_rgb32 (const uint8_t *row, uint32_t n, uint8_t *first,
                      uint8_t *alpha)
{
  const uint32_t colours = GUINT32_TO_LE (0x00ffffff);

  for (size_t i = 0; i < n; i++) {
    uint32_t quad;

    memcpy (&quad, row + 4 * i, 4);
    quad &= colours;
    memcpy (first + 4 * i, &quad, 4);
  }
}

void
spc_quic_split_rgba (const uint8_t *row, uint32_t n, uint8_t *first,
                     uint8_t *alpha)
{
  spc_quic_split_rgb32 (row, n, first, NULL);
  for (size_t i = 0; i < n; i++)
    alpha[i] = row[4 * i + 3];
}
