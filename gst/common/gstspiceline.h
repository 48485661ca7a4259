/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceline.h – lines that an application hands over to a server. Any
 * thread. */
#pragma once

#include "gstspiceserver.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_LINE_FLAGS (gst_spice_line_flags_get_type ())

/**
 * GstSpiceLineFlags:
 * @GST_SPICE_LINE_PLAIN: as one that comes to #GstSpiceServer:port
 * @GST_SPICE_LINE_TLS: as one that comes to #GstSpiceServer:tls-port, which
 * need not be set
 * @GST_SPICE_LINE_TRUSTED: the viewer's password is not looked at, and the
 *   application not asked: it knows who that is
 *
 * What is known of a line.
 */
typedef enum {
  GST_SPICE_LINE_PLAIN = 0,
  GST_SPICE_LINE_TLS = 1 << 0,
  GST_SPICE_LINE_TRUSTED = 1 << 1,
} GstSpiceLineFlags;

GType gst_spice_line_flags_get_type (void);

gboolean gst_spice_server_add_client (GstSpiceServer *self, GSocket *socket,
                                      GstSpiceLineFlags flags, GError **error);

G_END_DECLS
