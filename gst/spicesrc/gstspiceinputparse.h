/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinputparse.h – element spiceinputparse: recorded input, in time. */
#pragma once

#include <gst/base/gstbaseparse.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_INPUT_PARSE (gst_spice_input_parse_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceInputParse, gst_spice_input_parse, GST,
                      SPICE_INPUT_PARSE, GstBaseParse)
GST_ELEMENT_REGISTER_DECLARE (spiceinputparse);

G_END_DECLS
