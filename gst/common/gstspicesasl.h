/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesasl.h – viewers who say who they are, by SASL. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstSpiceSasl:
 * @GST_SPICE_SASL_NONE: viewers are asked for the password only
 * @GST_SPICE_SASL_OPTIONAL: a viewer that cannot do SASL may give the password
 * @GST_SPICE_SASL_REQUIRED: only users that SASL knows come in
 *
 * Whether viewers say who they are.
 */
typedef enum {
  GST_SPICE_SASL_NONE,
  GST_SPICE_SASL_OPTIONAL,
  GST_SPICE_SASL_REQUIRED,
} GstSpiceSasl;

GType gst_spice_sasl_get_type (void);

G_END_DECLS
