/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* film.h – moving pictures without end, as a camera makes them.
 *
 * Two views of a made-up photo glide over each other, so that no frame is a
 * shifted copy of the one before. Frame N is always the same pixels. A film
 * with grain also says which frame it is, readable after any lossy coding:
 *
 *   32 blocks along its upper edge, from the left, and the same along its
 *   lower edge; a block is a 40th of the film's width wide and high. The first
 *   15 are the bits of the number, lowest first, white for 1; then comes one
 *   more that is black; the other 16 are these inverted. In odd frames black is
 *   white and white is black, so that nothing of a film stands still.
 *
 * Both edges tell the same number when all of the frame is there.
 * Threads: any; painting changes nothing in the film. */
#pragma once

#include "painting.h"

#define BENCH_FILM_MARK_BITS 32
#define BENCH_FILM_NUMBER_MASK 0x7fffu
#define BENCH_FILM_BLOCKS_ACROSS 40 /* blocks that would fill the width */

typedef struct _BenchFilm BenchFilm;

/* life */
BenchFilm *bench_film_new (void); /* NULL: no memory */
void bench_film_free (BenchFilm *self);

/* work; an area may lie partly outside the canvas */
void bench_film_paint_smooth (const BenchFilm *self, uint32_t frame,
                              const BenchCanvas *to, BenchArea area);
void bench_film_paint (const BenchFilm *self, uint32_t frame,
                       const BenchCanvas *to, BenchArea area); /* grain, mark */
/* a photo that stands still, with its number as mark */
void bench_film_paint_slide (const BenchFilm *self, uint32_t number,
                             const BenchCanvas *to, BenchArea area);
