/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "painting.h"

/* One glyph is 5×7 dots in a cell of 8×16 pixels, each dot 1×2 pixels. */
#define GLYPH_ROWS 7
#define TASK_BAR 0x23272e

/* clang-format off */
static const uint8_t letters[26][GLYPH_ROWS] = {
  { 0x00, 0x00, 0x0e, 0x01, 0x0f, 0x11, 0x0f }, /* a */
  { 0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x1e },
  { 0x00, 0x00, 0x0f, 0x10, 0x10, 0x10, 0x0f },
  { 0x01, 0x01, 0x0f, 0x11, 0x11, 0x11, 0x0f },
  { 0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e }, /* e */
  { 0x06, 0x08, 0x1e, 0x08, 0x08, 0x08, 0x08 },
  { 0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x0e },
  { 0x10, 0x10, 0x16, 0x19, 0x11, 0x11, 0x11 },
  { 0x04, 0x00, 0x0c, 0x04, 0x04, 0x04, 0x0e }, /* i */
  { 0x02, 0x00, 0x06, 0x02, 0x02, 0x12, 0x0c },
  { 0x10, 0x10, 0x12, 0x14, 0x18, 0x14, 0x12 },
  { 0x0c, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e },
  { 0x00, 0x00, 0x1a, 0x15, 0x15, 0x15, 0x15 }, /* m */
  { 0x00, 0x00, 0x16, 0x19, 0x11, 0x11, 0x11 },
  { 0x00, 0x00, 0x0e, 0x11, 0x11, 0x11, 0x0e },
  { 0x00, 0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10 },
  { 0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x01 }, /* q */
  { 0x00, 0x00, 0x16, 0x18, 0x10, 0x10, 0x10 },
  { 0x00, 0x00, 0x0f, 0x10, 0x0e, 0x01, 0x1e },
  { 0x08, 0x08, 0x1e, 0x08, 0x08, 0x09, 0x06 },
  { 0x00, 0x00, 0x11, 0x11, 0x11, 0x13, 0x0d }, /* u */
  { 0x00, 0x00, 0x11, 0x11, 0x11, 0x0a, 0x04 },
  { 0x00, 0x00, 0x15, 0x15, 0x15, 0x15, 0x0a },
  { 0x00, 0x00, 0x11, 0x0a, 0x04, 0x0a, 0x11 },
  { 0x00, 0x11, 0x11, 0x11, 0x0f, 0x01, 0x0e }, /* y */
  { 0x00, 0x00, 0x1f, 0x02, 0x04, 0x08, 0x1f },
};
/* clang-format on */

/* A well-spread 32-bit number for each input, the only source of chance. */
uint32_t
bench_scatter (uint32_t n)
{
  n = (n ^ (n >> 16)) * 0x7feb352du;
  n = (n ^ (n >> 15)) * 0x846ca68bu;
  return n ^ (n >> 16);
}

void
bench_paint_fill (const BenchCanvas *to, BenchArea area, uint32_t colour)
{
  int32_t left = area.x < 0 ? 0 : area.x;
  int32_t top = area.y < 0 ? 0 : area.y;
  int32_t right = area.x + area.width;
  int32_t bottom = area.y + area.height;
  if (right > to->width)
    right = to->width;
  if (bottom > to->height)
    bottom = to->height;
  for (int32_t y = top; y < bottom; y++)
    for (int32_t x = left; x < right; x++)
      to->pixels[(size_t)y * to->stride + (size_t)x] = colour;
}

void
bench_paint_letter (const BenchCanvas *to, int32_t x, int32_t y, char letter,
                    uint32_t colour)
{
  if (letter < 'a' || letter > 'z')
    return;
  const uint8_t *rows = letters[letter - 'a'];
  for (int32_t row = 0; row < GLYPH_ROWS; row++)
    for (int32_t dot = 0; dot < 5; dot++)
      if (rows[row] >> (4 - dot) & 1)
        bench_paint_fill (to, (BenchArea){x + 1 + dot, y + 1 + row * 2, 1, 2},
                          colour);
}

/* The character at a place of an endless text of made-up words. */
char
bench_text_at (uint32_t line, uint32_t column)
{
  uint32_t word = 0;
  uint32_t at = 0;
  for (;;) {
    uint32_t luck = bench_scatter (line * 64 + word);
    uint32_t length = 2 + luck % 8;
    if (column < at + length)
      return (char)('a' + bench_scatter (luck + column) % 26);
    if (column == at + length)
      return ' ';
    at += length + 1;
    word++;
  }
}

void
bench_paint_text_line (const BenchCanvas *to, BenchArea area, int32_t y,
                       uint32_t line, uint32_t columns)
{
  uint32_t fits = (uint32_t)area.width / BENCH_CELL_WIDTH;
  if (y + BENCH_CELL_HEIGHT <= 0 || y >= to->height)
    return;
  for (uint32_t i = 0; i < columns && i < fits; i++)
    bench_paint_letter (to, area.x + (int32_t)i * BENCH_CELL_WIDTH, y,
                        bench_text_at (line, i), BENCH_INK);
}

static void
draw_text (const BenchCanvas *to, BenchArea area, uint32_t first_line)
{
  uint32_t lines = (uint32_t)(area.height / BENCH_LINE_HEIGHT);
  for (uint32_t i = 0; i < lines; i++) {
    uint32_t line = first_line + i;
    uint32_t columns = 30 + bench_scatter (line) % 90;
    bench_paint_text_line (to, area, area.y + (int32_t)i * BENCH_LINE_HEIGHT,
                           line, line % 7 == 6 ? 0 : columns);
  }
}

void
bench_paint_window (const BenchCanvas *to, BenchArea area, uint32_t first_line)
{
  bench_paint_fill (to, area, BENCH_INK);
  bench_paint_fill (to, (BenchArea){area.x + 1, area.y + 1, area.width - 2, 22},
                    BENCH_TITLE_BAR);
  bench_paint_fill (
      to, (BenchArea){area.x + area.width - 20, area.y + 5, 14, 14}, 0xc05050);
  bench_paint_fill (
      to,
      (BenchArea){area.x + 1, area.y + 23, area.width - 2, area.height - 24},
      BENCH_PAPER);
  BenchArea text = {area.x + 10, area.y + 32, area.width - 20,
                    area.height - 40};
  if (text.width > 0 && text.height > 0)
    draw_text (to, text, first_line);
}

void
bench_paint_desktop (const BenchCanvas *to)
{
  for (int32_t y = 0; y < to->height; y++)
    for (int32_t x = 0; x < to->width; x++) {
      uint32_t shade = (uint32_t)(y * 96 / to->height + x * 32 / to->width);
      to->pixels[(size_t)y * to->stride + (size_t)x] =
          (0x20 + shade / 3) << 16 | (0x40 + shade / 2) << 8 | (0x60 + shade);
    }
  bench_paint_fill (to, (BenchArea){0, to->height - 28, to->width, 28},
                    TASK_BAR);
  for (int32_t i = 0; i < 5; i++)
    bench_paint_fill (to, (BenchArea){8 + i * 36, to->height - 24, 28, 20},
                      bench_scatter ((uint32_t)i + 5) & 0x7f7f7f);
  int32_t w = to->width;
  int32_t h = to->height;
  bench_paint_window (to, (BenchArea){w / 20, h / 12, w / 2, h / 2}, 1000);
  bench_paint_window (to, (BenchArea){w / 3, h / 3, w / 2, h / 2}, 2000);
}

void
bench_paint_editor (const BenchCanvas *to)
{
  BenchArea page = {BENCH_PAGE_MARGIN, 32, to->width - 2 * BENCH_PAGE_MARGIN,
                    to->height / 2};
  bench_paint_fill (to, (BenchArea){0, 0, to->width, to->height}, BENCH_PAPER);
  bench_paint_fill (to, (BenchArea){0, 0, to->width, 24}, BENCH_TITLE_BAR);
  if (page.width > 0)
    draw_text (to, page, 0);
}
