/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesasl-private.h – what settings mean to SASL. Any thread. */
#pragma once

#include "gst/common/gstspicesasl.h"
#include "gst/common/gstspicesettings.h"

G_BEGIN_DECLS

/* the part of @config that is about SASL; it holds none yet */
bool gst_spice_sasl_configure (const GstSpiceSettings *settings,
                               SpcConfig *config, GError **error);

G_END_DECLS
