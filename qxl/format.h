/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* format.h – pixel formats, their sizes, and row conversion.
 *
 * The "canonical" formats are those the protocol and the canvas know; every
 * other one is a source format of frames, converted on the way in. Names give
 * the byte order in memory for 8-bit components (GStreamer's convention) and
 * little-endian 16-bit words for the packed ones. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  QXL_FORMAT_INVALID,
  /* canonical */
  QXL_FORMAT_BGRX,  /* B G R x; x is 0 in images we make */
  QXL_FORMAT_BGRA,  /* B G R A, premultiplied where it is blended */
  QXL_FORMAT_BGR,   /* B G R, 3 bytes */
  QXL_FORMAT_RGB15, /* x1 R5 G5 B5 */
  QXL_FORMAT_A8,
  QXL_FORMAT_A1, /* the leftmost of 8 pixels in the lowest bit */
  /* sources only */
  QXL_FORMAT_RGBX,
  QXL_FORMAT_RGBA,
  QXL_FORMAT_XRGB,
  QXL_FORMAT_ARGB,
  QXL_FORMAT_XBGR,
  QXL_FORMAT_ABGR,
  QXL_FORMAT_RGB,   /* R G B, 3 bytes */
  QXL_FORMAT_RGB16, /* R5 G6 B5, red in the high bits */
  QXL_FORMAT_BGR16, /* B5 G6 R5, blue in the high bits */
  QXL_FORMAT_BGR15, /* x1 B5 G5 R5 */
  /* indices into a palette, whose colours are seen; encodings of pictures */
  QXL_FORMAT_PLT1_LE, /* the leftmost of 8 pixels in the lowest bit */
  QXL_FORMAT_PLT1_BE, /* the leftmost of 8 pixels in the highest bit */
  QXL_FORMAT_PLT4_LE, /* the left of 2 pixels in the low 4 bits */
  QXL_FORMAT_PLT4_BE, /* the left of 2 pixels in the high 4 bits */
  QXL_FORMAT_PLT8,
  QXL_N_FORMATS
} QxlFormat;

/* bytes of one pixel; 0 for an unknown format, or if several share a byte */
unsigned qxl_format_bytes_per_pixel (QxlFormat format);
/* bits of one pixel, 0 for an unknown format */
unsigned qxl_format_bits_per_pixel (QxlFormat format);
/* GStreamer-like name, "?" for an unknown format */
const char *qxl_format_name (QxlFormat format);
/* true if a fourth byte carries alpha */
bool qxl_format_has_alpha (QxlFormat format);
/* true if a pixel is its colour: what frames, surfaces and differs are made of;
 * false for alpha alone, palettes and what is unknown */
bool qxl_format_is_colour (QxlFormat format);
/* true if a pixel is an index into a palette */
bool qxl_format_is_palette (QxlFormat format);

/* bytes of a row without padding, the last one begun counted whole; false when
 * it would overflow 2^31 - 1 */
bool qxl_format_row_bytes (QxlFormat format, uint32_t width, size_t *row_bytes);

/* The bits of a pixel that are seen on an opaque surface, as the pixel lies in
 * memory, repeated to 32 bits where a pixel is smaller: 0 bits are padding or
 * alpha, which may change without the picture changing. For 3-byte pixels and
 * palettes all bits are set. */
uint32_t qxl_format_visible_mask (QxlFormat format);

/**
 * qxl_format_row_to_bgrx:
 * @format: one that qxl_format_is_colour()
 * @to: @n_pixels × 4 bytes, need not be aligned to more than 4
 * @from: @n_pixels in @format, any alignment
 *
 * Converts a row to B G R 0. Components of 5 and 6 bits are widened by
 * repeating their high bits, as SPICE clients do.
 */
void qxl_format_row_to_bgrx (QxlFormat format, uint8_t *to, const uint8_t *from,
                             size_t n_pixels);
