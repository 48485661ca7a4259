/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "graduality.h"

#include <stdlib.h>

/* pixels from one sample to the next; coprime to most widths, so that samples
 * do not stand in columns */
#define JUMP 15u
#define OTHER_JUMP 14u
/* difference of a component from which an edge is seen, of 255 */
#define EDGE 60
#define PAIRS_A_SQUARE 3u
/* scores are kept in quarters, so that sums are exact */
#define EQUAL 2
#define CONTRAST 4
#define GRADUAL (-1)
/* per pair, spec: choice of an encoding */
#define HIGH_BELOW (-0.03)
#define MEDIUM_BELOW 0.002

static int
score_pair (const uint8_t *a, const uint8_t *b)
{
  int blue = abs (a[0] - b[0]);
  int green = abs (a[1] - b[1]);
  int red = abs (a[2] - b[2]);

  if ((blue | green | red) == 0)
    return EQUAL;
  return blue >= EDGE || green >= EDGE || red >= EDGE ? CONTRAST : GRADUAL;
}

/* of a pixel with its right, lower and lower right neighbour; nothing for a
 * flat square */
static int
score_square (const QxlImage *image, uint32_t x, uint32_t y)
{
  const uint8_t *pixel = qxl_image_row (image, y) + (size_t)x * 4;
  const uint8_t *below = pixel + image->stride;
  int score = score_pair (pixel, pixel + 4) + score_pair (pixel, below) +
              score_pair (pixel, below + 4);

  return score == PAIRS_A_SQUARE * EQUAL ? 0 : score;
}

static double
measure (const QxlImage *image)
{
  uint32_t jump = JUMP % image->width == 0 ? OTHER_JUMP : JUMP;
  uint64_t end = (uint64_t)(image->height - 1) * image->width;
  uint64_t n_pairs = 0;
  int64_t total = 0;

  if (image->width <= 1 || image->height <= 1)
    return 1.0;
  for (uint64_t at = image->width / 2; at < end; at += jump) {
    if (at % image->width == image->width - 1)
      at--;
    total += score_square (image, (uint32_t)(at % image->width),
                           (uint32_t)(at / image->width));
    n_pairs += PAIRS_A_SQUARE;
  }
  return n_pairs > 0 ? (double)total / 4 / (double)n_pairs : 1.0;
}

SpcGraduality
spc_graduality (const QxlImage *image, double *score)
{
  double value = 1.0;

  if (image->format == QXL_FORMAT_BGRX || image->format == QXL_FORMAT_BGRA)
    value = measure (image);
  if (score != NULL)
    *score = value;
  if (value < HIGH_BELOW)
    return SPC_GRADUALITY_HIGH;
  return value < MEDIUM_BELOW ? SPC_GRADUALITY_MEDIUM : SPC_GRADUALITY_LOW;
}
