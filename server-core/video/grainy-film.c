/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "grainy-film.h"

enum { CELL = 32, GRAIN_MIDDLE = 22 };

/* a bijection of 32 bits that leaves no pattern */
static uint32_t
scatter (uint32_t value)
{
  value = (value ^ value >> 16) * 0x7feb352du;
  value = (value ^ value >> 15) * 0x846ca68bu;
  return value ^ value >> 16;
}

/* 0 to 255: corners of a grid, blended */
static int
find_light (uint32_t x, uint32_t y, uint32_t plane)
{
  uint32_t fx = x % CELL, fy = y % CELL, sum = 0;

  for (uint32_t i = 0; i < 4; i++) {
    uint32_t cx = x / CELL + (i & 1), cy = y / CELL + (i >> 1);
    uint32_t corner = scatter (cy << 16 ^ cx ^ plane << 28) & 0xff;
    sum += corner * (i & 1 ? fx : CELL - fx) * (i >> 1 ? fy : CELL - fy);
  }
  return (int)(sum / (CELL * CELL));
}

/* about normal, of a deviation of 8 levels */
static int
find_grain (uint32_t x, uint32_t y, uint32_t number)
{
  uint32_t luck = scatter (x ^ y << 13 ^ number << 26 ^ number * 77);

  return (int)((luck & 15) + (luck >> 8 & 15) + (luck >> 16 & 15)) -
         GRAIN_MIDDLE;
}

QxlImage *
grainy_film_frame (uint32_t number, uint32_t width, uint32_t height)
{
  uint8_t *to;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, width, height, &to);

  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      int grain = find_grain (x, y, number);
      int shared = find_light (x + number * 3, y + number, 0);

      for (uint32_t plane = 1; plane <= 3; plane++) {
        int hue = find_light (x + number * 2, y, plane);
        *to++ = (uint8_t)CLAMP ((shared * 2 + hue) / 4 + 20 + grain, 0, 255);
      }
      *to++ = 0;
    }
  return image;
}
