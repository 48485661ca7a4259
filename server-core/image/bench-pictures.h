/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-pictures.h – synthetic 1280×720 pictures to measure encoders on.
 *
 * Drawn with integer arithmetic from a seeded generator, so that every machine
 * gets the same bytes and figures can be compared. B G R 0, rows tight. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BENCH_WIDTH = 1280, BENCH_HEIGHT = 720 };

typedef enum {
  BENCH_DESKTOP, /* windows with text, flat areas */
  BENCH_PHOTO,   /* smooth fields and noise */
  BENCH_MIXED,   /* a photo in a desktop's window */
  BENCH_TEXT,    /* a page of text, dark on white */
  BENCH_N_PICTURES
} BenchPicture;

const char *bench_picture_name (BenchPicture picture);
/* BENCH_WIDTH × BENCH_HEIGHT pixels, to be freed with g_free */
uint8_t *bench_picture_new (BenchPicture picture);
/* whether these pixels are the ones that figures were published of */
bool bench_picture_is_right (BenchPicture picture, const uint8_t *pixels);
