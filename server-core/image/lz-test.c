/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lz.h"

#include "lz-match.h"
#include "lz-search.h"
#include "tests/image-decoders.h"
#include <string.h>

static const SpcLzType all_types[] = {
    SPC_LZ_PLT1_LE, SPC_LZ_PLT1_BE, SPC_LZ_PLT4_LE, SPC_LZ_PLT4_BE,
    SPC_LZ_PLT8,    SPC_LZ_RGB16,   SPC_LZ_RGB24,   SPC_LZ_RGB32,
    SPC_LZ_RGBA,    SPC_LZ_XXXA,    SPC_LZ_A8,
};

/* of each body one: 4, 2 and 1 bytes */
static const SpcLzType unit_types[] = {SPC_LZ_RGB32, SPC_LZ_RGB16, SPC_LZ_A8};

static uint32_t
random_u32 (uint32_t *x)
{
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

/* rows */

static size_t
image_bytes (const SpcLzImage *image)
{
  return spc_lz_row_bytes (image->type, image->width) * image->height;
}

/* what is not sent is 0 after decoding: make it 0 before */
static void
clear_unsent (const SpcLzImage *image, uint8_t *rows)
{
  size_t n = image_bytes (image);

  for (size_t i = 0; i < n; i++)
    if ((image->type == SPC_LZ_RGB32 && i % 4 == 3) ||
        (image->type == SPC_LZ_XXXA && i % 4 != 3))
      rows[i] = 0;
}

/* pieces copied from before at random distances, between random bytes; few
 * byte values, so that short repetitions are frequent */
static void
fill_repetitive (const SpcLzImage *image, uint8_t *rows, uint32_t seed)
{
  size_t n = image_bytes (image), i = 0;
  uint32_t random = seed * 2654435761u | 1;

  while (i < n) {
    size_t length = 1 + random_u32 (&random) % 40;
    bool copy = i && random_u32 (&random) % 3;
    size_t back = i ? 1 + random_u32 (&random) % i : 0;

    for (; length && i < n; length--, i++)
      rows[i] =
          copy ? rows[i - back] : (uint8_t)(random_u32 (&random) % 5 * 51);
  }
  clear_unsent (image, rows);
}

/* checks */

/* writes with room to spare, decodes, compares; returns the stream's size */
static size_t
check_round_trip (const SpcLzImage *image, SpcScratch *scratch)
{
  size_t bytes = image_bytes (image), room = 2 * bytes + 64;
  g_autofree uint8_t *stream = g_malloc (room);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  size_t size = spc_lz_write (image, scratch, stream, room);

  g_assert_cmpuint (size, >, 28);
  image_decode_lz (stream, size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.lz_type, ==, image->type);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  g_assert_cmpint (pixels.top_down, ==, image->top_down);
  g_assert_cmpuint (pixels.max_distance, <=, SPC_LZ_MAX_DISTANCE);
  g_assert_cmpmem (pixels.pixels, pixels.stride * pixels.height, image->rows,
                   bytes);
  return size;
}

/* tests */

static void
test_header (void)
{
  static const uint8_t expected[] = {
      0x20, 0x20, 0x5a, 0x4c, 0, 1, 0, 1, 0, 0, 0, 8, 0, 0,
      0,    2,    0,    0,    0, 1, 0, 0, 0, 8, 0, 0, 0, 1, /* 2×1, top-down */
      1,    10,   20,   30,   7, 8, 9,                      /* two literals */
  };
  static const uint8_t rows[] = {10, 20, 30, 0, 7, 8, 9, 0};
  const SpcLzImage image = {SPC_LZ_RGB32, 2, 1, true, rows};
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t stream[64];
  size_t size = spc_lz_write (&image, scratch, stream, sizeof stream);

  g_assert_cmpmem (stream, size, expected, sizeof expected);
}

static void
test_sizes (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (all_types); i++)
    for (uint32_t width = 1; width <= 70; width++) {
      SpcLzImage image = {.type = all_types[i],
                          .width = width,
                          .height = 1 + width * 5 % 13,
                          .top_down = width & 1};
      g_autofree uint8_t *rows = g_malloc (image_bytes (&image));

      image.rows = rows;
      fill_repetitive (&image, rows, width);
      check_round_trip (&image, scratch);
    }
}

/* runs of every length up to where a second length byte is needed */
static void
test_runs (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  uint8_t rows[4 * 600] = {0};

  for (size_t i = 0; i < G_N_ELEMENTS (unit_types); i++)
    for (uint32_t width = 1; width <= 600; width++) {
      const SpcLzImage image = {unit_types[i], width, 1, true, rows};
      size_t size = check_round_trip (&image, scratch);

      /* one literal, one match with at most two length bytes */
      g_assert_cmpuint (size, <=, 28 + 4 + 5);
    }
}

/* a piece of noise that comes again after @distance units */
static size_t
write_far_copy (SpcLzType type, uint32_t distance, SpcScratch *scratch)
{
  enum { PIECE = 50 };
  SpcLzImage image = {type, distance + PIECE, 1, true, NULL};
  size_t unit = spc_lz_row_bytes (type, 1);
  g_autofree uint8_t *rows = g_malloc0 (image_bytes (&image));
  uint32_t random = 77;

  image.rows = rows;
  for (size_t i = 0; i < PIECE * unit; i++)
    rows[i] = (uint8_t)(random_u32 (&random) >> 9 | 1);
  memcpy (rows + distance * unit, rows, PIECE * unit);
  clear_unsent (&image, rows);
  return check_round_trip (&image, scratch);
}

static void
test_distances (void)
{
  static const uint32_t distances[] = {
      60,    255,   256,   257,   8190,  8191,  8192,  8193,  8194,
      16384, 65535, 65536, 73723, 73724, 73725, 73726, 73727, 80000,
  };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (unit_types); i++) {
    size_t unit =
        unit_types[i] == SPC_LZ_RGB32 ? 3 : spc_lz_row_bytes (unit_types[i], 1);

    for (size_t k = 0; k < G_N_ELEMENTS (distances); k++) {
      size_t size = write_far_copy (unit_types[i], distances[k], scratch);
      /* the piece, the gap's run, and the copy if it may be one */
      size_t copy = distances[k] <= SPC_LZ_MAX_DISTANCE ? 5 : 50 * unit + 2;

      g_assert_cmpuint (
          size, <=, 28 + 50 * unit + 2 + unit + 5 + distances[k] / 255 + copy);
    }
  }
}

/* too little room: 0, nothing written beyond; enough: the same stream */
static void
test_room (void)
{
  enum { BEYOND = 16 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (all_types); i++) {
    SpcLzImage image = {all_types[i], 24, 20, true, NULL};
    g_autofree uint8_t *rows = g_malloc (image_bytes (&image));
    size_t size;

    image.rows = rows;
    fill_repetitive (&image, rows, 9);
    size = check_round_trip (&image, scratch);
    for (size_t room = 0; room <= size + 4; room++) {
      g_autofree uint8_t *stream = g_malloc (room + BEYOND);

      memset (stream + room, 0xa5, BEYOND);
      g_assert_cmpuint (spc_lz_write (&image, scratch, stream, room), ==,
                        room < size ? 0 : size);
      for (int k = 0; k < BEYOND; k++)
        g_assert_cmphex (stream[room + k], ==, 0xa5);
    }
  }
}

/* alpha is not seen in the colour pass, and the other way round */
static void
test_alpha (void)
{
  enum { N = 4096 };
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autofree uint8_t *rows = g_malloc (4 * N);
  const SpcLzImage image = {SPC_LZ_RGBA, N, 1, true, rows};
  uint32_t random = 5;
  size_t size;

  memset (rows, 0x40, 4 * N);
  for (int i = 0; i < N; i++)
    rows[4 * i + 3] = (uint8_t)(random_u32 (&random) >> 11);
  size = check_round_trip (&image, scratch);
  g_assert_cmpuint (size, <=, 28 + 4 + 20 + N + N / 32);
}

/* what a worker holds is set by its largest image */
static void
test_scratch (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  SpcLzImage image = {SPC_LZ_RGBA, 300, 200, true, NULL};
  g_autofree uint8_t *rows = g_malloc (image_bytes (&image));
  size_t held;

  image.rows = rows;
  fill_repetitive (&image, rows, 3);
  check_round_trip (&image, scratch);
  held = spc_scratch_size (scratch);
  g_assert_cmpuint (held, >, 0);
  for (uint32_t i = 0; i < 50; i++) {
    image.width = 1 + i * 6;
    check_round_trip (&image, scratch);
    g_assert_cmpuint (spc_scratch_size (scratch), ==, held);
  }
}

/* the ways to compare agree, wherever the first difference is */
static void
test_compare (void)
{
  enum { SIZE = 200 };
  uint8_t a[SIZE], b[SIZE];

  for (int i = 0; i < SIZE; i++)
    a[i] = b[i] = (uint8_t)(i * 37);
  for (size_t at = 0; at < SIZE; at++) {
    for (uint8_t bit = 1; bit; bit <<= 1) {
      b[at] ^= bit;
      g_assert_cmpuint (spc_lz_same_of_32_c (a, b), ==, MIN (at, 32));
      g_assert_cmpuint (spc_lz_same_of_32 (a, b), ==, MIN (at, 32));
      for (size_t limit = 0; limit <= SIZE; limit++)
        g_assert_cmpuint (spc_lz_same_bytes (a, b, limit), ==, MIN (at, limit));
      b[at] ^= bit;
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lz/ways-to-compare-agree", test_compare);
  g_test_add_func ("/lz/header", test_header);
  g_test_add_func ("/lz/every-type-and-width", test_sizes);
  g_test_add_func ("/lz/runs-of-every-length", test_runs);
  g_test_add_func ("/lz/distances-around-the-limits", test_distances);
  g_test_add_func ("/lz/never-beyond-the-room", test_room);
  g_test_add_func ("/lz/alpha-is-apart", test_alpha);
  g_test_add_func ("/lz/scratch-does-not-grow", test_scratch);
  return g_test_run ();
}
