/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-private.h – what the parts of the canvas share.
 *
 * canvas.c makes a QxlCanvasCall of a drawable and hands it to the function of
 * its kind, which draws on @image inside @region and frees what it makes. */
#pragma once

#include "canvas.h"
#include "operand.h"

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

/* regions; canvas-clip.c */
/* Clips the region as the operation says. *@bits becomes the colour 1, or bits
 * over the region, where alone there may be drawn. False: there is no memory,
 * nothing may be drawn. */
bool qxl_canvas_clip (QxlRegion *region, const QxlOperation *op,
                      QxlOperand *bits);

/* pixels, converted to what is drawn with; canvas-source.c */
/* The source's pixels as they are, or NULL if it has none. A surface that is
 * drawn on is copied first. (transfer full): pixman_image_unref. Its pixman
 * format: x8r8g8b8, a8r8g8b8, x1r5g5b5, r5g6b5, a8 or a1. */
pixman_image_t *qxl_canvas_source (const QxlCanvasCall *call,
                                   const QxlSource *source);
/* The same, in the format of dest, or one of 32 bits if that has as many.
 * Fourth bytes are kept; what has none gets 0, as at clients, on surfaces with
 * alpha, too. */
pixman_image_t *qxl_canvas_source_as_dest (const QxlCanvasCall *call,
                                           const QxlSource *source);
/* of a surface's own pixels; (transfer full) */
pixman_image_t *qxl_canvas_wrap (QxlSurface *surface);

/* where a source's pixels land; canvas-scale.c */
typedef enum {
  QXL_CANVAS_SCALE_COPY,
  QXL_CANVAS_SCALE_ROP3, /* rounds in another way */
} QxlCanvasScale;

/* is the box of another size than @area? */
bool qxl_canvas_is_scaled (const QxlCanvasCall *call, const QxlRect *area);
/* An operand over the call's region, in the format of dest: @area of the
 * source, scaled to the box if their sizes differ. False: there is nothing to
 * draw with. */
bool qxl_canvas_operand (const QxlCanvasCall *call, const QxlSource *source,
                         const QxlRect *area, QxlScaleMode mode,
                         QxlCanvasScale how, QxlOperand *operand);
/* Draws @area of @src on @dest, an image of dest's pixels, with a Porter-Duff
 * operator; what lies outside of @src is transparent black. */
void qxl_canvas_compose (const QxlCanvasCall *call, pixman_op_t op,
                         pixman_image_t *src, pixman_image_t *mask,
                         pixman_image_t *dest, const QxlRect *area,
                         QxlScaleMode mode);

/* rows of raw pixel values; canvas-rows.c */
#define QXL_CANVAS_ROW_MAX 512u /* pixels that a function gets at once */

typedef void (*QxlCanvasRowFunc) (gpointer data, uint32_t *d, int32_t x,
                                  int32_t y, size_t n);
/* lets @func change the @n pixels @d from (x, y) on, all over @region */
void qxl_canvas_each_row (const QxlCanvasCall *call, const QxlRegion *region,
                          QxlCanvasRowFunc func, gpointer data);
/* the binary operation @code (rop.h) with @operand all over @region */
void qxl_canvas_combine (const QxlCanvasCall *call, uint8_t code,
                         const QxlOperand *operand, const QxlRegion *region);

/* raster operations; canvas-fill.c. Pixels are raw values of the call's format,
 * whose all bits take part. */
/* combines @brush with what is on the surface in @region */
void qxl_canvas_apply_brush (QxlCanvasCall *call, const QxlBrush *brush,
                             uint16_t rop, const QxlRegion *region);
/* an operand of @brush; false: its pattern has no pixels */
bool qxl_canvas_brush (const QxlCanvasCall *call, const QxlBrush *brush,
                       QxlOperand *operand);
/* combines them by an operation's code (rop.h) */
void qxl_canvas_brush_code (QxlCanvasCall *call, const QxlBrush *brush,
                            uint8_t code, const QxlRegion *region);
/* moves pixels inside dest, from where @by leads to, all over @region */
void qxl_canvas_move (QxlCanvasCall *call, QxlPoint by,
                      const QxlRegion *region); /* canvas-copy.c */
