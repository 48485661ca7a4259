/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tiles.h – which rectangles of a frame differ from the frame before.
 *
 * Frames are compared in tiles of 32×32 pixels; neighbouring changed tiles are
 * joined into rectangles (first along a row, then equal rows downwards), so
 * that an area that changes as a whole is one rectangle, always the same one.
 * Pure; threads: any. */
#pragma once

#include <glib.h>

#define FEEDER_TILE 32 /* pixels, each way */

typedef struct {
  guint left;
  guint top;
  guint right;  /* exclusive */
  guint bottom; /* exclusive */
} FeederRect;

/* Both frames are 32-bit pixels of one size and stride. Replaces what is in
 * @rects (an array of FeederRect). */
void feeder_tiles_compare (const guint8 *before, const guint8 *after,
                           guint width, guint height, gsize stride,
                           GArray *rects);
/* Then: makes one rectangle of those that touch, no larger than what differs,
 * as an application that paints a whole picture into its window. */
void feeder_tiles_join (const guint8 *before, const guint8 *after, gsize stride,
                        GArray *rects);
