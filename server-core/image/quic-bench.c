/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-bench.c – MB/s of each variant of QUIC's hot loops.
 *
 *   image-quic-bench [VARIANT [PICTURE]]     e.g. avx2 "RGB32 photo whole"
 *
 * The pictures, of 1280×720 in the types that clients take, whole and cut
 * into tiles of 128×64 with the picture's stride. Alpha is 255 where the green
 * is even, else the blue: flat areas and edges. MB/s are 10^6 bytes of raw
 * pixels by the median of RUNS encodings, thread CPU time; the spread is from
 * the fastest to the slowest quarter. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "quic.h"

#include <string.h>

enum { RUNS = 31, TILE_WIDTH = 128, TILE_HEIGHT = 64 };

static const struct {
  const char *name;
  SpcQuicType type;
  unsigned bytes; /* of a pixel */
} types[] = {
    {"RGB32", SPC_QUIC_RGB32, 4},
    {"RGBA", SPC_QUIC_RGBA, 4},
    {"RGB24", SPC_QUIC_RGB24, 3},
    {"RGB16", SPC_QUIC_RGB16, 2},
};

/* one picture in one type */
typedef struct {
  SpcQuicImage image;
  unsigned bytes; /* of a pixel */
  uint8_t *to;
  size_t room;
  SpcScratch *scratch;
} Bench;

/* what to leave out; NULL: nothing */
typedef struct {
  const char *variant, *picture;
} Only;

/* B G R 0 to pixels of @type, in place */
static void
convert (uint8_t *pixels, SpcQuicType type)
{
  uint8_t *to = pixels;

  for (size_t i = 0; i < BENCH_WIDTH * BENCH_HEIGHT; i++, pixels += 4) {
    uint8_t b = pixels[0], g = pixels[1], r = pixels[2];
    unsigned word =
        (unsigned)b >> 3 | (unsigned)(g >> 3) << 5 | (unsigned)(r >> 3) << 10;

    if (type == SPC_QUIC_RGBA)
      pixels[3] = g & 1 ? b : 255;
    if (type == SPC_QUIC_RGB24) {
      *to++ = b;
      *to++ = g;
      *to++ = r;
    }
    if (type == SPC_QUIC_RGB16) {
      *to++ = (uint8_t)word;
      *to++ = (uint8_t)(word >> 8);
    }
  }
}

/* encodes all tiles of a size; returns the bytes they become */
static size_t
encode (const Bench *bench, const SpcQuicKernels *kernels, uint32_t width,
        uint32_t height)
{
  SpcQuicImage tile = bench->image;
  size_t bytes = 0;

  for (uint32_t y = 0; y < BENCH_HEIGHT; y += height)
    for (uint32_t x = 0; x < BENCH_WIDTH; x += width) {
      tile.width = MIN (width, BENCH_WIDTH - x);
      tile.height = MIN (height, BENCH_HEIGHT - y);
      tile.rows = bench->image.rows + y * tile.stride + x * bench->bytes;
      bytes += spc_quic_write_with (kernels, &tile, bench->scratch, bench->to,
                                    bench->room);
    }
  return bytes;
}

static void
measure (const Bench *bench, const SpcQuicKernels *kernels, const char *label,
         uint32_t width, uint32_t height)
{
  const double raw = (double)BENCH_WIDTH * BENCH_HEIGHT * bench->bytes;
  double seconds[RUNS];
  BenchSpeed speed;
  size_t bytes = 0;

  for (int i = 0; i < RUNS; i++) {
    double start = bench_cpu_seconds ();

    bytes = encode (bench, kernels, width, height);
    seconds[i] = bench_cpu_seconds () - start;
  }
  speed = bench_speed (seconds, RUNS, raw);
  g_print ("%-6s %-22s %8zu bytes  ratio %6.2f  %6.0f MB/s (%.0f to %.0f)\n",
           kernels->name, label, bytes, raw / bytes, speed.median, speed.slow,
           speed.fast);
}

static void
run_variants (const Bench *bench, const char *label, const Only *only,
              uint32_t width, uint32_t height)
{
  const SpcQuicKernels *kernels;

  if (only->picture && !strstr (label, only->picture))
    return;
  for (unsigned i = 0; (kernels = spc_quic_kernels_at (i)); i++)
    if (kernels->is_supported () &&
        (!only->variant || strcmp (kernels->name, only->variant) == 0))
      measure (bench, kernels, label, width, height);
}

static void
run (size_t picture, size_t type, SpcScratch *scratch, const Only *only)
{
  const size_t room = BENCH_WIDTH * BENCH_HEIGHT * 16;
  g_autofree uint8_t *pixels = bench_picture_new (picture);
  g_autofree uint8_t *to = g_malloc (room);
  g_autofree char *whole = g_strdup_printf ("%s %s whole", types[type].name,
                                            bench_picture_name (picture));
  g_autofree char *tiles = g_strdup_printf ("%s %s tiles", types[type].name,
                                            bench_picture_name (picture));
  Bench bench = {.image = {types[type].type, BENCH_WIDTH, BENCH_HEIGHT,
                           BENCH_WIDTH * types[type].bytes, pixels},
                 .bytes = types[type].bytes,
                 .to = to,
                 .room = room,
                 .scratch = scratch};

  convert (pixels, types[type].type);
  run_variants (&bench, whole, only, BENCH_WIDTH, BENCH_HEIGHT);
  run_variants (&bench, tiles, only, TILE_WIDTH, TILE_HEIGHT);
}

int
main (int argc, char **argv)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  Only only = {argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL};

  for (size_t type = 0; type < G_N_ELEMENTS (types); type++)
    for (size_t i = 0; i < BENCH_N_PICTURES; i++)
      run (i, type, scratch, &only);
  return 0;
}
