/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-bench.c – MB/s and ratio of GLZ.
 *
 * The pictures of encoder-bench.c, measured as there: into an empty window,
 * again while the same picture is in the window, and in tiles into an empty
 * one. Then ZLIB_GLZ over the first, in MB/s of GLZ bytes. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "glz.h"

enum { RUNS = 31, TILE_WIDTH = 128, TILE_HEIGHT = 64, WINDOW = 4 << 20 };

typedef enum { EMPTY, AGAIN, TILES, ZLIB, N_WAYS } Way;

static const char *const ways[N_WAYS] = {"empty", "again", "tiles", "zlib"};

/* pieces without padding, as draw commands bring them */
static GPtrArray *
cut (const uint8_t *pixels, uint32_t width, uint32_t height)
{
  GPtrArray *tiles =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);

  for (uint32_t y = 0; y < BENCH_HEIGHT; y += height)
    for (uint32_t x = 0; x < BENCH_WIDTH; x += width) {
      uint32_t columns = MIN (width, BENCH_WIDTH - x);
      uint32_t rows = MIN (height, BENCH_HEIGHT - y);
      uint8_t *to;

      g_ptr_array_add (tiles,
                       qxl_image_new (QXL_FORMAT_BGRX, columns, rows, &to));
      for (uint32_t i = 0; i < rows; i++)
        memcpy (to + (size_t)i * columns * 4,
                pixels + ((size_t)(y + i) * BENCH_WIDTH + x) * 4, columns * 4);
    }
  return tiles;
}

/* returns the bytes of streams */
static size_t
encode_tiles (SpcGlzDictionary *dictionary, GPtrArray *tiles,
              SpcScratch *scratch)
{
  size_t bytes = 0;

  for (guint i = 0; i < tiles->len; i++) {
    g_auto (SpcGlzStream) stream = {0};

    if (!spc_glz_encode (dictionary, g_ptr_array_index (tiles, i), scratch,
                         &stream, NULL))
      g_error ("tile %u does not encode", i);
    bytes += 33 + stream.tokens;
  }
  return bytes;
}

static void
report (const char *picture, Way way, size_t bytes, double raw, double *seconds)
{
  BenchSpeed speed = bench_speed (seconds, RUNS, raw);

  g_print ("%-8s %-7s %8zu bytes  ratio %7.2f  %6.0f MB/s (%.0f to %.0f)\n",
           picture, ways[way], bytes, raw / (double)bytes, speed.median,
           speed.slow, speed.fast);
}

static void
measure (const char *picture, Way way, GPtrArray *tiles, SpcScratch *scratch)
{
  g_autoptr (SpcGlzDictionary) dictionary = spc_glz_dictionary_new (WINDOW);
  double seconds[RUNS];
  size_t bytes = 0;

  encode_tiles (dictionary, tiles, scratch);
  for (int i = 0; i < RUNS; i++) {
    double start;

    if (way != AGAIN)
      spc_glz_dictionary_reset (dictionary);
    start = bench_cpu_seconds ();
    bytes = encode_tiles (dictionary, tiles, scratch);
    seconds[i] = bench_cpu_seconds () - start;
  }
  report (picture, way, bytes, BENCH_WIDTH * BENCH_HEIGHT * 4.0, seconds);
}

static void
measure_zlib (const char *picture, QxlImage *image, SpcScratch *scratch)
{
  g_autoptr (SpcGlzDictionary) dictionary = spc_glz_dictionary_new (WINDOW);
  double seconds[RUNS];
  size_t bytes = 0, raw = 0;

  for (int i = 0; i < RUNS; i++) {
    g_auto (SpcGlzStream) stream = {0};
    double start;

    spc_glz_dictionary_reset (dictionary);
    if (!spc_glz_encode (dictionary, image, scratch, &stream, NULL))
      g_error ("picture %s does not encode", picture);
    raw = stream.tokens;
    start = bench_cpu_seconds ();
    spc_glz_stream_deflate (&stream, scratch);
    seconds[i] = bench_cpu_seconds () - start;
    bytes = g_bytes_get_size (stream.body);
  }
  report (picture, ZLIB, bytes, (double)raw, seconds);
}

int
main (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < BENCH_N_PICTURES; i++) {
    g_autofree uint8_t *pixels = bench_picture_new (i);
    g_autoptr (GPtrArray) whole = cut (pixels, BENCH_WIDTH, BENCH_HEIGHT);
    g_autoptr (GPtrArray) tiles = cut (pixels, TILE_WIDTH, TILE_HEIGHT);

    measure (bench_picture_name (i), EMPTY, whole, scratch);
    measure (bench_picture_name (i), AGAIN, whole, scratch);
    measure (bench_picture_name (i), TILES, tiles, scratch);
    measure_zlib (bench_picture_name (i), g_ptr_array_index (whole, 0),
                  scratch);
  }
  return 0;
}
