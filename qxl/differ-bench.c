/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints what a push costs, in ns a pixel of the frame, for each kernel
 * variant, and the part of the pixels that is sent: a still frame, 1 % changed
 * (32×32 squares, scattered), all changed to noise, all changed to one colour,
 * a third changed to noise, a page scrolled, a window dragged. Median of some
 * rounds, and their spread. */
#include "qxl/differ-kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ROUNDS 200
/* a measurement is worth this many pixels, but few rounds at least */
#define PIXELS_PER_CASE (40 * 1000 * 1000)
#define MIN_ROUNDS 9

typedef struct {
  const char *name;
  void (*change) (uint8_t *frame, uint32_t width, uint32_t height);
} Scene;

static uint32_t random_state = 1;

/* fast and the same on every run (xorshift) */
static uint32_t
next_random (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

static void
make_noise (uint8_t *frame, uint32_t width, uint32_t height)
{
  for (size_t i = 0; i < (size_t)width * height; i++) {
    uint32_t value = next_random ();

    memcpy (frame + i * 4, &value, 4);
  }
}

static void
change_nothing (uint8_t *frame, uint32_t width, uint32_t height)
{
}

static void
change_some (uint8_t *frame, uint32_t width, uint32_t height)
{
  uint32_t n = width * height / 100 / (32 * 32);

  for (uint32_t i = 0; i < MAX (n, 1); i++) {
    uint32_t left = next_random () % (width - 32);
    uint32_t top = next_random () % (height - 32);

    for (uint32_t y = top; y < top + 32; y++)
      make_noise (frame + ((size_t)y * width + left) * 4, 32, 1);
  }
}

static void
change_to_one_color (uint8_t *frame, uint32_t width, uint32_t height)
{
  memset (frame, (int)(next_random () & 0xff), (size_t)width * height * 4);
}

/* a third of the picture in its middle: a film on a desktop */
static void
change_to_film (uint8_t *frame, uint32_t width, uint32_t height)
{
  for (uint32_t y = height / 5; y < height * 4 / 5; y++)
    make_noise (frame + ((size_t)y * width + width / 5) * 4, width * 3 / 5, 1);
}

/* a page moves up by four rows, beside something that stays */
static void
scroll (uint8_t *frame, uint32_t width, uint32_t height)
{
  uint32_t left = width / 4, n = width - left;

  for (uint32_t y = 0; y + 4 < height; y++)
    memcpy (frame + ((size_t)y * width + left) * 4,
            frame + ((size_t)(y + 4) * width + left) * 4, (size_t)n * 4);
  for (uint32_t y = height - 4; y < height; y++)
    make_noise (frame + ((size_t)y * width + left) * 4, n, 1);
}

/* A window of a quarter of the picture goes to and fro; what it lays open is
 * of one colour. */
static void
drag (uint8_t *frame, uint32_t width, uint32_t height)
{
  static const int32_t ways[][2] = {{0, 0}, {7, 3}, {12, 1}, {7, 3}};
  static unsigned n;
  const int32_t *before = ways[n % 4], *after = ways[(n + 1) % 4];
  size_t row = (size_t)width / 2 * 4, stride = (size_t)width * 4;
  uint8_t *corner = frame + height / 4 * stride + width / 4 * 4;
  uint8_t *from = corner + (size_t)before[1] * stride + (size_t)before[0] * 4;
  uint8_t *to = corner + (size_t)after[1] * stride + (size_t)after[0] * 4;
  g_autofree uint8_t *window = g_malloc (row * (height / 2));

  n++;
  for (uint32_t y = 0; y < height / 2; y++) {
    memcpy (window + y * row, from + y * stride, row);
    memset (from + y * stride, 0x80, row);
  }
  for (uint32_t y = 0; y < height / 2; y++)
    memcpy (to + y * stride, window + y * row, row);
}

static const Scene scenes[] = {
    {"still", change_nothing},
    {"1 %", change_some},
    {"noise", make_noise},
    {"one color", change_to_one_color},
    {"film", change_to_film},
    {"scroll", scroll},
    {"drag", drag},
};

/* pixels that are not moved or filled, but sent */
static double
sent_part (const QxlBatch *batch, size_t n_pixels)
{
  size_t n = 0;

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlDrawable *draw = qxl_batch_at (batch, i)->u.draw;

    if (draw->kind == QXL_DRAW_COPY)
      n += (size_t)(qxl_rect_width (&draw->box) * qxl_rect_height (&draw->box));
  }
  return (double)n / (double)n_pixels;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  gint64 difference = *(const gint64 *)a - *(const gint64 *)b;

  return difference < 0 ? -1 : difference > 0;
}

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static void
measure (const QxlDifferKernels *kernels, const Scene *scene, uint32_t width,
         uint32_t height)
{
  size_t n_pixels = (size_t)width * height;
  g_autofree uint8_t *frame = g_malloc (n_pixels * 4);
  g_autoptr (QxlDiffer) differ =
      qxl_differ_new (QXL_FORMAT_BGRX, width, height);
  gint64 times[MAX_ROUNDS];
  unsigned n = CLAMP (PIXELS_PER_CASE / n_pixels, MIN_ROUNDS, MAX_ROUNDS);
  guint n_commands = 0;
  double sent = 0;

  qxl_differ_set_kernels (differ, kernels);
  make_noise (frame, width, height);
  qxl_batch_free (qxl_differ_push (differ, frame, (size_t)width * 4));
  for (unsigned i = 0; i < n; i++) {
    g_autoptr (QxlBatch) batch = NULL;
    gint64 start;

    scene->change (frame, width, height);
    start = now_ns ();
    batch = qxl_differ_push (differ, frame, (size_t)width * 4);
    times[i] = now_ns () - start;
    n_commands = batch->commands->len;
    sent += sent_part (batch, n_pixels);
  }
  qsort (times, n, sizeof *times, by_value);
  printf ("%-5s %4ux%-4u %-9s %7.3f ns/pixel (%.3f to %.3f) %8.3f ms, "
          "%u commands, %.1f %% sent\n",
          kernels->name, width, height, scene->name,
          (double)times[n / 2] / (double)n_pixels,
          (double)times[n / 10] / (double)n_pixels,
          (double)times[n * 9 / 10] / (double)n_pixels,
          (double)times[n / 2] / 1e6, n_commands, 100 * sent / n);
}

static void
measure_variants (const Scene *scene, uint32_t width, uint32_t height)
{
  for (unsigned k = 0; qxl_differ_kernels_at (k); k++) {
    const QxlDifferKernels *kernels = qxl_differ_kernels_at (k);

    if (kernels->is_supported ())
      measure (kernels, scene, width, height);
  }
}

int
main (void)
{
  static const uint32_t sizes[][2] = {{1280, 720}, {1920, 1080}, {3840, 2160}};

  printf ("median (10 %% to 90 %%), BGRx\n");
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint c = 0; c < G_N_ELEMENTS (scenes); c++)
      measure_variants (&scenes[c], sizes[s][0], sizes[s][1]);
  return 0;
}
