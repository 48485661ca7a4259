/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* encoder-bench.c – MB/s and ratio of each encoding.
 *
 * The pictures, of 1280×720, whole and cut into tiles of 128×64 with the
 * picture's stride, as dirty areas are. MB/s are 10^6 bytes of raw pixels by
 * the median of RUNS encodings, thread CPU time; the spread is from the fastest
 * to the slowest quarter. LZ4 does its work in the system's library: take it as
 * the yardstick between machines. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "encoder.h"

enum { RUNS = 31, TILE_WIDTH = 128, TILE_HEIGHT = 64 };

static GPtrArray *
cut (uint8_t *pixels, uint32_t width, uint32_t height)
{
  GPtrArray *tiles =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);

  for (uint32_t y = 0; y < BENCH_HEIGHT; y += height)
    for (uint32_t x = 0; x < BENCH_WIDTH; x += width)
      g_ptr_array_add (
          tiles, qxl_image_new_wrapped (
                     QXL_FORMAT_BGRX, MIN (width, BENCH_WIDTH - x),
                     MIN (height, BENCH_HEIGHT - y), BENCH_WIDTH * 4,
                     pixels + ((size_t)y * BENCH_WIDTH + x) * 4, NULL, NULL));
  return tiles;
}

/* encodes all tiles; returns the bytes they become */
static size_t
encode_tiles (SpcImageCodec codec, GPtrArray *tiles, SpcScratch *scratch)
{
  size_t bytes = 0;

  for (guint i = 0; i < tiles->len; i++) {
    SpcEncodedImage encoded;

    if (!spc_image_encode (codec, g_ptr_array_index (tiles, i), scratch,
                           &encoded, NULL))
      g_error ("tile %u does not encode", i);
    bytes += g_bytes_get_size (encoded.payload);
    spc_encoded_image_clear (&encoded);
  }
  return bytes;
}

static void
measure (const char *picture, const char *cutting, SpcImageCodec codec,
         GPtrArray *tiles, SpcScratch *scratch)
{
  const double raw = BENCH_WIDTH * BENCH_HEIGHT * 4.0;
  double seconds[RUNS];
  BenchSpeed speed;
  size_t bytes = 0;

  for (int i = 0; i < RUNS; i++) {
    double start = bench_cpu_seconds ();

    bytes = encode_tiles (codec, tiles, scratch);
    seconds[i] = bench_cpu_seconds () - start;
  }
  speed = bench_speed (seconds, RUNS, raw);
  g_print ("%-8s %-7s %-7s %8zu bytes  ratio %6.2f  %6.0f MB/s (%.0f to "
           "%.0f)\n",
           spc_image_codec_name (codec), picture, cutting, bytes, raw / bytes,
           speed.median, speed.slow, speed.fast);
}

int
main (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (size_t i = 0; i < BENCH_N_PICTURES; i++) {
    g_autofree uint8_t *pixels = bench_picture_new (i);
    g_autoptr (GPtrArray) whole = cut (pixels, BENCH_WIDTH, BENCH_HEIGHT);
    g_autoptr (GPtrArray) tiles = cut (pixels, TILE_WIDTH, TILE_HEIGHT);

    for (int codec = 0; codec < SPC_N_CODECS; codec++) {
      measure (bench_picture_name (i), "whole", codec, whole, scratch);
      measure (bench_picture_name (i), "tiles", codec, tiles, scratch);
    }
  }
  return 0;
}
