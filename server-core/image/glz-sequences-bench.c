/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-sequences-bench.c – GLZ beside LZ over what a desktop draws in time.
 *
 * Scenes of 1280×720, composed of the pieces of bench-pictures.h, go through
 * the differ; the images that come out, in order, through one dictionary that
 * starts empty, and through LZ. Bytes are payloads, times thread CPU time. The
 * last line is what a small image costs while the window is full. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "glz.h"
#include "qxl/differ.h"

enum { RUNS = 9, WINDOW = 4 << 20 };
/* cells of text in BENCH_TEXT, its lines and what of one is used */
enum { CELL = 7, LINE = 14, LINES = 48, COLUMNS = 120 };

typedef struct {
  uint8_t *pixels;
  uint8_t *sources[BENCH_N_PICTURES];
} Canvas;

typedef struct {
  int x, y, width, height;
} Area;

typedef struct {
  const char *name;
  int n_frames;
  void (*draw) (Canvas *canvas, int frame);
} Scene;

/* drawing */

static size_t
offset_of (int x, int y)
{
  return ((size_t)y * BENCH_WIDTH + (size_t)x) * 4;
}

static void
blit (Canvas *self, BenchPicture source, Area from, int x, int y)
{
  for (int i = 0; i < from.height; i++)
    memcpy (self->pixels + offset_of (x, y + i),
            self->sources[source] + offset_of (from.x, from.y + i),
            (size_t)from.width * 4);
}

static void
clear (Canvas *self, Area area, uint8_t level)
{
  for (int i = 0; i < area.height; i++)
    memset (self->pixels + offset_of (area.x, area.y + i), level,
            (size_t)area.width * 4);
  for (int i = 0; i < area.height; i++)
    for (int j = 0; j < area.width; j++)
      self->pixels[offset_of (area.x + j, area.y + i) + 3] = 0;
}

static void
draw_screen (Canvas *self, BenchPicture picture)
{
  blit (self, picture, (Area){0, 0, BENCH_WIDTH, BENCH_HEIGHT}, 0, 0);
}

/* a line of text like no other: words of the page from different places */
static void
draw_line (Canvas *self, int number, int x, int y)
{
  enum { WORD = 8 };

  for (int i = 0; i < COLUMNS / WORD; i++) {
    int line = (number * 7 + i * 11) % LINES;
    int column = (number * 5 + i * 3) % (COLUMNS - WORD);

    blit (self, BENCH_TEXT,
          (Area){8 + column * CELL, 8 + line * LINE, WORD * CELL, LINE},
          x + i * WORD * CELL, y);
  }
}

/* scenes */

static void
draw_typing (Canvas *self, int frame)
{
  int line = frame / COLUMNS, column = frame % COLUMNS;

  if (frame == 0) {
    draw_screen (self, BENCH_DESKTOP);
    clear (self, (Area){200, 60, 900, 600}, 0xff);
    return;
  }
  blit (self, BENCH_TEXT,
        (Area){8 + frame * 13 % COLUMNS * CELL, 8 + frame * 5 % LINES * LINE,
               CELL, LINE},
        210 + column * CELL, 70 + line * LINE);
}

static void
draw_terminal (Canvas *self, int first)
{
  clear (self, (Area){100, 20, 900, 680}, 0xff);
  for (int i = 0; i < LINES; i++)
    draw_line (self, first + i, 110, 24 + i * LINE);
}

static void
draw_pages (Canvas *self, int frame)
{
  if (frame == 0)
    draw_screen (self, BENCH_DESKTOP);
  draw_terminal (self, frame * LINES);
}

static void
draw_lines (Canvas *self, int frame)
{
  if (frame == 0)
    draw_screen (self, BENCH_DESKTOP);
  draw_terminal (self, frame * 3);
}

static void
draw_raised (Canvas *self, int frame)
{
  draw_screen (self, BENCH_MIXED);
  for (int i = 0; i < 2; i++)
    if ((frame + i) % 2)
      blit (self, BENCH_DESKTOP, (Area){40, 30, 500, 400}, 90, 70);
    else
      blit (self, BENCH_TEXT, (Area){0, 0, 600, 420}, 300, 200);
}

/* two windows of the whole screen in turn; a clock goes */
static void
draw_turns (Canvas *self, int frame)
{
  draw_screen (self, frame % 2 ? BENCH_TEXT : BENCH_DESKTOP);
  blit (self, BENCH_TEXT, (Area){8 + frame * CELL, 8, 5 * CELL, LINE}, 1230,
        702);
}

static void
draw_menus (Canvas *self, int frame)
{
  draw_screen (self, BENCH_DESKTOP);
  if (frame % 3 == 0)
    return;
  for (int i = 0; i < 3 + frame % 9; i++) {
    clear (self, (Area){60 + frame % 7 * 90, 60 + i * 20, 180, 20},
           i == frame % 3 ? 0xc0 : 0xe8);
    blit (self, BENCH_TEXT,
          (Area){8, 8 + (frame % 7 * 5 + i) % LINES * LINE, 140, LINE},
          80 + frame % 7 * 90, 63 + i * 20);
  }
}

static const Scene scenes[] = {
    {"typing", 400, draw_typing}, {"pages", 20, draw_pages},
    {"lines", 60, draw_lines},    {"raise", 20, draw_raised},
    {"turns", 20, draw_turns},    {"menus", 40, draw_menus},
};

/* measuring */

static GPtrArray *
images_of (const Scene *scene, Canvas *canvas)
{
  g_autoptr (QxlDiffer) differ =
      qxl_differ_new (QXL_FORMAT_BGRX, BENCH_WIDTH, BENCH_HEIGHT);
  GPtrArray *images =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);

  for (int i = 0; i < scene->n_frames; i++) {
    g_autoptr (QxlBatch) batch = NULL;

    scene->draw (canvas, i);
    batch = qxl_differ_push (differ, canvas->pixels, BENCH_WIDTH * 4);
    for (guint j = 0; j < batch->commands->len; j++) {
      const QxlCommand *command = qxl_batch_at (batch, j);

      if (command->kind == QXL_COMMAND_DRAW &&
          command->u.draw->kind == QXL_DRAW_COPY)
        g_ptr_array_add (images, qxl_image_ref (command->u.draw->u.copy.image));
    }
  }
  return images;
}

static size_t
encode_glz (SpcGlzDictionary *dictionary, QxlImage *image, SpcScratch *scratch)
{
  g_auto (SpcGlzStream) stream = {0};
  SpcEncodedImage encoded;
  size_t size;

  if (!spc_glz_encode (dictionary, image, scratch, &stream, NULL))
    g_error ("an image does not encode");
  spc_glz_stream_payload (&stream, 0, &encoded);
  size = spc_encoded_image_size (&encoded);
  spc_encoded_image_clear (&encoded);
  return size;
}

static size_t
encode_lz (QxlImage *image, SpcScratch *scratch)
{
  SpcEncodedImage encoded;
  size_t size;

  if (!spc_image_encode (SPC_CODEC_LZ, image, scratch, &encoded, NULL))
    g_error ("an image does not encode");
  size = g_bytes_get_size (encoded.payload);
  spc_encoded_image_clear (&encoded);
  return size;
}

/* NULL for @dictionary: LZ */
static size_t
encode_all (GPtrArray *images, SpcGlzDictionary *dictionary,
            SpcScratch *scratch, double *mb_per_s)
{
  double seconds[RUNS];
  size_t bytes = 0, pixels = 0;

  for (int run = 0; run < RUNS; run++) {
    double start;

    if (dictionary)
      spc_glz_dictionary_reset (dictionary);
    bytes = pixels = 0;
    start = bench_cpu_seconds ();
    for (guint i = 0; i < images->len; i++) {
      QxlImage *image = g_ptr_array_index (images, i);

      pixels += (size_t)image->width * image->height;
      bytes += dictionary ? encode_glz (dictionary, image, scratch)
                          : encode_lz (image, scratch);
    }
    seconds[run] = bench_cpu_seconds () - start;
  }
  *mb_per_s = bench_speed (seconds, RUNS, 4.0 * (double)pixels).median;
  return bytes;
}

static void
measure (const Scene *scene, Canvas *canvas, SpcScratch *scratch)
{
  g_autoptr (SpcGlzDictionary) dictionary = spc_glz_dictionary_new (WINDOW);
  g_autoptr (GPtrArray) images = images_of (scene, canvas);
  double glz_speed, lz_speed;
  size_t glz = encode_all (images, dictionary, scratch, &glz_speed);
  size_t lz = encode_all (images, NULL, scratch, &lz_speed);

  /* 4 bytes a pixel: MB/s over 4 are pixels in a microsecond */
  g_print ("%-8s %4u images  GLZ %7zu bytes %5.2f ns a pixel  LZ %7zu bytes "
           "%5.2f ns  GLZ is %.3f of it\n",
           scene->name, images->len, glz, 4000 / glz_speed, lz, 4000 / lz_speed,
           (double)glz / (double)lz);
}

static void
measure_small (Canvas *canvas, SpcScratch *scratch)
{
  enum { SIDE = 32, N = 1000 };
  g_autoptr (SpcGlzDictionary) dictionary = spc_glz_dictionary_new (WINDOW);
  g_autoptr (GPtrArray) images = images_of (&scenes[1], canvas);
  g_autoptr (GPtrArray) small =
      g_ptr_array_new_with_free_func ((GDestroyNotify)qxl_image_unref);
  double start;

  for (int i = 0; i < N; i++) {
    uint8_t *to;
    QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, SIDE, SIDE, &to);

    for (int y = 0; y < SIDE; y++)
      memcpy (to + y * SIDE * 4,
              canvas->sources[BENCH_TEXT] +
                  offset_of (i * 31 % (BENCH_WIDTH - SIDE),
                             i * 17 % (BENCH_HEIGHT - SIDE) + y),
              SIDE * 4);
    g_ptr_array_add (small, image);
  }
  for (guint i = 0; i < images->len; i++)
    encode_glz (dictionary, g_ptr_array_index (images, i), scratch);
  start = bench_cpu_seconds ();
  for (guint i = 0; i < small->len; i++)
    encode_glz (dictionary, g_ptr_array_index (small, i), scratch);
  g_print ("an image of 32x32: %.2f us\n",
           (bench_cpu_seconds () - start) / N * 1e6);
}

int
main (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  Canvas canvas = {.pixels = g_malloc0 (BENCH_WIDTH * BENCH_HEIGHT * 4)};

  for (int i = 0; i < BENCH_N_PICTURES; i++)
    canvas.sources[i] = bench_picture_new ((BenchPicture)i);
  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    measure (&scenes[i], &canvas, scratch);
  measure_small (&canvas, scratch);
  for (int i = 0; i < BENCH_N_PICTURES; i++)
    g_free (canvas.sources[i]);
  g_free (canvas.pixels);
  return 0;
}
