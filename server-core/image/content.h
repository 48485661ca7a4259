/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content.h – what the parts of a picture consist of.
 *
 * A picture is measured in square tiles, on a sample of its rows: neighbours
 * in a photo differ a little almost everywhere, those in a drawing not at all
 * or a lot. Each tile gets the bytes that QUIC is expected to save there
 * against LZ. Those are negative where there is text, near 0 where there is
 * nothing, and positive in photos. Sums over tiles tell which encoding an area
 * wants. BGRX and BGRA pictures are measured; all others count as drawn.
 * Any thread; maps are plain data. */
#pragma once

#include "content-kernels.h"
#include "qxl/geometry.h"
#include "qxl/image.h"

typedef enum {
  SPC_CONTENT_DRAWN, /* text, lines, flat areas, gradients: LZ and GLZ */
  SPC_CONTENT_PHOTO, /* photos, film, noise: QUIC */
  SPC_N_CONTENTS
} SpcContent;

/* a map of the largest screens holds some 30 rows of tiles */
#define SPC_CONTENT_MAX_TILES 2048
/* gains of runs are in these parts of a byte, so that sums are exact */
#define SPC_CONTENT_UNIT 16

typedef struct {
  uint32_t tile; /* pixels each way; those at the right and bottom are cut */
  uint32_t columns, rows;
  int32_t gains[SPC_CONTENT_MAX_TILES]; /* bytes; row by row */
} SpcContentMap;

/* false, and nothing is written, if @image is not of a measured format */
bool spc_content_measure (const QxlImage *image, SpcContentMap *map);

/* of counted pixels, in SPC_CONTENT_UNIT parts of a byte */
int64_t spc_content_gain (const SpcContentCounts *counts);

/* of an area with this gain in bytes: QUIC must also make good what it spends
 * on learning */
SpcContent spc_content_by_gain (int64_t gain);

/* of the picture as a whole */
SpcContent spc_content_of (const QxlImage *image);
