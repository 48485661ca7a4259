/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicetls-private.h – TLS for the server object and its settings.
 * Any thread. */
#pragma once

#include "gst/common/gstspicesettings.h"
#include "gst/common/gstspicetls.h"
#include "server-core/channel/server.h"

G_BEGIN_DECLS

/* class init of GstSpiceServer: the property "current-tls-port" under this id,
 * and the action "reload-certificates" */
void gst_spice_tls_install (GObjectClass *klass, guint property_id);
/* the part of @config that is about TLS; it holds none yet */
bool gst_spice_tls_configure (const GstSpiceSettings *settings,
                              SpcConfig *config, GError **error);
/* What a running server does TLS with, for viewers to come. Waits for its loop;
 * false with @error: all stays as it was. */
bool gst_spice_tls_apply (SpcServer *server, const GstSpiceSettings *settings,
                          GError **error);

G_END_DECLS
