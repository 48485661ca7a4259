/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* surface.h – the pixels a surface shows.
 *
 * Renders plain drawables in order (canvas.h renders the others) and gives out
 * copies of areas. On a BGRX surface the fourth bytes are not seen, but kept as
 * fills, copies and operations write them: a blend may take them for alpha.
 * Threads: any, one at a time (a display keeps its surfaces on one ordered
 * queue of jobs). */
#pragma once

#include "command.h"

/* What a surface may be made of. RGB16 and A1 ones are for drawing from only:
 * the protocol has no image to bring them to a viewer. */
#define QXL_SURFACE_FORMATS                                                    \
  QXL_FORMAT_BGRX, QXL_FORMAT_BGRA, QXL_FORMAT_RGB15, QXL_FORMAT_RGB16,        \
      QXL_FORMAT_A8, QXL_FORMAT_A1

/* Largest side of a surface, pixels. 16384² × 4 is 1 GiB, the most that the
 * protocol's clients can address in one canvas. */
#define QXL_SURFACE_MAX_SIDE 16384u

typedef struct _QxlSurface QxlSurface;

/* all bits 0; NULL when the size is 0, a side is over the maximum, or the
 * format is none of QXL_SURFACE_FORMATS */
QxlSurface *qxl_surface_new (QxlFormat format, uint32_t width, uint32_t height);
void qxl_surface_free (QxlSurface *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlSurface, qxl_surface_free)

bool qxl_surface_takes_format (QxlFormat format);
QxlFormat qxl_surface_format (const QxlSurface *self);
uint32_t qxl_surface_width (const QxlSurface *self);
uint32_t qxl_surface_height (const QxlSurface *self);
/* for those who draw on it; rows are a multiple of 4 bytes */
uint8_t *qxl_surface_pixels (QxlSurface *self);
size_t qxl_surface_stride (const QxlSurface *self);
const uint8_t *qxl_surface_row (const QxlSurface *self, uint32_t y);

/* drawing; what lies outside the surface is left out */
/* Draws of the plain kinds but COPY_SURFACE. Colours are raw values of the
 * surface's pixels. Images of colours are converted, those of alpha drawn on
 * surfaces of alpha only, others left out. */
void qxl_surface_draw (QxlSurface *self, const QxlDrawable *draw);
/* draws one of kind COPY_SURFACE, where @source is another surface */
void qxl_surface_draw_from (QxlSurface *self, const QxlDrawable *draw,
                            const QxlSurface *source);

/* copies of @area (clipped to the surface); NULL when nothing is left */
/* As it is seen: the fourth bytes of a BGRX surface become 0, and an RGB16
 * surface gives a BGRX image; the others have images of their own format. */
QxlImage *qxl_surface_snapshot (const QxlSurface *self, const QxlRect *area);
/* the same, in a block of @blocks; NULL: of no pool */
QxlImage *qxl_surface_snapshot_in (const QxlSurface *self, const QxlRect *area,
                                   QxlBlocks *blocks);
/* The same with all that drawing may ever read: of a BGRX surface with fourth
 * bytes that are not all 0 in @area, a BGRA image that has them. */
QxlImage *qxl_surface_snapshot_exact_in (const QxlSurface *self,
                                         const QxlRect *area,
                                         QxlBlocks *blocks);
