/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* codec-bench – how large our encodings of the pictures are, and how fast.
 *
 *   codec-bench [--runs N]          a line of JSON for each encoding
 *   codec-bench --write NAME        a picture's pixels to standard output
 *
 * Encodings take turns, run after run, so that what else the machine does falls
 * on all of them. Each writes into memory it is given, from the same tight
 * pixels; contexts and dictionaries are made before. The yardsticks are done by
 * the system's libraries alone, without a line of ours around them. */
#include "server-core/image/bench-pictures.h"
#include "server-core/image/bench-times.h"
#include "server-core/image/codec.h"
#include "server-core/image/glz.h"
#include "server-core/image/palettise.h"

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

enum { DEFAULT_RUNS = 31, MAX_RUNS = 1001, WINDOW = 4 << 20 };

/* what an encoding works on */
typedef struct {
  QxlImage *image;
  size_t size; /* of its pixels */
  SpcScratch *scratch, *palettes;
  SpcGlzDictionary *empty, *filled; /* the latter knows the image */
  uint8_t *to;
  size_t room;
  void *lz4_state;
  struct jpeg_compress_struct jpeg;
} Bench;

/* the encodings: each returns the bytes of a stream, 0 if it cannot make one */

static size_t
encode_quic (Bench *self)
{
  return spc_quic_encode (self->image, self->scratch, self->to, self->room);
}

static size_t
encode_lz (Bench *self)
{
  return spc_lz_encode (self->image, self->scratch, self->to, self->room);
}

/* of a picture of few colours; finding them is part of it */
static size_t
encode_lz_plt (Bench *self)
{
  g_autoptr (QxlImage) few =
      spc_palettise (self->image, QXL_PALETTE_MAX_ENTRIES, self->palettes);

  return few ? spc_lz_encode (few, self->scratch, self->to, self->room) : 0;
}

static size_t
encode_lz4 (Bench *self)
{
  return spc_lz4_encode (self->image, self->scratch, self->to, self->room);
}

static size_t
encode_jpeg (Bench *self)
{
  return spc_jpeg_encode (self->image, SPC_DEFAULT_QUALITY, self->scratch,
                          self->to, self->room);
}

static size_t
encode_glz_into (SpcGlzDictionary *dictionary, Bench *self)
{
  g_auto (SpcGlzStream) stream = {0};

  if (!spc_glz_encode (dictionary, self->image, self->scratch, &stream, NULL))
    g_error ("the dictionary does not take the picture");
  return 4 + 33 + stream.tokens; /* size, header */
}

static size_t
encode_glz (Bench *self)
{
  return encode_glz_into (self->empty, self);
}

static size_t
encode_glz_again (Bench *self)
{
  return encode_glz_into (self->filled, self);
}

static size_t
encode_liblz4 (Bench *self)
{
  return (size_t)LZ4_compress_fast_extState (
      self->lz4_state, (const char *)qxl_image_row (self->image, 0),
      (char *)self->to, (int)self->size, (int)self->room, 1);
}

static size_t
encode_libjpeg (Bench *self)
{
  unsigned long size = self->room;
  unsigned char *to = self->to;

  jpeg_mem_dest (&self->jpeg, &to, &size);
  jpeg_start_compress (&self->jpeg, TRUE);
  while (self->jpeg.next_scanline < self->jpeg.image_height) {
    JSAMPROW row =
        (JSAMPROW)qxl_image_row (self->image, self->jpeg.next_scanline);

    jpeg_write_scanlines (&self->jpeg, &row, 1);
  }
  jpeg_finish_compress (&self->jpeg);
  return size;
}

/* clang-format off */
static const struct {
  const char *name;
  size_t (*encode) (Bench *self);
} encodings[] = {
  { "quic",      encode_quic },
  { "lz",        encode_lz },
  { "lz plt",    encode_lz_plt },
  { "glz",       encode_glz },
  { "glz again", encode_glz_again },
  { "lz4",       encode_lz4 },
  { "jpeg",      encode_jpeg },
  { "liblz4",    encode_liblz4 },
  { "libjpeg",   encode_libjpeg },
};
/* clang-format on */

enum { N_ENCODINGS = G_N_ELEMENTS (encodings) };

/* pictures */

/* an image with pixels of its own, as draws bring them */
static QxlImage *
image_of (BenchPicture picture)
{
  g_autofree uint8_t *pixels = bench_picture_new (picture);
  uint8_t *to;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, BENCH_WIDTH, BENCH_HEIGHT, &to);

  if (!bench_picture_is_right (picture, pixels))
    g_error ("not the picture of the published figures");
  memcpy (to, pixels, qxl_image_size (image));
  return image;
}

static void
bench_init (Bench *self, BenchPicture picture)
{
  static struct jpeg_error_mgr errors; /* ends the process */

  self->image = image_of (picture);
  self->size = qxl_image_size (self->image);
  self->scratch = spc_scratch_new ();
  self->palettes = spc_scratch_new ();
  self->empty = spc_glz_dictionary_new (WINDOW);
  self->filled = spc_glz_dictionary_new (WINDOW);
  self->room = 2 * self->size;
  self->to = g_malloc (self->room);
  self->lz4_state = g_malloc ((gsize)LZ4_sizeofState ());
  self->jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&self->jpeg);
  self->jpeg.image_width = BENCH_WIDTH;
  self->jpeg.image_height = BENCH_HEIGHT;
  self->jpeg.input_components = 4;
  self->jpeg.in_color_space = JCS_EXT_BGRX;
  jpeg_set_defaults (&self->jpeg);
  jpeg_set_quality (&self->jpeg, SPC_DEFAULT_QUALITY, TRUE);
}

static void
bench_clear (Bench *self)
{
  qxl_image_unref (self->image);
  spc_scratch_free (self->scratch);
  spc_scratch_free (self->palettes);
  spc_glz_dictionary_free (self->empty);
  spc_glz_dictionary_free (self->filled);
  g_free (self->to);
  g_free (self->lz4_state);
  jpeg_destroy_compress (&self->jpeg);
}

/* the first turn is not counted: memory grows in it */
static void
measure (BenchPicture picture, int n_runs)
{
  Bench bench = {0};
  size_t bytes[N_ENCODINGS];
  double *seconds[N_ENCODINGS];

  bench_init (&bench, picture);
  for (size_t i = 0; i < N_ENCODINGS; i++)
    seconds[i] = g_new (double, n_runs);
  for (int run = -1; run < n_runs; run++)
    for (size_t i = 0; i < N_ENCODINGS; i++) {
      double start;

      spc_glz_dictionary_reset (bench.empty);
      start = bench_cpu_seconds ();
      bytes[i] = encodings[i].encode (&bench);
      seconds[i][MAX (run, 0)] = bench_cpu_seconds () - start;
    }
  for (size_t i = 0; i < N_ENCODINGS; i++) {
    BenchSpeed speed =
        bench_speed (seconds[i], (size_t)n_runs, (double)bench.size);

    g_print ("{\"picture\": \"%s\", \"encoding\": \"%s\", \"raw\": %zu, "
             "\"bytes\": %zu, \"speed\": %.1f, \"slow\": %.1f, "
             "\"fast\": %.1f}\n",
             bench_picture_name (picture), encodings[i].name, bench.size,
             bytes[i], speed.median, speed.slow, speed.fast);
    g_free (seconds[i]);
  }
  bench_clear (&bench);
}

static int
write_picture (const char *name)
{
  for (BenchPicture i = 0; i < BENCH_N_PICTURES; i++)
    if (g_str_equal (bench_picture_name (i), name)) {
      g_autoptr (QxlImage) image = image_of (i);

      fwrite (qxl_image_row (image, 0), 1, qxl_image_size (image), stdout);
      return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
  g_printerr ("no picture %s\n", name);
  return EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  int n_runs = DEFAULT_RUNS;
  char *name = NULL;
  const GOptionEntry entries[] = {
      {"runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "Runs of each encoding (31)",
       "N"},
      {"write", 0, 0, G_OPTION_ARG_STRING, &name, "Write a picture's pixels",
       "NAME"},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (name != NULL)
    return write_picture (name);
  for (BenchPicture i = 0; i < BENCH_N_PICTURES; i++)
    measure (i, CLAMP (n_runs, 1, MAX_RUNS));
  return EXIT_SUCCESS;
}
