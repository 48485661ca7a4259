/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-model.h – what the canvas should draw, a pixel at a time.
 *
 * The judge of the canvas's tests: what the protocol means by each draw, as
 * plain formulas, without pixman, rows or regions. Knows all kinds but STROKE,
 * TEXT and COMPOSITE. One thread. */
#pragma once

#include "canvas.h"

typedef struct {
  QxlFormat format;
  uint32_t width, height;
  uint32_t *at; /* raw values of pixels, row by row */
} QxlModelPixels;

/* a copy of what a surface has now */
QxlModelPixels *qxl_model_pixels_new (const QxlSurface *surface);
void qxl_model_pixels_free (QxlModelPixels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlModelPixels, qxl_model_pixels_free)

typedef struct {
  const QxlModelPixels *before; /* of the surface that is drawn on */
  const QxlDrawable *draw;      /* of kind OPERATION */
  QxlSurfaceFunc find;          /* of others, which do not change */
  gpointer user_data;
} QxlModelDraw;

/* The value of a pixel after the draw. In *@care the bits of it that are
 * settled: those that are not seen may depend on the processor. */
uint32_t qxl_model_pixel (const QxlModelDraw *self, int32_t x, int32_t y,
                          uint32_t *care);
