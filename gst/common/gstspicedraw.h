/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedraw.h – what draw commands may be told.
 *
 * The types of the arguments of GstSpiceCommands. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_SURFACE_FORMAT (gst_spice_surface_format_get_type ())

/**
 * GstSpiceSurfaceFormat:
 * @GST_SPICE_SURFACE_FORMAT_A1: 1 bit, for masks
 * @GST_SPICE_SURFACE_FORMAT_A8: 8 bits of alpha
 * @GST_SPICE_SURFACE_FORMAT_RGB15: x1 R5 G5 B5
 * @GST_SPICE_SURFACE_FORMAT_XRGB: 0xXXRRGGBB, what is shown
 * @GST_SPICE_SURFACE_FORMAT_RGB16: R5 G6 B5
 * @GST_SPICE_SURFACE_FORMAT_ARGB: 0xAARRGGBB, colours premultiplied
 *
 * Pixels of a surface. The numbers are the protocol's.
 */
typedef enum {
  GST_SPICE_SURFACE_FORMAT_A1 = 1,
  GST_SPICE_SURFACE_FORMAT_A8 = 8,
  GST_SPICE_SURFACE_FORMAT_RGB15 = 16,
  GST_SPICE_SURFACE_FORMAT_XRGB = 32,
  GST_SPICE_SURFACE_FORMAT_RGB16 = 80,
  GST_SPICE_SURFACE_FORMAT_ARGB = 96,
} GstSpiceSurfaceFormat;

GType gst_spice_surface_format_get_type (void);

#define GST_TYPE_SPICE_ROP (gst_spice_rop_get_type ())

/**
 * GstSpiceRop:
 * @GST_SPICE_ROP_PUT: the colour
 * @GST_SPICE_ROP_OR: the colour or what is there
 * @GST_SPICE_ROP_AND: the colour and what is there
 * @GST_SPICE_ROP_XOR: the colour exclusive-or what is there; twice is nothing
 * @GST_SPICE_ROP_BLACKNESS: all bits 0
 * @GST_SPICE_ROP_WHITENESS: all bits 1
 * @GST_SPICE_ROP_INVERS: what is there, inverted
 *
 * How the bits of a colour meet those that are on the surface. The numbers are
 * the protocol's.
 */
typedef enum {
  GST_SPICE_ROP_PUT = 0x8,
  GST_SPICE_ROP_OR = 0x10,
  GST_SPICE_ROP_AND = 0x20,
  GST_SPICE_ROP_XOR = 0x40,
  GST_SPICE_ROP_BLACKNESS = 0x80,
  GST_SPICE_ROP_WHITENESS = 0x100,
  GST_SPICE_ROP_INVERS = 0x200,
} GstSpiceRop;

GType gst_spice_rop_get_type (void);

#define GST_TYPE_SPICE_GLYPH_FORMAT (gst_spice_glyph_format_get_type ())

/**
 * GstSpiceGlyphFormat:
 * @GST_SPICE_GLYPH_FORMAT_A1: 1 bit a pixel, the leftmost in the highest bit of
 *   a byte; rows padded to bytes
 * @GST_SPICE_GLYPH_FORMAT_A4: 4 bits a pixel, the left one in the high bits;
 *   rows padded to bytes
 * @GST_SPICE_GLYPH_FORMAT_A8: 8 bits a pixel; the other formats are understood
 *   by more viewers
 *
 * How much of each pixel a glyph covers. The numbers are the protocol's.
 */
typedef enum {
  GST_SPICE_GLYPH_FORMAT_A1 = 1,
  GST_SPICE_GLYPH_FORMAT_A4 = 2,
  GST_SPICE_GLYPH_FORMAT_A8 = 4,
} GstSpiceGlyphFormat;

GType gst_spice_glyph_format_get_type (void);

#define GST_TYPE_SPICE_OPERATOR (gst_spice_operator_get_type ())

/**
 * GstSpiceOperator:
 * @GST_SPICE_OPERATOR_CLEAR: nothing
 * @GST_SPICE_OPERATOR_SRC: the source
 * @GST_SPICE_OPERATOR_DST: what is there
 * @GST_SPICE_OPERATOR_OVER: the source over what is there
 * @GST_SPICE_OPERATOR_OVER_REVERSE: what is there over the source
 * @GST_SPICE_OPERATOR_IN: the source where something is there
 * @GST_SPICE_OPERATOR_IN_REVERSE: what is there, where the source is
 * @GST_SPICE_OPERATOR_OUT: the source where nothing is there
 * @GST_SPICE_OPERATOR_OUT_REVERSE: what is there, where the source is not
 * @GST_SPICE_OPERATOR_ATOP: the source over what is there, and only there
 * @GST_SPICE_OPERATOR_ATOP_REVERSE: the reverse of it
 * @GST_SPICE_OPERATOR_XOR: where only one of both is
 * @GST_SPICE_OPERATOR_ADD: the sum
 * @GST_SPICE_OPERATOR_SATURATE: the sum as far as there is room
 *
 * Porter and Duff's operators, as in X RENDER. The numbers are the protocol's.
 */
typedef enum {
  GST_SPICE_OPERATOR_CLEAR = 0,
  GST_SPICE_OPERATOR_SRC = 1,
  GST_SPICE_OPERATOR_DST = 2,
  GST_SPICE_OPERATOR_OVER = 3,
  GST_SPICE_OPERATOR_OVER_REVERSE = 4,
  GST_SPICE_OPERATOR_IN = 5,
  GST_SPICE_OPERATOR_IN_REVERSE = 6,
  GST_SPICE_OPERATOR_OUT = 7,
  GST_SPICE_OPERATOR_OUT_REVERSE = 8,
  GST_SPICE_OPERATOR_ATOP = 9,
  GST_SPICE_OPERATOR_ATOP_REVERSE = 10,
  GST_SPICE_OPERATOR_XOR = 11,
  GST_SPICE_OPERATOR_ADD = 12,
  GST_SPICE_OPERATOR_SATURATE = 13,
} GstSpiceOperator;

GType gst_spice_operator_get_type (void);

G_END_DECLS
