/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content-id-bench.c – MB/s of content ids.
 *
 * The mixed picture of bench-pictures.h as one image, and as images of several
 * widths cut out of it: rows are what the hash works on. Median of 31 runs,
 * each over all of the picture, CPU time of the thread. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "content-id.h"

enum { RUNS = 31 };

/* returns something the compiler cannot leave out */
static uint64_t
name_tiles (const uint8_t *pixels, uint32_t width, uint32_t height)
{
  uint64_t all = 0;

  for (uint32_t y = 0; y < BENCH_HEIGHT; y += height)
    for (uint32_t x = 0; x < BENCH_WIDTH; x += width) {
      g_autoptr (QxlImage) image = qxl_image_new_wrapped (
          QXL_FORMAT_BGRX, width, height, BENCH_WIDTH * 4,
          pixels + ((size_t)y * BENCH_WIDTH + x) * 4, NULL, NULL);

      all ^= spc_content_id (image).words[0];
    }
  return all;
}

int
main (void)
{
  static const struct {
    uint32_t width, height;
  } tiles[] = {{BENCH_WIDTH, BENCH_HEIGHT}, {256, 72}, {64, 36}, {16, 16}};
  g_autofree uint8_t *pixels = bench_picture_new (BENCH_MIXED);
  const double bytes = BENCH_WIDTH * BENCH_HEIGHT * 4.0;

  for (gsize i = 0; i < G_N_ELEMENTS (tiles); i++) {
    double seconds[RUNS];
    BenchSpeed speed;
    uint64_t all = 0;

    for (int run = 0; run < RUNS; run++) {
      double start = bench_cpu_seconds ();

      all ^= name_tiles (pixels, tiles[i].width, tiles[i].height);
      seconds[run] = bench_cpu_seconds () - start;
    }
    speed = bench_speed (seconds, RUNS, bytes);
    g_print ("%4u×%-3u  %6.0f MB/s (%.0f to %.0f)  %08x\n", tiles[i].width,
             tiles[i].height, speed.median, speed.slow, speed.fast,
             (unsigned)all);
  }
  return 0;
}
