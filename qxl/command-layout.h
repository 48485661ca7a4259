/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command-layout.h – the bytes of draw commands, in both directions.
 *
 * A draw's body is laid out as the protocol says (spec: draw
 * commands): the fixed part, then what its pointers lead to, each pointer
 * being an offset from the body's start. One description serves the wire, the
 * pad format (stream.h) and files; what differs are the images, which the
 * caller writes and reads through hooks. Any thread, one at a time. */
#pragma once

#include "bytes.h"
#include "command.h"

/* The numbers of the draws in the display channel. */
#define QXL_LAYOUT_COPY_BITS 104u
#define QXL_LAYOUT_DRAW_FILL 302u
#define QXL_LAYOUT_DRAW_ALPHA_BLEND 313u
#define QXL_LAYOUT_DRAW_COMPOSITE 318u

/* bytes of an image before its pixels or codes: what every one begins with, and
 * what a raw one has beyond that */
#define QXL_LAYOUT_DESCRIPTOR_SIZE 18u
#define QXL_LAYOUT_BITMAP_SIZE 18u

/* the message a draw goes as; 0 for an operation of no kind */
uint16_t qxl_layout_message (const QxlDrawable *draw);

/* writing */
typedef struct {
  /* Writes one image, descriptor and all, at the writer's end, which is
   * @body_pos bytes from the body's start. A colour image of plain draws, too.
   */
  void (*image) (gpointer user_data, QxlSourceRole role,
                 const QxlSource *source, QxlWriter *writer, size_t body_pos);
  /* Composites that read surfaces say so with an identity where they have no
   * transform: viewers would take the one of an earlier composite. */
  bool explicit_transforms;
  /* Images begin where the pixels of raw ones lie at multiples of 4 bytes from
   * the body's start, so that a reader need not copy them. */
  bool align_pixels;
} QxlLayoutHooks;

/* bitmaps as they are, and surfaces by their ids: no user_data */
extern const QxlLayoutHooks qxl_layout_raw;

/* Writes the body at the writer's end. Plain draws are written as the
 * operations they stand for. */
void qxl_layout_write_draw (const QxlDrawable *draw, QxlWriter *writer,
                            const QxlLayoutHooks *hooks, gpointer user_data);
/* the image of qxl_layout_raw */
void qxl_layout_write_raw_image (gpointer user_data, QxlSourceRole role,
                                 const QxlSource *source, QxlWriter *writer,
                                 size_t body_pos);

/* reading */
typedef struct {
  /* The body lies in it, so that images may keep it instead of a copy of their
   * pixels; NULL: they are copied. */
  GBytes *bytes;
  /* decodes a QUIC image of that size; NULL: they are refused */
  QxlImage *(*quic) (gpointer user_data, const uint8_t *data, size_t size,
                     uint32_t width, uint32_t height, GError **error);
} QxlLayoutReadHooks;

/* Reads the body of a draw, always as an operation, with images canonical and
 * every pointer inside the body; what the values mean is not checked. NULL and
 * @error (G_IO_ERROR_INVALID_DATA) if the body is none; @message is one of a
 * draw, or that is the error. */
QxlDrawable *qxl_layout_read_draw (uint16_t message, const uint8_t *body,
                                   size_t size, const QxlLayoutReadHooks *hooks,
                                   gpointer user_data, GError **error);
