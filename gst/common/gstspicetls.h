/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicetls.h – encrypted connections of a server. Any thread. */
#pragma once

#include "gstspiceserver.h"

G_BEGIN_DECLS

/**
 * GstSpiceTlsVersion:
 * @GST_SPICE_TLS_VERSION_1_2: TLS 1.2
 * @GST_SPICE_TLS_VERSION_1_3: TLS 1.3
 *
 * Versions of TLS.
 */
typedef enum {
  GST_SPICE_TLS_VERSION_1_2 = 12,
  GST_SPICE_TLS_VERSION_1_3 = 13,
} GstSpiceTlsVersion;

/**
 * GstSpiceTlsClients:
 * @GST_SPICE_TLS_CLIENTS_NONE: viewers are not asked for a certificate
 * @GST_SPICE_TLS_CLIENTS_OPTIONAL: a viewer may show one, which must be right
 * then
 * @GST_SPICE_TLS_CLIENTS_REQUIRED: only viewers with a certificate come in
 *
 * Certificates of viewers.
 */
typedef enum {
  GST_SPICE_TLS_CLIENTS_NONE,
  GST_SPICE_TLS_CLIENTS_OPTIONAL,
  GST_SPICE_TLS_CLIENTS_REQUIRED,
} GstSpiceTlsClients;

GType gst_spice_tls_version_get_type (void);
GType gst_spice_tls_clients_get_type (void);

gint gst_spice_server_get_current_tls_port (GstSpiceServer *self);
gboolean gst_spice_server_reload_certificates (GstSpiceServer *self,
                                               GError **error);

G_END_DECLS
