/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cut-pictures.h"

#include <glib.h>
#include <string.h>

#define WHOLE                                                                  \
  {                                                                            \
    0, 0, BENCH_WIDTH, BENCH_HEIGHT                                            \
  }

/* clang-format off */
const CutPicture cut_pictures[] = {
  { "desktop",   { { 0 } }, { { 0 } } },
  { "photo",     { WHOLE }, { { 0 } } },
  { "mixed",     { { 411, 206, 1051, 606 } }, { { 0 } } },
  { "subpixel",  { { 0 } }, { { 0 } } },
  { "gradients", { { 0 } }, { { 0 } } },
  { "page",      { { 37, 41, 570, 342 }, { 601, 53, 742, 150 },
                   { 771, 53, 912, 150 }, { 941, 53, 1082, 150 },
                   { 613, 401, 1074, 660 } }, { { 0 } } },
  { "film",      { { 801, 31, 1122, 212 } }, { { 0 } } },
  { "wallpaper", { WHOLE }, { { 101, 77, 801, 477 }, { 703, 333, 1203, 633 } } },
  { "edges",     { { 0, 0, 400, 300 }, { 900, 250, 1280, 720 } }, { { 0 } } },
};
/* clang-format on */

const unsigned cut_n_pictures = G_N_ELEMENTS (cut_pictures);

static size_t
offset (int32_t x, int32_t y)
{
  return ((size_t)y * BENCH_WIDTH + (size_t)x) * 4;
}

/* each component of a pixel is another place of a picture three times as
 * wide, blurred by a pixel, as on a screen that is made of stripes; the same
 * rows follow each other three times */
static uint8_t *
subpixel_new (const uint8_t *from)
{
  uint8_t *to = g_malloc0 ((size_t)BENCH_WIDTH * BENCH_HEIGHT * 4);

  for (int32_t y = 0; y < BENCH_HEIGHT; y++)
    for (int32_t x = 0; x < BENCH_WIDTH; x++)
      for (int32_t c = 0; c < 3; c++) {
        unsigned sum = 0;

        for (int32_t i = 0; i < 3; i++)
          sum +=
              from[offset ((3 * x + 2 - c + i) % BENCH_WIDTH, y) + (size_t)c];
        to[offset (x, y) + (size_t)c] = (uint8_t)(sum / 3);
      }
  return to;
}

/* down, to the right, and both, a third of the picture each */
static uint8_t *
gradients_new (void)
{
  uint8_t *to = g_malloc0 ((size_t)BENCH_WIDTH * BENCH_HEIGHT * 4);

  for (int32_t y = 0; y < BENCH_HEIGHT; y++)
    for (int32_t x = 0; x < BENCH_WIDTH; x++) {
      int32_t third = 3 * x / BENCH_WIDTH;
      int32_t at = (third != 1 ? y : 0) + (third != 0 ? x : 0);

      for (int32_t c = 0; c < 3; c++)
        to[offset (x, y) + (size_t)c] = (uint8_t)(40 + 30 * c + at * 60 / 720);
    }
  return to;
}

static void
paste (uint8_t *to, const uint8_t *from, const QxlRect *rects)
{
  for (int i = 0; i < CUT_MAX_PHOTOS && !qxl_rect_is_empty (&rects[i]); i++)
    for (int32_t y = rects[i].top; y < rects[i].bottom; y++)
      memcpy (to + offset (rects[i].left, y), from + offset (rects[i].left, y),
              (size_t)qxl_rect_width (&rects[i]) * 4);
}

uint8_t *
cut_picture_draw (const CutPicture *picture)
{
  g_autofree uint8_t *photo = NULL, *desktop = NULL;
  uint8_t *pixels;

  if (strcmp (picture->name, "mixed") == 0)
    return bench_picture_new (BENCH_MIXED);
  if (strcmp (picture->name, "gradients") == 0)
    return gradients_new ();
  photo = bench_picture_new (BENCH_PHOTO);
  desktop = bench_picture_new (BENCH_DESKTOP);
  if (strcmp (picture->name, "desktop") == 0 ||
      strcmp (picture->name, "film") == 0)
    pixels = g_memdup2 (desktop, (gsize)BENCH_WIDTH * BENCH_HEIGHT * 4);
  else
    pixels = subpixel_new (desktop);
  paste (pixels, photo, picture->photos);
  paste (pixels, desktop, picture->drawn);
  return pixels;
}

static bool
is_in (const QxlRect *rects, int32_t x, int32_t y)
{
  QxlRect pixel = QXL_RECT (x, y, x + 1, y + 1);

  for (int i = 0; i < CUT_MAX_PHOTOS; i++)
    if (qxl_rect_contains (&rects[i], &pixel))
      return true;
  return false;
}

bool
cut_picture_is_photo (const CutPicture *picture, int32_t x, int32_t y)
{
  return is_in (picture->photos, x, y) && !is_in (picture->drawn, x, y);
}
