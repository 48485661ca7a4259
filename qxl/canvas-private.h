/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-private.h – what the parts of the canvas share.
 *
 * canvas.c makes a QxlCanvasCall of a drawable and hands it to the function of
 * its kind, which draws on @image inside @region and frees what it makes. */
#pragma once

#include "canvas.h"

typedef struct {
  QxlSurface *dest;
  QxlFormat format; /* of dest */
  const QxlDrawable *draw;
  const QxlOperation *op;
  pixman_image_t *image; /* of dest's pixels; no clip is set */
  /* box ∩ surface ∩ clip ∩ mask, not empty: nothing else changes */
  QxlRegion region;
  QxlSurfaceFunc find;
  gpointer user_data;
} QxlCanvasCall;

typedef void (*QxlCanvasFunc) (QxlCanvasCall *call);

/* one a kind of operation */
void qxl_canvas_fill (QxlCanvasCall *call);      /* canvas-fill.c */
void qxl_canvas_blackness (QxlCanvasCall *call); /* canvas-fill.c */
void qxl_canvas_whiteness (QxlCanvasCall *call); /* canvas-fill.c */
void qxl_canvas_invers (QxlCanvasCall *call);    /* canvas-fill.c */
void qxl_canvas_opaque (QxlCanvasCall *call);    /* canvas-copy.c */
void qxl_canvas_copy (QxlCanvasCall *call);      /* canvas-copy.c; BLEND, too */
void qxl_canvas_copy_bits (QxlCanvasCall *call); /* canvas-copy.c */
void qxl_canvas_rop3 (QxlCanvasCall *call);      /* canvas-rop3.c */
void qxl_canvas_transparent (QxlCanvasCall *call); /* canvas-blend.c */
void qxl_canvas_alpha_blend (QxlCanvasCall *call); /* canvas-blend.c */
void qxl_canvas_stroke (QxlCanvasCall *call);      /* canvas-stroke.c */
void qxl_canvas_text (QxlCanvasCall *call);        /* canvas-text.c */
void qxl_canvas_composite (QxlCanvasCall *call);   /* canvas-composite.c */

/* pixels, converted to what is drawn with; canvas-source.c */
/* The source's pixels as they are, or NULL if it has none. A surface that is
 * drawn on is copied first. (transfer full): pixman_image_unref. Its pixman
 * format: x8r8g8b8, a8r8g8b8, x1r5g5b5, r5g6b5, a8 or a1. */
pixman_image_t *qxl_canvas_source (const QxlCanvasCall *call,
                                   const QxlSource *source);
/* the same, in the format of dest (a8r8g8b8 and x8r8g8b8 count as one format:
 * the fourth byte is kept) */
pixman_image_t *qxl_canvas_source_as_dest (const QxlCanvasCall *call,
                                           const QxlSource *source);

/* raster operations; rop.c. Pixels are raw values of the call's format, whose
 * all bits take part. */
/* combines @brush with what is on the surface in @region */
void qxl_canvas_apply_brush (QxlCanvasCall *call, const QxlBrush *brush,
                             uint16_t rop, const QxlRegion *region);
