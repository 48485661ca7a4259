/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* operand.h – what is combined with a surface: a colour, an image, or a tile.
 *
 * Gives the raw pixel values that lie over a piece of a surface's row. Plain
 * data; any thread, one at a time. */
#pragma once

#include "geometry.h"
#include <stddef.h>

typedef enum {
  QXL_OPERAND_COLOUR,
  QXL_OPERAND_IMAGE, /* 0 outside of it */
  QXL_OPERAND_TILE,  /* repeated without end */
} QxlOperandKind;

typedef struct {
  QxlOperandKind kind;
  uint32_t colour;
  pixman_image_t *image; /* owned */
  const uint8_t *pixels; /* the image's */
  size_t stride;         /* bytes */
  int32_t width, height; /* pixels */
  unsigned bits;         /* of a pixel */
  int64_t x, y;          /* where its top left lies on the surface */
} QxlOperand;

/* life */
void qxl_operand_init_colour (QxlOperand *self, uint32_t colour);
/* These two take @image, which has pixels; NULL: the colour 0. */
void qxl_operand_init_image (QxlOperand *self, pixman_image_t *image, int64_t x,
                             int64_t y);
void qxl_operand_init_tile (QxlOperand *self, pixman_image_t *image, int64_t x,
                            int64_t y);
void qxl_operand_clear (QxlOperand *self);

/* work */
/* takes away from @region what lies outside an image */
void qxl_operand_limit (const QxlOperand *self, QxlRegion *region);
/* what lies over the surface's @n pixels from (@x, @y) to the right */
void qxl_operand_read (const QxlOperand *self, uint32_t *to, int32_t x,
                       int32_t y, size_t n);
