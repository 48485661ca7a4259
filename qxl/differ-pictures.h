/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-pictures.h – two pictures that are compared, and a way between them.
 *
 * Plain data; any thread. */
#pragma once

#include "differ-kernels.h"
#include "differ-rows.h"

/* what differs from picture to picture, and what does not */
typedef struct {
  const uint8_t *old, *new;
  size_t old_stride, new_stride;
  uint32_t width, height;
  unsigned bytes_per_pixel;
  uint32_t visible_mask;
  const QxlDifferKernels *kernels;
  QxlDifferRows *rows; /* of the old one, or NULL */
} QxlPictures;

typedef struct {
  int32_t dx, dy; /* from old to new place */
  unsigned votes;
} QxlShift;

static inline const uint8_t *
qxl_pictures_old (const QxlPictures *self, int32_t x, int32_t y)
{
  return self->old + (size_t)y * self->old_stride +
         (size_t)x * self->bytes_per_pixel;
}

static inline const uint8_t *
qxl_pictures_new (const QxlPictures *self, int32_t x, int32_t y)
{
  return self->new + (size_t)y * self->new_stride +
         (size_t)x * self->bytes_per_pixel;
}
