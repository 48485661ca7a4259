/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicetls-private.h – TLS for the server object and its settings. */
#pragma once

#include "gst/common/gstspicesettings.h"
#include "gst/common/gstspicetls.h"

G_BEGIN_DECLS

/* class init of GstSpiceServer: the property "current-tls-port" under this id,
 * and the action "reload-certificates" */
void gst_spice_tls_install (GObjectClass *klass, guint property_id);
/* the part of @config that is about TLS; it holds none yet */
bool gst_spice_tls_configure (const GstSpiceSettings *settings,
                              SpcConfig *config, GError **error);

G_END_DECLS
