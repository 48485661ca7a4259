/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content.h"

enum {
  TILE = 32,      /* pixels */
  FINE_TILE = 16, /* pixels, in pictures of … */
  FINE_PIXELS = 64 * 1024,
  ROWS_A_TILE = 4,    /* that are looked at */
  ROWS_FOR_PAIRS = 2, /* one in so many of them is looked at for pairs */
  /* Bytes: what QUIC spends on learning, less LZ's longer header. Of -60, -30,
   * 0, 30 and 60 the best, or within 0.1 % of it, for 32,000 areas of 8×8 to
   * 256×192 in 40 pictures of programs and pages. */
  QUIC_LEARNING = 30,
};

/* Where the rows lie, in 64ths of a tile: on both sides of any period that
 * dithering or lines of text may have. */
static const uint32_t row_places[ROWS_A_TILE] = {6, 25, 42, 61};

/* Bytes that QUIC saves against LZ with a pixel, in SPC_CONTENT_UNIT parts. By
 * regression over some 60,000 areas of 32×32 in nearly 80 pictures, rounded and
 * then adjusted by hand to whole pictures' bytes: photos, film, text of
 * all kinds, screens of programs, pages, gradients, dithering. */
enum {
  GAIN_GRADUAL = 24,   /* like no neighbour, and no edge: LZ writes it out */
  GAIN_KNOWN = -28,    /* what of it LZ has seen before */
  GAIN_CONTRAST = -66, /* LZ has mostly seen the like before */
  GAIN_EQUAL = -8,     /* like one neighbour: a run or a match to LZ */
  GAIN_FLAT = -2,      /* a run to both; LZ is the faster */
};

int64_t
spc_content_gain (const SpcContentCounts *counts)
{
  int64_t equal = (int64_t)counts->equal - counts->flat;
  int64_t gradual = (int64_t)counts->n - counts->equal - counts->contrast;

  return MAX (gradual, 0) * GAIN_GRADUAL +
         (int64_t)counts->contrast * GAIN_CONTRAST + equal * GAIN_EQUAL +
         (int64_t)counts->flat * GAIN_FLAT;
}

/* a sampled row of a tile */
typedef struct {
  const uint8_t *at;
  uint32_t n;
} Run;

static Run
run_of (const QxlImage *image, const QxlRect *area, int i)
{
  uint32_t height = (uint32_t)qxl_rect_height (area);
  uint32_t x = (uint32_t)MAX (area->left, 1); /* has a left neighbour */
  uint32_t y = (uint32_t)area->top + row_places[i] * height / 64;

  return (Run){qxl_image_row (image, MAX (y, 1)) + (size_t)x * 4,
               (uint32_t)area->right - x};
}

/* Gradients, dithering and small text look gradual, but the same pairs of
 * pixels come again and again: LZ finds them, in photos it does not. */
static int64_t
loss_by_known (const QxlImage *image, const QxlRect *area,
               const SpcContentCounts *counts, SpcContentPairs *pairs)
{
  uint32_t unlike = counts->n - counts->equal;
  uint32_t gradual = unlike - MIN (unlike, counts->contrast);
  int64_t known = 0;

  for (int i = 0; i < ROWS_A_TILE; i += ROWS_FOR_PAIRS) {
    Run run = run_of (image, area, i);

    known += spc_content_count_known (run.at, run.at - 4,
                                      run.at - image->stride, run.n, pairs);
  }
  known = MIN (known * ROWS_FOR_PAIRS, unlike);
  return unlike ? GAIN_KNOWN * known * gradual / unlike : 0;
}

static int32_t
tile_gain (const QxlImage *image, const QxlRect *area, SpcContentPairs *pairs)
{
  int64_t pixels = (int64_t)qxl_rect_width (area) * qxl_rect_height (area);
  SpcContentCounts counts = {0};
  int64_t gain;

  for (int i = 0; i < ROWS_A_TILE; i++) {
    Run run = run_of (image, area, i);

    spc_content_count (run.at, run.at - 4, run.at - image->stride, run.n,
                       &counts);
  }
  if (counts.n == 0)
    return 0;
  gain = spc_content_gain (&counts);
  if (gain > 0)
    gain += loss_by_known (image, area, &counts, pairs);
  return (int32_t)(gain * pixels / counts.n / SPC_CONTENT_UNIT);
}

static void
measure_tiles (const QxlImage *image, SpcContentMap *map)
{
  int32_t tile = (int32_t)map->tile;
  QxlRect all = QXL_RECT (0, 0, (int32_t)image->width, (int32_t)image->height);
  SpcContentPairs pairs = {0};
  int32_t *gain = map->gains;

  for (int32_t y = 0; y < all.bottom; y += tile)
    for (int32_t x = 0; x < all.right; x += tile) {
      QxlRect area = QXL_RECT (x, y, x + tile, y + tile);

      area = qxl_rect_intersect (&area, &all);
      *gain++ = image->height == 1 ? 0 : tile_gain (image, &area, &pairs);
    }
}

bool
spc_content_measure (const QxlImage *image, SpcContentMap *map)
{
  uint64_t pixels = (uint64_t)image->width * image->height;
  uint32_t tile = pixels > FINE_PIXELS ? TILE : FINE_TILE;

  if (image->format != QXL_FORMAT_BGRX && image->format != QXL_FORMAT_BGRA)
    return false;
  while ((image->width + (uint64_t)tile - 1) / tile *
             ((image->height + (uint64_t)tile - 1) / tile) >
         SPC_CONTENT_MAX_TILES)
    tile *= 2;
  map->tile = tile;
  map->columns = (image->width + tile - 1) / tile;
  map->rows = (image->height + tile - 1) / tile;
  measure_tiles (image, map);
  return true;
}

SpcContent
spc_content_by_gain (int64_t gain)
{
  return gain > QUIC_LEARNING ? SPC_CONTENT_PHOTO : SPC_CONTENT_DRAWN;
}

SpcContent
spc_content_of (const QxlImage *image)
{
  SpcContentMap map;
  int64_t gain = 0;

  if (!spc_content_measure (image, &map))
    return SPC_CONTENT_DRAWN;
  for (uint32_t i = 0; i < map.columns * map.rows; i++)
    gain += map.gains[i];
  return spc_content_by_gain (gain);
}
