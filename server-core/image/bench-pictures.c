/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-pictures.h"

#include <glib.h>
#include <string.h>

enum { GLYPHS = 64, GLYPH_ROWS = 9, GLYPH_COLUMNS = 6 };

typedef struct {
  uint8_t b, g, r;
} Colour;

typedef struct {
  int x0, y0, x1, y1; /* x1, y1 are outside */
} Box;

typedef struct {
  uint32_t random; /* state of xorshift32 */
  bool glyphs[GLYPHS][GLYPH_ROWS][GLYPH_COLUMNS];
  uint8_t *pixels;
} Picture;

static const Colour white = {0xff, 0xff, 0xff};

/* random numbers */

static uint32_t
next (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

static int
below (uint32_t *x, int limit)
{
  return (int)((next (x) >> 8) % (uint32_t)limit);
}

static uint8_t
byte (uint32_t *x)
{
  return (uint8_t)(next (x) >> 16);
}

/* photo */

/* smooth noise: a lattice of random values every @cell pixels */
static int *
field_new (uint32_t *random, int width, int height, int cell)
{
  int columns = width / cell + 2, rows = height / cell + 2;
  g_autofree uint8_t *lattice = g_malloc ((size_t)columns * rows);
  int *field = g_new (int, (size_t)width *height);

  for (int i = 0; i < columns * rows; i++)
    lattice[i] = byte (random);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const uint8_t *at = lattice + y / cell * columns + x / cell;
      int f = x % cell, g = y % cell;
      int top = at[0] * (cell - f) + at[1] * f;
      int bottom = at[columns] * (cell - f) + at[columns + 1] * f;

      field[y * width + x] = (top * (cell - g) + bottom * g) / (cell * cell);
    }
  return field;
}

static void
photo_component (uint32_t *random, const int *base, int width, int height,
                 uint8_t *component)
{
  g_autofree int *tint = field_new (random, width, height, 120);

  for (int i = 0; i < width * height; i++) {
    int value = (3 * base[i] + tint[i]) / 4 + below (random, 7) - 3;

    component[4 * i] = (uint8_t)CLAMP (value, 0, 255);
  }
}

static uint8_t *
photo_new (uint32_t seed, int width, int height)
{
  uint8_t *pixels = g_malloc0 ((size_t)width * height * 4);
  int *fields[4];
  static const int cells[4] = {160, 64, 24, 8};

  for (int i = 0; i < 4; i++)
    fields[i] = field_new (&seed, width, height, cells[i]);
  for (int i = 0; i < width * height; i++)
    fields[0][i] = (8 * fields[0][i] + 4 * fields[1][i] + 2 * fields[2][i] +
                    fields[3][i]) /
                   15;
  for (int c = 0; c < 3; c++)
    photo_component (&seed, fields[0], width, height, pixels + c);
  for (int i = 0; i < 4; i++)
    g_free (fields[i]);
  return pixels;
}

/* desktop */

static void
draw_glyphs (Picture *self, uint32_t seed)
{
  self->random = seed;
  for (int k = 0; k < GLYPHS; k++)
    for (int y = 0; y < GLYPH_ROWS; y++)
      for (int x = 0; x < GLYPH_COLUMNS; x++)
        self->glyphs[k][y][x] = below (&self->random, 100) < 42;
}

static void
put (Picture *self, int x, int y, Colour colour)
{
  uint8_t *to = self->pixels + ((size_t)y * BENCH_WIDTH + x) * 4;

  to[0] = colour.b;
  to[1] = colour.g;
  to[2] = colour.r;
}

static void
fill (Picture *self, Box box, Colour colour)
{
  for (int y = box.y0; y < box.y1; y++)
    for (int x = box.x0; x < box.x1; x++)
      put (self, x, y, colour);
}

static void
put_glyph (Picture *self, int glyph, int x0, int y0, Colour colour)
{
  for (int y = 0; y < GLYPH_ROWS; y++)
    for (int x = 0; x < GLYPH_COLUMNS; x++)
      if (self->glyphs[glyph][y][x])
        put (self, x0 + x, y0 + y, colour);
}

static void
text (Picture *self, Box box, Colour colour)
{
  for (int y = box.y0; y + GLYPH_ROWS <= box.y1; y += 14) {
    int n = below (&self->random, (box.x1 - box.x0) / 7);

    for (int i = 0, x = box.x0; i < n; i++, x += 7) {
      int k = below (&self->random, 80);

      if (k < GLYPHS)
        put_glyph (self, k, x, y, colour);
    }
  }
}

static void
window (Picture *self, Box at, Colour title, Colour body)
{
  Box inner = {at.x0 + 1, at.y0 + 1, at.x1 - 1, at.y1 - 1};
  Box bar = {at.x0 + 1, at.y0 + 1, at.x1 - 1, at.y0 + 25};

  fill (self, at, (Colour){0x60, 0x60, 0x60});
  fill (self, inner, body);
  fill (self, bar, title);
  text (self, (Box){at.x0 + 8, at.y0 + 8, at.x0 + 200, at.y0 + 18}, white);
  for (int k = 0; k < 3; k++)
    fill (self,
          (Box){at.x1 - 20 - 18 * k, at.y0 + 7, at.x1 - 8 - 18 * k, at.y0 + 19},
          (Colour){0x40 + 0x30 * k, 0x80, 0xe0 - 0x30 * k});
}

static void
text_window (Picture *self, Box at, Colour title, Colour body, Colour ink)
{
  window (self, at, title, body);
  text (self, (Box){at.x0 + 10, at.y0 + 34, at.x1 - 12, at.y1 - 8}, ink);
}

static void
draw_panel (Picture *self)
{
  fill (self, (Box){0, 688, BENCH_WIDTH, BENCH_HEIGHT},
        (Colour){0x28, 0x28, 0x2c});
  for (int k = 0; k < 10; k++) {
    uint8_t b = byte (&self->random), g = byte (&self->random);
    uint8_t r = byte (&self->random);

    fill (self, (Box){8 + 40 * k, 692, 32 + 40 * k, 716}, (Colour){b, g, r});
  }
  text (self, (Box){1160, 700, 1272, 712}, (Colour){0xe0, 0xe0, 0xe0});
}

static void
draw_desktop (Picture *self, uint32_t seed)
{
  draw_glyphs (self, seed);
  for (int y = 0; y < BENCH_HEIGHT; y++)
    fill (self, (Box){0, y, BENCH_WIDTH, y + 1},
          (Colour){0x70 + y * 64 / BENCH_HEIGHT, 0x40 + y * 32 / BENCH_HEIGHT,
                   0x18});
  draw_panel (self);
  text_window (self, (Box){40, 30, 660, 450}, (Colour){0xb0, 0x60, 0x30}, white,
               (Colour){0x20, 0x20, 0x20});
  text_window (self, (Box){560, 120, 1240, 620}, (Colour){0x40, 0x40, 0x40},
               (Colour){0x24, 0x1e, 0x1e}, (Colour){0x90, 0xd0, 0x90});
  text_window (self, (Box){120, 360, 500, 660}, (Colour){0x90, 0x90, 0x40},
               (Colour){0xf4, 0xf0, 0xec}, (Colour){0x80, 0x20, 0x20});
}

static void
picture_init (Picture *self)
{
  memset (self, 0, sizeof *self);
  self->pixels = g_malloc0 ((size_t)BENCH_WIDTH * BENCH_HEIGHT * 4);
}

static uint8_t *
desktop_new (uint32_t seed)
{
  Picture picture;

  picture_init (&picture);
  draw_desktop (&picture, seed);
  return picture.pixels;
}

static uint8_t *
mixed_new (uint32_t seed)
{
  enum { WIDTH = 640, HEIGHT = 400, LEFT = 411, TOP = 206 };
  g_autofree uint8_t *photo = photo_new (seed + 9, WIDTH, HEIGHT);
  Picture picture;

  picture_init (&picture);
  draw_desktop (&picture, seed);
  draw_glyphs (&picture, seed + 7);
  window (&picture, (Box){400, 180, 1062, 616}, (Colour){0x30, 0x60, 0xb0},
          (Colour){0, 0, 0});
  for (int y = 0; y < HEIGHT; y++)
    memcpy (picture.pixels + ((size_t)(TOP + y) * BENCH_WIDTH + LEFT) * 4,
            photo + (size_t)y * WIDTH * 4, WIDTH * 4);
  return picture.pixels;
}

static uint8_t *
text_new (uint32_t seed)
{
  Picture picture;

  picture_init (&picture);
  draw_glyphs (&picture, seed);
  fill (&picture, (Box){0, 0, BENCH_WIDTH, BENCH_HEIGHT}, white);
  text (&picture, (Box){10, 8, BENCH_WIDTH - 10, BENCH_HEIGHT - 8},
        (Colour){0x20, 0x20, 0x20});
  return picture.pixels;
}

static uint8_t *
whole_photo_new (uint32_t seed)
{
  return photo_new (seed, BENCH_WIDTH, BENCH_HEIGHT);
}

/* clang-format off */
static const struct {
  const char *name;
  uint8_t *(*draw) (uint32_t seed);
  uint32_t seed;
  const char *sha256; /* of the pixels */
} pictures[BENCH_N_PICTURES] = {
  [BENCH_DESKTOP] = { "desktop", desktop_new,     101,
    "3bb0ec09e8419d4957119d44e38b14e38d20469b8eb882a2a7cc346655703b3d" },
  [BENCH_PHOTO]   = { "photo",   whole_photo_new, 202,
    "9cce3643530761cea44eb2e510a24d680ce712ddfd741f17446568b85536be49" },
  [BENCH_MIXED]   = { "mixed",   mixed_new,       303,
    "f338215cd23cb405c378f40dbde2fdd4e08f8c32ced339fcd5ea9505a8470c4d" },
  [BENCH_TEXT]    = { "text",    text_new,        404,
    "5150f1e1f3c98b619fea67bede900182b578c9a27c15b291c0ef0a862b4d8175" },
};
/* clang-format on */

const char *
bench_picture_name (BenchPicture picture)
{
  return pictures[picture].name;
}

uint8_t *
bench_picture_new (BenchPicture picture)
{
  return pictures[picture].draw (pictures[picture].seed);
}

bool
bench_picture_is_right (BenchPicture picture, const uint8_t *pixels)
{
  g_autofree char *sha256 = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, pixels, (gsize)BENCH_WIDTH * BENCH_HEIGHT * 4);

  if (g_str_equal (sha256, pictures[picture].sha256))
    return true;
  g_printerr ("%s: %s\n", pictures[picture].name, sha256);
  return false;
}
