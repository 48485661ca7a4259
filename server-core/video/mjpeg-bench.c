/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mjpeg-bench.c – ms, bytes and dB of a frame of a grainy film as JPEG.
 *
 * By the usual tables at some qualities, and as the encoder does it, with
 * learnt codes, at some steps; "learn" is what learning takes. Thread CPU time,
 * the median of RUNS frames; bytes and dB are means. */
#include "grainy-film.h"
#include "server-core/image/bench-times.h"
#include "server-core/image/jpeg-plan.h"
#include "server-core/image/jpeg.h"
#include "tests/image-decoders-jpeg.h"
#include "tests/image-psnr.h"

enum { RUNS = 31, FRAMES = 4 };

typedef struct {
  QxlImage *frames[FRAMES];
  SpcScratch *scratch;
  int quality; /* 0: as planned */
  SpcJpegPlan plan;
} Bench;

static GBytes *
encode (const Bench *self, const QxlImage *frame)
{
  size_t room = qxl_image_size (frame), size;
  uint8_t *to;

  if (self->quality == 0)
    return spc_jpeg_plan_write (&self->plan, frame, self->scratch, NULL);
  to = spc_scratch_get (self->scratch, SPC_SLOT_STREAM, room);
  size = spc_jpeg_write (frame, self->quality, self->scratch, to, room, NULL);
  return spc_payload_new_copy (NULL, to, size);
}

static double
find_psnr (const QxlImage *frame, GBytes *file)
{
  g_auto (ImagePixels) pixels = {0};
  uint64_t squared = 0;

  if (!image_decode_jpeg (g_bytes_get_data (file, NULL),
                          g_bytes_get_size (file), frame->width, frame->height,
                          &pixels, NULL))
    g_error ("a frame does not decode");
  for (uint32_t y = 0; y < frame->height; y++)
    squared +=
        image_squared_error (qxl_image_row (frame, y),
                             pixels.pixels + y * pixels.stride, frame->width);
  return image_psnr (squared, (uint64_t)frame->width * frame->height);
}

static void
measure (const Bench *self, const char *name)
{
  const QxlImage *first = self->frames[0];
  double seconds[RUNS], psnr = 0, pixels = first->width * first->height;
  size_t bytes = 0;

  for (int i = 0; i < RUNS; i++) {
    const QxlImage *frame = self->frames[i % FRAMES];
    double start = bench_cpu_seconds ();
    g_autoptr (GBytes) file = encode (self, frame);

    seconds[i] = bench_cpu_seconds () - start;
    if (i >= FRAMES)
      continue;
    bytes += g_bytes_get_size (file);
    psnr += find_psnr (frame, file);
  }
  g_print ("%4ux%-4u  %-16s  %5.2f ms  %7zu bytes  %5.2f dB\n", first->width,
           first->height, name,
           pixels * 1e-3 / bench_speed (seconds, RUNS, pixels).median,
           bytes / FRAMES, psnr / FRAMES);
}

static void
measure_usual (Bench *self)
{
  static const int qualities[] = {50, 80, 85, 90};

  for (size_t i = 0; i < G_N_ELEMENTS (qualities); i++) {
    g_autofree char *name = g_strdup_printf ("quality %d", qualities[i]);

    self->quality = qualities[i];
    measure (self, name);
  }
  self->quality = 0;
}

static void
measure_learning (Bench *self)
{
  double seconds[RUNS],
      pixels = self->frames[0]->width * self->frames[0]->height;

  for (int i = 0; i < RUNS; i++) {
    double start = bench_cpu_seconds ();

    spc_jpeg_plan_learn (&self->plan, self->frames[i % FRAMES], self->scratch,
                         NULL);
    seconds[i] = bench_cpu_seconds () - start;
  }
  g_print ("%4ux%-4u  %-16s  %5.2f ms\n", self->frames[0]->width,
           self->frames[0]->height, "  learn",
           pixels * 1e-3 / bench_speed (seconds, RUNS, pixels).median);
}

static void
measure_planned (Bench *self)
{
  static const double steps[] = {10, 12, 16, 24, 40, 72};

  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *name = g_strdup_printf ("step %g", steps[i]);

    spc_jpeg_plan_set_step (&self->plan, steps[i]);
    spc_jpeg_plan_learn (&self->plan, self->frames[0], self->scratch, NULL);
    measure (self, name);
    if (i == 0)
      measure_learning (self);
  }
}

int
main (void)
{
  static const uint32_t sizes[][2] = {{640, 360}, {1280, 720}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Bench bench = {.scratch = spc_scratch_new ()};

    for (guint f = 0; f < FRAMES; f++)
      bench.frames[f] = grainy_film_frame (f, sizes[i][0], sizes[i][1]);
    measure_usual (&bench);
    measure_planned (&bench);
    for (int f = 0; f < FRAMES; f++)
      qxl_image_unref (bench.frames[f]);
    spc_scratch_free (bench.scratch);
  }
  return 0;
}
