/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspicedraw.h"

/* A type of GLib for an enumeration, whose table is static. */
static GType
register_once (gsize *type, const char *name, const GEnumValue *values)
{
  if (g_once_init_enter (type))
    g_once_init_leave (type, g_enum_register_static (name, values));
  return *type;
}

GType
gst_spice_surface_format_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_SURFACE_FORMAT_A1, "1 bit, for masks", "a1"},
      {GST_SPICE_SURFACE_FORMAT_A8, "8 bits of alpha", "a8"},
      {GST_SPICE_SURFACE_FORMAT_RGB15, "X1 R5 G5 B5", "rgb15"},
      {GST_SPICE_SURFACE_FORMAT_XRGB, "0xXXRRGGBB, what is shown", "xrgb"},
      {GST_SPICE_SURFACE_FORMAT_RGB16, "R5 G6 B5", "rgb16"},
      {GST_SPICE_SURFACE_FORMAT_ARGB, "0xAARRGGBB, colours premultiplied",
       "argb"},
      {0, NULL, NULL},
  };

  return register_once (&type, "GstSpiceSurfaceFormat", values);
}

GType
gst_spice_rop_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_ROP_PUT, "The colour", "put"},
      {GST_SPICE_ROP_OR, "The colour or what is there", "or"},
      {GST_SPICE_ROP_AND, "The colour and what is there", "and"},
      {GST_SPICE_ROP_XOR, "The colour exclusive-or what is there", "xor"},
      {GST_SPICE_ROP_BLACKNESS, "All bits 0", "blackness"},
      {GST_SPICE_ROP_WHITENESS, "All bits 1", "whiteness"},
      {GST_SPICE_ROP_INVERS, "What is there, inverted", "invers"},
      {0, NULL, NULL},
  };

  return register_once (&type, "GstSpiceRop", values);
}

GType
gst_spice_glyph_format_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_GLYPH_FORMAT_A1,
       "1 bit a pixel, the leftmost in the highest bit of a byte", "a1"},
      {GST_SPICE_GLYPH_FORMAT_A4,
       "4 bits a pixel, the left one in the high bits", "a4"},
      {GST_SPICE_GLYPH_FORMAT_A8, "8 bits a pixel", "a8"},
      {0, NULL, NULL},
  };

  return register_once (&type, "GstSpiceGlyphFormat", values);
}

GType
gst_spice_operator_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_OPERATOR_CLEAR, "Nothing", "clear"},
      {GST_SPICE_OPERATOR_SRC, "The source", "src"},
      {GST_SPICE_OPERATOR_DST, "What is there", "dst"},
      {GST_SPICE_OPERATOR_OVER, "The source over what is there", "over"},
      {GST_SPICE_OPERATOR_OVER_REVERSE, "What is there over the source",
       "over-reverse"},
      {GST_SPICE_OPERATOR_IN, "The source where something is there", "in"},
      {GST_SPICE_OPERATOR_IN_REVERSE, "What is there, where the source is",
       "in-reverse"},
      {GST_SPICE_OPERATOR_OUT, "The source where nothing is there", "out"},
      {GST_SPICE_OPERATOR_OUT_REVERSE, "What is there, where the source is not",
       "out-reverse"},
      {GST_SPICE_OPERATOR_ATOP, "The source over what is there, and only there",
       "atop"},
      {GST_SPICE_OPERATOR_ATOP_REVERSE, "The reverse of it", "atop-reverse"},
      {GST_SPICE_OPERATOR_XOR, "Where only one of both is", "xor"},
      {GST_SPICE_OPERATOR_ADD, "The sum", "add"},
      {GST_SPICE_OPERATOR_SATURATE, "The sum as far as there is room",
       "saturate"},
      {0, NULL, NULL},
  };

  return register_once (&type, "GstSpiceOperator", values);
}
