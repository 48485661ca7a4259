/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceweb-private.h – the settings about browsers. */
#pragma once

#include "gst/common/gstspicesettings.h"

/* what a server is told; false with @error: a folder there is not, or an origin
 * that no page has */
bool gst_spice_web_configure (const GstSpiceSettings *settings,
                              SpcConfig *config, GError **error);
