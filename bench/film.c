/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film.h"

#include <stdlib.h>

#define PHOTO_WIDTH 1024 /* powers of two: panning wraps with a mask */
#define PHOTO_HEIGHT 512
#define DETAIL_CELL 4     /* pixels */
#define SLIDE_DISTANCE 97 /* frames of the film between two slides */

struct _BenchFilm {
  uint32_t photo[PHOTO_HEIGHT][PHOTO_WIDTH];
  uint32_t scene[PHOTO_HEIGHT][PHOTO_WIDTH]; /* darker, with fine detail */
  uint32_t grain[PHOTO_HEIGHT][PHOTO_WIDTH]; /* the same on every channel */
};

/* Smooth noise: corners of a grid of the given cell size, blended. */
static uint32_t
smooth_noise (uint32_t x, uint32_t y, uint32_t cell, uint32_t seed)
{
  uint32_t across = PHOTO_WIDTH / cell;
  uint32_t down = PHOTO_HEIGHT / cell;
  uint32_t gx = x / cell, gy = y / cell, fx = x % cell, fy = y % cell;
  uint32_t corner[4];
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t cx = (gx + (i & 1)) % across;
    uint32_t cy = (gy + (i >> 1)) % down;
    corner[i] = bench_scatter (seed + cy * across + cx) & 0xff;
  }
  uint32_t top = corner[0] * (cell - fx) + corner[1] * fx;
  uint32_t bottom = corner[2] * (cell - fx) + corner[3] * fx;
  return (top * (cell - fy) + bottom * fy) / (cell * cell);
}

static uint32_t
photo_pixel (uint32_t x, uint32_t y)
{
  uint32_t pixel = 0;
  uint32_t light = smooth_noise (x, y, 128, 1);
  uint32_t detail = smooth_noise (x, y, 16, 100000);
  for (uint32_t plane = 0; plane < 3; plane++) {
    uint32_t hue = smooth_noise (x, y, 64, 10000 * (plane + 1));
    uint32_t grain = bench_scatter (plane << 24 | y << 12 | x) & 7;
    pixel |= ((light * 2 + hue + detail) * 31 / 128 + grain) << (8 * plane);
  }
  return pixel;
}

static void
paint_photo (BenchFilm *self)
{
  for (uint32_t y = 0; y < PHOTO_HEIGHT; y++)
    for (uint32_t x = 0; x < PHOTO_WIDTH; x++)
      self->photo[y][x] = photo_pixel (x, y);
}

/* Sums of photo, detail and grain stay below 256 on every channel. */
static void
paint_scene (BenchFilm *self)
{
  for (uint32_t y = 0; y < PHOTO_HEIGHT; y++)
    for (uint32_t x = 0; x < PHOTO_WIDTH; x++) {
      uint32_t detail = smooth_noise (x, y, DETAIL_CELL, 300000) * 7 / 16;
      uint32_t pixel = 0;
      for (uint32_t shift = 0; shift < 24; shift += 8)
        pixel |= ((self->photo[y][x] >> shift & 0xff) * 7 / 16 + detail)
                 << shift;
      self->scene[y][x] = pixel;
    }
}

/* As silver on a film: about normally distributed, each pixel for itself. */
static void
paint_grain (BenchFilm *self)
{
  for (uint32_t y = 0; y < PHOTO_HEIGHT; y++)
    for (uint32_t x = 0; x < PHOTO_WIDTH; x++) {
      uint32_t luck = bench_scatter (0x5eed0000u + y * PHOTO_WIDTH + x);
      uint32_t level = (luck & 7) + (luck >> 8 & 7) + (luck >> 16 & 7);
      self->grain[y][x] = level << 16 | level << 8 | level;
    }
}

BenchFilm *
bench_film_new (void)
{
  BenchFilm *self = malloc (sizeof *self);

  if (!self)
    return NULL;
  paint_photo (self);
  paint_scene (self);
  paint_grain (self);
  return self;
}

void
bench_film_free (BenchFilm *self)
{
  free (self);
}

/* painting */

static BenchArea
cut (BenchArea area, const BenchCanvas *to)
{
  if (area.width > to->width - area.x)
    area.width = to->width - area.x;
  if (area.height > to->height - area.y)
    area.height = to->height - area.y;
  return area;
}

typedef const uint32_t (*Picture)[PHOTO_WIDTH];

static void
paint_row (Picture picture, uint32_t frame, uint32_t y, uint32_t *out,
           int32_t width)
{
  const uint32_t *a = picture[(y + frame) & (PHOTO_HEIGHT - 1)];
  const uint32_t *b = picture[(y * 3 / 4 + 200 - frame) & (PHOTO_HEIGHT - 1)];

  for (int32_t x = 0; x < width; x++) {
    uint32_t p = a[((uint32_t)x + frame * 3) & (PHOTO_WIDTH - 1)];
    uint32_t q = b[((uint32_t)x - frame * 2) & (PHOTO_WIDTH - 1)];
    out[x] = (p & q) + (((p ^ q) & 0xfefefe) >> 1);
  }
}

static uint32_t *
row_at (const BenchCanvas *to, BenchArea area, int32_t y)
{
  return to->pixels + (size_t)(area.y + y) * to->stride + area.x;
}

void
bench_film_paint_smooth (const BenchFilm *self, uint32_t frame,
                         const BenchCanvas *to, BenchArea area)
{
  area = cut (area, to);
  for (int32_t y = 0; y < area.height; y++)
    paint_row (self->photo, frame, (uint32_t)y, row_at (to, area, y),
               area.width);
}

static void
add_grain (const uint32_t *grain, uint32_t first, uint32_t *out, int32_t width)
{
  for (int32_t x = 0; x < width; x++)
    out[x] += grain[((uint32_t)x + first) & (PHOTO_WIDTH - 1)];
}

static void
paint_mark (const BenchCanvas *to, BenchArea area, int32_t block, int32_t y,
            uint32_t number)
{
  uint32_t half = number & BENCH_FILM_NUMBER_MASK;
  uint32_t bits = half | (half ^ 0xffff) << 16;

  if (number & 1)
    bits = ~bits;

  for (int32_t i = 0; i < BENCH_FILM_MARK_BITS; i++)
    bench_paint_fill (to,
                      (BenchArea){area.x + i * block, area.y + y, block, block},
                      bits >> i & 1 ? 0xffffff : 0);
}

static void
paint_marks (const BenchCanvas *to, BenchArea area, uint32_t number)
{
  int32_t block = area.width / BENCH_FILM_BLOCKS_ACROSS;

  paint_mark (to, area, block, 0, number);
  if (area.height >= 2 * block)
    paint_mark (to, area, block, area.height - block, number);
}

void
bench_film_paint (const BenchFilm *self, uint32_t frame, const BenchCanvas *to,
                  BenchArea area)
{
  uint32_t luck = bench_scatter (frame + 77);

  area = cut (area, to);
  for (int32_t y = 0; y < area.height; y++) {
    uint32_t *out = row_at (to, area, y);
    uint32_t line = ((uint32_t)y + (luck >> 16)) & (PHOTO_HEIGHT - 1);
    paint_row (self->scene, frame, (uint32_t)y, out, area.width);
    add_grain (self->grain[line], luck, out, area.width);
  }
  paint_marks (to, area, frame);
}

void
bench_film_paint_slide (const BenchFilm *self, uint32_t number,
                        const BenchCanvas *to, BenchArea area)
{
  area = cut (area, to);
  bench_film_paint_smooth (self, number * SLIDE_DISTANCE, to, area);
  paint_marks (to, area, number);
}
