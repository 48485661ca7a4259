/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cut-bench.c – what cutting pictures by content saves and costs.
 *
 * Bytes with LZ for all, with QUIC for all, with each part of a cut in its
 * own, and of the oracle, which knows where the photos are: LZ of the picture
 * without them and QUIC of the picture without the rest. MESSAGE bytes are
 * counted for each part after the first. Thread CPU time a pixel, the median
 * of RUNS. Then what bands cost: the bytes with bands to those without. */
#include "bench-times.h"
#include "cut-pictures.h"
#include "cut.h"
#include "encoder.h"

#include <string.h>

enum { RUNS = 31, MESSAGE = 100, SIZE = BENCH_WIDTH * BENCH_HEIGHT };

static const SpcCutLimits whole = {SPC_CUT_MAX_PARTS, {0}};

static QxlImage *
slice (const uint8_t *pixels, const QxlRect *area)
{
  size_t stride = BENCH_WIDTH * 4;

  return qxl_image_new_wrapped (
      QXL_FORMAT_BGRX, (uint32_t)qxl_rect_width (area),
      (uint32_t)qxl_rect_height (area), stride,
      pixels + (size_t)area->top * stride + (size_t)area->left * 4, NULL, NULL);
}

static size_t
encoded_size (SpcImageCodec codec, const QxlImage *image, SpcScratch *scratch)
{
  SpcEncodedImage encoded;
  size_t size;

  if (!spc_image_encode (codec, image, scratch, &encoded, NULL))
    g_error ("a picture does not encode");
  size = g_bytes_get_size (encoded.payload);
  spc_encoded_image_clear (&encoded);
  return size;
}

static size_t
size_of_all (SpcImageCodec codec, const uint8_t *pixels, SpcScratch *scratch)
{
  QxlRect all = QXL_RECT (0, 0, BENCH_WIDTH, BENCH_HEIGHT);
  g_autoptr (QxlImage) image = slice (pixels, &all);

  return encoded_size (codec, image, scratch);
}

static size_t
size_of_parts (const uint8_t *pixels, GArray *parts, SpcScratch *scratch)
{
  size_t size = (parts->len - 1) * MESSAGE;

  for (guint i = 0; i < parts->len; i++) {
    const SpcPart *part = &g_array_index (parts, SpcPart, i);
    g_autoptr (QxlImage) image = slice (pixels, &part->area);

    size += encoded_size (part->content == SPC_CONTENT_PHOTO ? SPC_CODEC_QUIC
                                                             : SPC_CODEC_LZ,
                          image, scratch);
  }
  return size;
}

static size_t
size_for_oracle (const CutPicture *picture, const uint8_t *pixels,
                 SpcScratch *scratch)
{
  g_autofree uint8_t *photo = g_malloc0 (SIZE * 4),
                     *drawn = g_malloc0 (SIZE * 4);
  size_t n_photo = 0;
  size_t size = 0;

  for (int32_t i = 0; i < SIZE; i++) {
    bool is_photo =
        cut_picture_is_photo (picture, i % BENCH_WIDTH, i / BENCH_WIDTH);

    memcpy ((is_photo ? photo : drawn) + 4 * (size_t)i, pixels + 4 * (size_t)i,
            4);
    n_photo += is_photo;
  }
  if (n_photo > 0)
    size += size_of_all (SPC_CODEC_QUIC, photo, scratch);
  if (n_photo < SIZE)
    size += size_of_all (SPC_CODEC_LZ, drawn, scratch);
  return size;
}

static double
cut_ns (const QxlImage *image, GArray *parts)
{
  double seconds[RUNS];

  for (int i = 0; i < RUNS; i++) {
    double start = bench_cpu_seconds ();

    spc_cut_image (image, &whole, parts);
    seconds[i] = bench_cpu_seconds () - start;
  }
  /* 10^6 pixels a second */
  return 1e3 / bench_speed (seconds, RUNS, SIZE).median;
}

static double
lz_ns (const QxlImage *image, SpcScratch *scratch)
{
  double seconds[RUNS];

  for (int i = 0; i < RUNS; i++) {
    double start = bench_cpu_seconds ();

    encoded_size (SPC_CODEC_LZ, image, scratch);
    seconds[i] = bench_cpu_seconds () - start;
  }
  /* 10^6 pixels a second */
  return 1e3 / bench_speed (seconds, RUNS, SIZE).median;
}

static void
measure_picture (const CutPicture *picture, SpcScratch *scratch)
{
  g_autofree uint8_t *pixels = cut_picture_draw (picture);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (SpcPart));
  QxlRect all = QXL_RECT (0, 0, BENCH_WIDTH, BENCH_HEIGHT);
  g_autoptr (QxlImage) image = slice (pixels, &all);
  double ns = cut_ns (image, parts);
  size_t lz = size_of_all (SPC_CODEC_LZ, pixels, scratch);
  size_t quic = size_of_all (SPC_CODEC_QUIC, pixels, scratch);
  size_t oracle = size_for_oracle (picture, pixels, scratch);
  size_t cut = size_of_parts (pixels, parts, scratch);

  g_print ("%-9s lz %7zu  quic %7zu  cut %7zu in %2u  oracle %7zu  cut/better "
           "%.3f  cut/oracle %.3f  %.3f ns/pixel (LZ %.2f)\n",
           picture->name, lz, quic, cut, parts->len, oracle,
           (double)cut / (double)MIN (lz, quic), (double)cut / (double)oracle,
           ns, lz_ns (image, scratch));
}

static void
measure_bands (SpcImageCodec codec, BenchPicture picture, SpcScratch *scratch)
{
  g_autofree uint8_t *pixels = bench_picture_new (picture);
  size_t all = size_of_all (codec, pixels, scratch);

  for (int32_t n = 2; n <= 16; n *= 2) {
    size_t size = (size_t)(n - 1) * MESSAGE;

    for (int32_t i = 0; i < n; i++) {
      QxlRect area = QXL_RECT (0, BENCH_HEIGHT * i / n, BENCH_WIDTH,
                               BENCH_HEIGHT * (i + 1) / n);
      g_autoptr (QxlImage) image = slice (pixels, &area);

      size += encoded_size (codec, image, scratch);
    }
    g_print ("%-5s %2d bands of %6d pixels: %.4f\n",
             spc_image_codec_name (codec), n, SIZE / n,
             (double)size / (double)all);
  }
}

int
main (void)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();

  for (unsigned i = 0; i < cut_n_pictures; i++)
    measure_picture (&cut_pictures[i], scratch);
  measure_bands (SPC_CODEC_LZ, BENCH_DESKTOP, scratch);
  measure_bands (SPC_CODEC_QUIC, BENCH_PHOTO, scratch);
  return 0;
}
