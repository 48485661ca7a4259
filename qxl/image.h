/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image.h – immutable, shared pixels.
 *
 * A QxlImage never changes after it is made, so any thread may read it. Rows
 * are top-down. The id is unique in the process and stands for the content:
 * encoded forms are kept under it. The release callback may run on any thread,
 * the one that drops the last reference. */
#pragma once

#include "blocks.h"
#include "format.h"
#include "geometry.h"
#include "palette.h"
#include <glib.h>
#include <stdbool.h>

/* Most bytes an image may own; the largest surface needs half of them. */
#define QXL_IMAGE_MAX_BYTES ((size_t)G_MAXINT32)

typedef struct _QxlImage QxlImage;

struct _QxlImage {
  /* set at construction, read by any thread */
  uint64_t id; /* non-zero */
  QxlFormat format;
  uint32_t width, height; /* pixels, at least 1 */
  size_t stride;          /* bytes from row to row, at least a row's */
  const uint8_t *pixels;
  bool owns_pixels; /* memory of just their size, tight: keeps nothing else */
  QxlPalette *palette; /* owned; of palette formats only */
  /* private */
  gint ref_count;
  gpointer owner; /* what keeps @pixels alive */
  GDestroyNotify release;
};

/* life */
/* pixels the image owns; the caller fills *@pixels before it shares the image.
 * NULL when the size is 0 or does not fit. The stride is the row's own size. */
QxlImage *qxl_image_new (QxlFormat format, uint32_t width, uint32_t height,
                         uint8_t **pixels);
/* the same, the pixels in a block of @blocks; NULL: of no pool */
QxlImage *qxl_image_new_in (QxlBlocks *blocks, QxlFormat format, uint32_t width,
                            uint32_t height, uint8_t **pixels);
/* pixels of somebody else; @release (@owner) is called at the end */
QxlImage *qxl_image_new_wrapped (QxlFormat format, uint32_t width,
                                 uint32_t height, size_t stride,
                                 const uint8_t *pixels, gpointer owner,
                                 GDestroyNotify release);
/* Part of @parent, whose pixels it shares and keeps alive. @area: inside it; of
 * formats with less than a byte a pixel, from a whole byte on. */
QxlImage *qxl_image_new_slice (QxlImage *parent, const QxlRect *area);
/* Gives an image of a palette format its colours, once, before it is shared;
 * takes @palette. Each index in the pixels is one of its entries. */
void qxl_image_take_palette (QxlImage *self, QxlPalette *palette);
QxlImage *qxl_image_ref (QxlImage *self);
void qxl_image_unref (QxlImage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlImage, qxl_image_unref)

/* reading */
static inline const uint8_t *
qxl_image_row (const QxlImage *self, uint32_t y)
{
  return self->pixels + (size_t)y * self->stride;
}

/* bytes of a row without padding */
size_t qxl_image_row_bytes (const QxlImage *self);
/* bytes of all rows without padding */
size_t qxl_image_size (const QxlImage *self);
