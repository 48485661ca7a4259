/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceyuv.h – frames in the colours encoders take.
 *
 * BGRX becomes I420 or NV12 of limited range, with the matrix decoders assume
 * for the size. It is done here since videoconvert rounds down: three levels of
 * a colour are lost on the way there, and as many on the way back in the
 * viewer, which no bit rate makes good. Pure; any thread. */
#pragma once

#include "qxl/image.h"

#include <gst/video/video.h>

/* @frame: BGRX, of even size; @to: mapped for writing, I420 or NV12 of the same
 * size, whose colorimetry gives the matrix */
void gst_spice_yuv_convert (const QxlImage *frame, GstVideoFrame *to);

/* what it is made of, for tests: one row is the same with and without */
typedef struct {
  gint16 y[3], u[3], v[3]; /* of B, G, R; in 1 / 32768 */
} GstSpiceYuvMatrix;

void gst_spice_yuv_matrix_init (GstSpiceYuvMatrix *self,
                                GstVideoColorMatrix matrix);
void gst_spice_yuv_luma_row (const GstSpiceYuvMatrix *matrix,
                             const guint8 *pixels, guint8 *y, guint width);
void gst_spice_yuv_luma_row_plain (const GstSpiceYuvMatrix *matrix,
                                   const guint8 *pixels, guint8 *y,
                                   guint width);
/* two rows of @width pixels; @step: bytes from a sample to the next one of its
 * kind, 1 or 2 */
void gst_spice_yuv_chroma_row (const GstSpiceYuvMatrix *matrix,
                               const guint8 *top, const guint8 *bottom,
                               guint8 *u, guint8 *v, guint step, guint width);
void gst_spice_yuv_chroma_row_plain (const GstSpiceYuvMatrix *matrix,
                                     const guint8 *top, const guint8 *bottom,
                                     guint8 *u, guint8 *v, guint step,
                                     guint width);
