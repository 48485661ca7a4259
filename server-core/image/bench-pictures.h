/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-pictures.h – three synthetic 1280×720 pictures to measure encoders on.
 *
 * Drawn with integer arithmetic from a seeded generator, so that every machine
 * gets the same bytes and figures can be compared. B G R 0, rows tight. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BENCH_WIDTH = 1280, BENCH_HEIGHT = 720 };

/* each returns BENCH_WIDTH × BENCH_HEIGHT pixels, to be freed with g_free */
uint8_t *bench_desktop_new (uint32_t seed); /* windows with text, flat areas */
uint8_t *bench_photo_new (uint32_t seed);   /* smooth fields and noise */
uint8_t *bench_mixed_new (uint32_t seed);   /* a photo in a desktop's window */
