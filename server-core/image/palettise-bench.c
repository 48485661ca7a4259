/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palettise-bench.c – what palettes save, in bytes and time.
 *
 *   image-palettise-bench [FILE...]
 *
 * The pictures of bench-pictures.h, and each FILE of 1280×720 B G R x pixels,
 * are cut into rectangles of sizes that dirty areas have. First line of each
 * size: of rectangles with at most 256 colours, bytes as LZ of colours, as LZ
 * of indices with the palette sent, and with it kept by the viewer; ns a pixel
 * of LZ of colours, of finding the palette + of LZ of indices; and of how many
 * others there are, ns a pixel until they were given up. Second line: the same
 * rectangles one after another as a viewer would get them, by the rules of
 * palettise.h. Bytes are of payloads: messages have 81 more. */
#include "bench-pictures.h"
#include "bench-times.h"
#include "palette-payload.h"
#include "palettise.h"

enum { REPEATS = 5, PALETTE_HEAD = 10, POINTER = 4, KEPT_ID = 8 };

static const struct {
  uint32_t width, height;
} cuts[] = {{10, 20},  {40, 20},   {120, 20},  {400, 20},
            {128, 64}, {320, 240}, {1280, 720}};

typedef struct {
  unsigned n, n_given_up;
  double pixels, given_up_pixels;
  double lz_bytes, plt_bytes, palette_bytes, n_colours;
  double lz_ns, palettise_ns, plt_ns, given_up_ns;
} Sums;

/* a viewer that gets one rectangle after another */
typedef struct {
  GHashTable *kept; /* unique → nothing */
  unsigned n, n_sent, n_kept;
  double pixels, bytes, lz_bytes, ns, lz_ns;
} Viewer;

static double
now_ns (void)
{
  return bench_cpu_seconds () * 1e9;
}

static void
encode (const QxlImage *image, SpcScratch *scratch, size_t *size)
{
  SpcEncodedImage encoded;

  if (!spc_image_encode (SPC_CODEC_LZ, image, scratch, &encoded, NULL))
    g_error ("an image does not encode");
  *size = g_bytes_get_size (encoded.payload);
  spc_encoded_image_clear (&encoded);
}

static double
time_encode (const QxlImage *image, SpcScratch *scratch, size_t *size)
{
  double start = now_ns ();

  encode (image, scratch, size);
  return now_ns () - start;
}

static double
palette_bytes (const QxlPalette *palette)
{
  return POINTER + PALETTE_HEAD + 4.0 * palette->n_entries;
}

static void
measure (const QxlImage *image, SpcScratch *scratch, Sums *sums)
{
  double pixels = (double)image->width * image->height;
  double start = now_ns (), palettise_ns;
  g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);
  size_t lz, plt;

  palettise_ns = now_ns () - start;
  if (!made) {
    sums->n_given_up++;
    sums->given_up_pixels += pixels;
    sums->given_up_ns += palettise_ns;
    return;
  }
  sums->n++;
  sums->pixels += pixels;
  sums->palettise_ns += palettise_ns;
  sums->lz_ns += time_encode (image, scratch, &lz);
  sums->plt_ns += time_encode (made, scratch, &plt);
  sums->lz_bytes += (double)lz;
  sums->plt_bytes += (double)plt;
  sums->palette_bytes += palette_bytes (made->palette);
  sums->n_colours += made->palette->n_entries;
}

/* @image as a viewer would get it; its bytes in *@size */
static double
send (const QxlImage *image, SpcScratch *scratch, Viewer *viewer, size_t *size)
{
  unsigned max_colours = spc_palettise_pays (image);
  double start = now_ns (), ns;
  g_autoptr (QxlImage) made = NULL;

  if (max_colours)
    made = spc_palettise (image, max_colours, scratch);
  encode (made ? made : image, scratch, size);
  ns = now_ns () - start;
  if (!made)
    return ns;
  if (g_hash_table_add (viewer->kept, g_memdup2 (&made->palette->unique, 8))) {
    *size += (size_t)palette_bytes (made->palette);
    viewer->n_sent++;
  } else {
    *size += KEPT_ID;
    viewer->n_kept++;
  }
  return ns;
}

/* each first by turns: pixels are nearer the second time */
static void
compare (const QxlImage *image, SpcScratch *scratch, Viewer *viewer)
{
  size_t lz, sent;

  if (viewer->n % 2)
    viewer->ns += send (image, scratch, viewer, &sent);
  viewer->lz_ns += time_encode (image, scratch, &lz);
  if (viewer->n % 2 == 0)
    viewer->ns += send (image, scratch, viewer, &sent);
  viewer->lz_bytes += (double)lz;
  viewer->bytes += (double)sent;
  viewer->pixels += (double)image->width * image->height;
  viewer->n++;
}

static void
print (const char *name, uint32_t width, uint32_t height, const Sums *s,
       const Viewer *v)
{
  g_print ("%-10s %4ux%-4u", name, width, height);
  if (s->n)
    g_print (" %5u of %5.1f colours: LZ %7.0f bytes %5.2f ns, palette sent "
             "%7.0f, kept %7.0f bytes %5.2f + %5.2f ns",
             s->n / REPEATS, s->n_colours / s->n, s->lz_bytes / s->n,
             s->lz_ns / s->pixels, (s->plt_bytes + s->palette_bytes) / s->n,
             s->plt_bytes / s->n + KEPT_ID, s->palettise_ns / s->pixels,
             s->plt_ns / s->pixels);
  if (s->n_given_up)
    g_print (" %5u given up: %5.3f ns", s->n_given_up / REPEATS,
             s->given_up_ns / s->given_up_pixels);
  g_print ("\n%20s %5u sent: %4u with palettes, %5u with kept ones: LZ %9.0f "
           "bytes %5.2f ns, by the rules %9.0f bytes %5.2f ns\n",
           "", v->n, v->n_sent, v->n_kept, v->lz_bytes, v->lz_ns / v->pixels,
           v->bytes, v->ns / v->pixels);
}

static void
measure_cut (const char *name, const uint8_t *pixels, uint32_t width,
             uint32_t height, SpcScratch *scratch)
{
  Viewer viewer = {.kept = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                                  g_free, NULL)};
  Sums sums = {0};

  for (int i = 0; i < REPEATS; i++)
    for (uint32_t y = 0; y + height <= BENCH_HEIGHT; y += height)
      for (uint32_t x = 0; x + width <= BENCH_WIDTH; x += width) {
        g_autoptr (QxlImage) image = qxl_image_new_wrapped (
            QXL_FORMAT_BGRX, width, height, BENCH_WIDTH * 4,
            pixels + ((size_t)y * BENCH_WIDTH + x) * 4, NULL, NULL);

        measure (image, scratch, &sums);
        if (i == 0)
          compare (image, scratch, &viewer);
      }
  print (name, width, height, &sums, &viewer);
  g_hash_table_unref (viewer.kept);
}

static void
measure_picture (const char *name, const uint8_t *pixels, SpcScratch *scratch)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cuts); i++)
    measure_cut (name, pixels, cuts[i].width, cuts[i].height, scratch);
}

int
main (int argc, char **argv)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (int i = 0; i < BENCH_N_PICTURES; i++) {
    g_autofree uint8_t *pixels = bench_picture_new ((BenchPicture)i);

    measure_picture (bench_picture_name ((BenchPicture)i), pixels, scratch);
  }
  for (int i = 1; i < argc; i++) {
    g_autofree char *content = NULL;
    g_autofree char *name = g_path_get_basename (argv[i]);
    size_t size;

    if (!g_file_get_contents (argv[i], &content, &size, NULL) ||
        size != BENCH_WIDTH * BENCH_HEIGHT * 4)
      g_error ("%s is no picture of 1280×720", argv[i]);
    measure_picture (name, (const uint8_t *)content, scratch);
  }
  return 0;
}
