/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* painting.h – what desktops of the scenes are made of: text, windows.
 *
 * Pure functions that paint into a canvas of BGRx pixels (x is 0) and leave
 * out what lies outside. Threads: any. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BENCH_CELL_WIDTH 8 /* of a letter, pixels */
#define BENCH_CELL_HEIGHT 16
#define BENCH_LINE_HEIGHT 18
#define BENCH_PAGE_MARGIN 24 /* beside the text of an editor */

#define BENCH_INK 0x202428
#define BENCH_PAPER 0xffffff
#define BENCH_TITLE_BAR 0x3a5f8f

typedef struct {
  uint32_t *pixels;
  size_t stride; /* in pixels */
  int32_t width;
  int32_t height;
} BenchCanvas;

typedef struct {
  int32_t x;
  int32_t y;
  int32_t width;
  int32_t height;
} BenchArea;

/* A well-spread number for each input, the only source of chance. */
uint32_t bench_scatter (uint32_t n);
/* The character at a place of an endless text of made-up words. */
char bench_text_at (uint32_t line, uint32_t column);

/* single things */
void bench_paint_fill (const BenchCanvas *to, BenchArea area, uint32_t colour);
void bench_paint_letter (const BenchCanvas *to, int32_t x, int32_t y,
                         char letter, uint32_t colour);
/* one line of the text at @y, as much as is in the area */
void bench_paint_text_line (const BenchCanvas *to, BenchArea area, int32_t y,
                            uint32_t line, uint32_t columns);
void bench_paint_window (const BenchCanvas *to, BenchArea area,
                         uint32_t first_line); /* with text in it */

/* whole pictures */
void bench_paint_desktop (const BenchCanvas *to);
void bench_paint_editor (const BenchCanvas *to);
