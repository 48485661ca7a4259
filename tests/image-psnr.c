/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-psnr.h"

#include <math.h>

uint64_t
image_squared_error (const uint8_t *a, const uint8_t *b, size_t n)
{
  uint64_t sum = 0;

  for (; n; n--, a += 4, b += 4)
    for (int c = 0; c < 3; c++)
      sum += (uint64_t)((a[c] - b[c]) * (a[c] - b[c]));
  return sum;
}

double
image_psnr (uint64_t squared_error, uint64_t n_pixels)
{
  double mean = (double)squared_error / (3.0 * (double)n_pixels);

  return squared_error ? 10 * log10 (255.0 * 255.0 / mean) : IMAGE_PSNR_SAME;
}
