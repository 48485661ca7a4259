/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-fixture.h – noise to draw on and with, for tests of the canvas. */
#pragma once

#include "canvas.h"

/* random pixels; those with alpha are premultiplied */
QxlSurface *canvas_fixture_surface (QxlFormat format, uint32_t width,
                                    uint32_t height);
QxlImage *canvas_fixture_image (QxlFormat format, uint32_t width,
                                uint32_t height);
/* raw value, of formats with a byte a pixel or more */
uint32_t canvas_fixture_pixel (const uint8_t *pixels, size_t stride,
                               QxlFormat format, int32_t x, int32_t y);
uint32_t canvas_fixture_surface_pixel (QxlSurface *surface, int32_t x,
                                       int32_t y);
uint32_t canvas_fixture_image_pixel (const QxlImage *image, int32_t x,
                                     int32_t y);
/* all raw values of a surface, row by row; (transfer full) */
uint32_t *canvas_fixture_pixels (QxlSurface *surface);
/* draws @op, which it takes, in @box of @surface, of id 0; @find: NULL if it
 * reads from no other */
void canvas_fixture_draw (QxlSurface *surface, const QxlRect *box,
                          QxlOperation *op, QxlSurfaceFunc find,
                          gpointer user_data);
/* a · b / 255 as pixels are multiplied */
uint32_t canvas_fixture_mul (uint32_t a, uint32_t b);
