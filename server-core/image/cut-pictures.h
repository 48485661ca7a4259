/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cut-pictures.h – pictures of which it is known where their photos are, to
 * test and measure cuts with. 1280×720 pixels as those of bench-pictures.h,
 * of which they are composed. */
#pragma once

#include "bench-pictures.h"
#include "qxl/geometry.h"

enum { CUT_MAX_PHOTOS = 8 };

typedef struct {
  const char *name;
  QxlRect photos[CUT_MAX_PHOTOS]; /* up to the first empty one */
  QxlRect drawn[CUT_MAX_PHOTOS];  /* on the photos, ditto */
} CutPicture;

extern const CutPicture cut_pictures[];
extern const unsigned cut_n_pictures;

/* BENCH_WIDTH × BENCH_HEIGHT pixels, to be freed with g_free */
uint8_t *cut_picture_draw (const CutPicture *picture);
/* whether a pixel is of a photo */
bool cut_picture_is_photo (const CutPicture *picture, int32_t x, int32_t y);
