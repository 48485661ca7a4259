/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content-search.h – sums over the tiles of a content map, and the rectangle
 * of tiles with the largest. Rectangles are in tiles. Any thread. */
#pragma once

#include "content.h"

/* bytes; of an empty rectangle 0 */
int64_t spc_content_sum (const SpcContentMap *map, const QxlRect *tiles);

/* The rectangle within @tiles whose gains have the largest sum, or if
 * @lowest the lowest; returns that sum. It is 0, and *@found is empty, when no
 * sum is above 0, or below it. Cost: half of the square of the shorter side
 * times the longer one. */
int64_t spc_content_find (const SpcContentMap *map, const QxlRect *tiles,
                          bool lowest, QxlRect *found);
