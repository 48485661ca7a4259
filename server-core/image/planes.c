/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planes.h"

#include <string.h>

void
spc_planes_put_colours_of_24 (uint8_t *to, const uint8_t *from, size_t n)
{
  for (; n; n--, to += 4, from += 3) {
    memcpy (to, from, 3);
    to[3] = 0;
  }
}

void
spc_planes_put_colours_of_32 (uint8_t *to, const uint8_t *from, size_t n)
{
  static const uint8_t mask_bytes[4] = {255, 255, 255, 0};
  uint32_t mask, pixel;

  memcpy (&mask, mask_bytes, 4);
  for (size_t i = 0; i < n; i++) {
    memcpy (&pixel, from + 4 * i, 4);
    pixel &= mask;
    memcpy (to + 4 * i, &pixel, 4);
  }
}

void
spc_planes_put_alphas (uint8_t *to, const uint8_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = from[4 * i + 3];
}

bool
spc_planes_are_of_alpha (const uint8_t *from, size_t n, uint8_t alpha)
{
  uint8_t others = 0;

  for (size_t i = 0; i < n; i++)
    others |= from[4 * i + 3] ^ alpha;
  return others == 0;
}
