/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder/gstspiceyuv.h"

#include <math.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define UNIT_BITS 15
/* chroma is made of sums of four pixels */
#define CHROMA_BITS (UNIT_BITS + 2)

/* What is added before the fraction is cut off. Viewers turn the picture back
 * with videoconvert, whose arithmetic loses 1 to 3.5 levels of each colour;
 * these give them about 6 dB in smooth pictures. They are half of what would be
 * best for it (2.5 and -0.5 above plain rounding), so that a decoder that
 * rounds right is off by no more than one that does not. */
#define LUMA_ADD ((gint32)((16 + 2.25) * (1 << UNIT_BITS)))
#define CHROMA_ADD ((gint32)((128 + 0.25) * (1 << CHROMA_BITS)))

void
gst_spice_yuv_matrix_init (GstSpiceYuvMatrix *self, GstVideoColorMatrix matrix)
{
  gdouble kr, kb, kg, luma, chroma;

  if (!gst_video_color_matrix_get_Kr_Kb (matrix, &kr, &kb))
    gst_video_color_matrix_get_Kr_Kb (GST_VIDEO_COLOR_MATRIX_BT601, &kr, &kb);
  kg = 1 - kr - kb;
  luma = 219.0 / 255 * (1 << UNIT_BITS);
  chroma = 112.0 / 255 * (1 << UNIT_BITS);
  self->y[0] = (gint16)lrint (kb * luma);
  self->y[1] = (gint16)lrint (kg * luma);
  self->y[2] = (gint16)lrint (kr * luma);
  self->u[0] = (gint16)lrint (chroma);
  self->u[2] = (gint16)lrint (-kr / (1 - kb) * chroma);
  self->u[1] = (gint16)(-self->u[0] - self->u[2]); /* grey stays grey */
  self->v[2] = (gint16)lrint (chroma);
  self->v[0] = (gint16)lrint (-kb / (1 - kr) * chroma);
  self->v[1] = (gint16)(-self->v[0] - self->v[2]);
}

/* plain */

void
gst_spice_yuv_luma_row_plain (const GstSpiceYuvMatrix *matrix,
                              const guint8 *pixels, guint8 *y, guint width)
{
  for (guint x = 0; x < width; x++, pixels += 4)
    y[x] = (guint8)((matrix->y[0] * pixels[0] + matrix->y[1] * pixels[1] +
                     matrix->y[2] * pixels[2] + LUMA_ADD) >>
                    UNIT_BITS);
}

static guint8
chroma_of (const gint16 factors[3], const gint sums[3])
{
  return (guint8)((factors[0] * sums[0] + factors[1] * sums[1] +
                   factors[2] * sums[2] + CHROMA_ADD) >>
                  CHROMA_BITS);
}

void
gst_spice_yuv_chroma_row_plain (const GstSpiceYuvMatrix *matrix,
                                const guint8 *top, const guint8 *bottom,
                                guint8 *u, guint8 *v, guint step, guint width)
{
  for (guint x = 0; x < width / 2; x++, top += 8, bottom += 8) {
    gint sums[3];

    for (guint i = 0; i < 3; i++)
      sums[i] = top[i] + top[i + 4] + bottom[i] + bottom[i + 4];
    u[x * step] = chroma_of (matrix->u, sums);
    v[x * step] = chroma_of (matrix->v, sums);
  }
}

#ifdef __SSE2__
/* sixteen at a time */

/* factors for the sixteen-bit pairs (B, R) or (G, x) of pixels */
static inline __m128i
pair (gint16 low, gint16 high)
{
  return _mm_set1_epi32 ((gint32)((guint32)(guint16)high << 16 | (guint16)low));
}

static inline __m128i
luma_of_4 (__m128i pixels, __m128i blue_red, __m128i green)
{
  const __m128i low = _mm_set1_epi32 (0x00ff00ff);
  __m128i sum =
      _mm_add_epi32 (_mm_madd_epi16 (_mm_and_si128 (pixels, low), blue_red),
                     _mm_madd_epi16 (_mm_srli_epi16 (pixels, 8), green));

  return _mm_srai_epi32 (_mm_add_epi32 (sum, _mm_set1_epi32 (LUMA_ADD)),
                         UNIT_BITS);
}

void
gst_spice_yuv_luma_row (const GstSpiceYuvMatrix *matrix, const guint8 *pixels,
                        guint8 *y, guint width)
{
  const __m128i blue_red = pair (matrix->y[0], matrix->y[2]);
  const __m128i green = pair (matrix->y[1], 0);
  guint x = 0;

  for (; x + 16 <= width; x += 16) {
    const __m128i *from = (const __m128i *)(pixels + (gsize)x * 4);
    __m128i low = _mm_packs_epi32 (
        luma_of_4 (_mm_loadu_si128 (from), blue_red, green),
        luma_of_4 (_mm_loadu_si128 (from + 1), blue_red, green));
    __m128i high = _mm_packs_epi32 (
        luma_of_4 (_mm_loadu_si128 (from + 2), blue_red, green),
        luma_of_4 (_mm_loadu_si128 (from + 3), blue_red, green));

    _mm_storeu_si128 ((__m128i *)(y + x), _mm_packus_epi16 (low, high));
  }
  gst_spice_yuv_luma_row_plain (matrix, pixels + (gsize)x * 4, y + x,
                                width - x);
}

/* four pixels side by side each: (B, R) and (G, x) of both rows added */
typedef struct {
  __m128i blue_red, green;
} Sums;

static inline Sums
sum_rows (const guint8 *top, const guint8 *bottom)
{
  const __m128i low = _mm_set1_epi32 (0x00ff00ff);
  __m128i a = _mm_loadu_si128 ((const __m128i *)top);
  __m128i b = _mm_loadu_si128 ((const __m128i *)bottom);

  return (Sums){
      _mm_add_epi16 (_mm_and_si128 (a, low), _mm_and_si128 (b, low)),
      _mm_add_epi16 (_mm_srli_epi16 (a, 8), _mm_srli_epi16 (b, 8)),
  };
}

/* neighbours of eight pixels added: four remain */
static inline __m128i
sum_neighbours (__m128i a, __m128i b)
{
  __m128 x = _mm_castsi128_ps (a), y = _mm_castsi128_ps (b);

  return _mm_add_epi16 (
      _mm_castps_si128 (_mm_shuffle_ps (x, y, _MM_SHUFFLE (2, 0, 2, 0))),
      _mm_castps_si128 (_mm_shuffle_ps (x, y, _MM_SHUFFLE (3, 1, 3, 1))));
}

static inline Sums
sum_8 (const guint8 *top, const guint8 *bottom)
{
  Sums a = sum_rows (top, bottom), b = sum_rows (top + 16, bottom + 16);

  return (Sums){sum_neighbours (a.blue_red, b.blue_red),
                sum_neighbours (a.green, b.green)};
}

static inline __m128i
chroma_of_4 (Sums sums, __m128i blue_red, __m128i green)
{
  __m128i sum = _mm_add_epi32 (_mm_madd_epi16 (sums.blue_red, blue_red),
                               _mm_madd_epi16 (sums.green, green));

  return _mm_srai_epi32 (_mm_add_epi32 (sum, _mm_set1_epi32 (CHROMA_ADD)),
                         CHROMA_BITS);
}

/* eight samples in the lower half */
static inline __m128i
chroma_of_8 (Sums a, Sums b, const gint16 factors[3])
{
  const __m128i blue_red = pair (factors[0], factors[2]);
  const __m128i green = pair (factors[1], 0);
  __m128i words = _mm_packs_epi32 (chroma_of_4 (a, blue_red, green),
                                   chroma_of_4 (b, blue_red, green));

  return _mm_packus_epi16 (words, words);
}

void
gst_spice_yuv_chroma_row (const GstSpiceYuvMatrix *matrix, const guint8 *top,
                          const guint8 *bottom, guint8 *u, guint8 *v,
                          guint step, guint width)
{
  guint x = 0;

  for (; x + 16 <= width; x += 16) {
    gsize at = (gsize)x * 4;
    Sums a = sum_8 (top + at, bottom + at);
    Sums b = sum_8 (top + at + 32, bottom + at + 32);
    __m128i us = chroma_of_8 (a, b, matrix->u);
    __m128i vs = chroma_of_8 (a, b, matrix->v);

    if (step == 1) {
      _mm_storel_epi64 ((__m128i *)(u + x / 2), us);
      _mm_storel_epi64 ((__m128i *)(v + x / 2), vs);
    } else {
      _mm_storeu_si128 ((__m128i *)(u + x), _mm_unpacklo_epi8 (us, vs));
    }
  }
  gst_spice_yuv_chroma_row_plain (matrix, top + (gsize)x * 4,
                                  bottom + (gsize)x * 4, u + x / 2 * step,
                                  v + x / 2 * step, step, width - x);
}
#else
void
gst_spice_yuv_luma_row (const GstSpiceYuvMatrix *matrix, const guint8 *pixels,
                        guint8 *y, guint width)
{
  gst_spice_yuv_luma_row_plain (matrix, pixels, y, width);
}

void
gst_spice_yuv_chroma_row (const GstSpiceYuvMatrix *matrix, const guint8 *top,
                          const guint8 *bottom, guint8 *u, guint8 *v,
                          guint step, guint width)
{
  gst_spice_yuv_chroma_row_plain (matrix, top, bottom, u, v, step, width);
}
#endif

static guint8 *
component_row (GstVideoFrame *frame, guint component, guint row)
{
  return (guint8 *)GST_VIDEO_FRAME_COMP_DATA (frame, component) +
         (gsize)row * (gsize)GST_VIDEO_FRAME_COMP_STRIDE (frame, component);
}

void
gst_spice_yuv_convert (const QxlImage *frame, GstVideoFrame *to)
{
  guint step = (guint)GST_VIDEO_FRAME_COMP_PSTRIDE (to, 1);
  GstSpiceYuvMatrix matrix;

  gst_spice_yuv_matrix_init (&matrix, to->info.colorimetry.matrix);
  for (guint y = 0; y + 1 < frame->height; y += 2) {
    const guint8 *top = qxl_image_row (frame, y);
    const guint8 *bottom = qxl_image_row (frame, y + 1);

    gst_spice_yuv_luma_row (&matrix, top, component_row (to, 0, y),
                            frame->width);
    gst_spice_yuv_luma_row (&matrix, bottom, component_row (to, 0, y + 1),
                            frame->width);
    gst_spice_yuv_chroma_row (&matrix, top, bottom,
                              component_row (to, 1, y / 2),
                              component_row (to, 2, y / 2), step, frame->width);
  }
}
