/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceserver.h – a SPICE server, shared by elements.
 *
 * The elements of gst-spice find one by their property "server", by a
 * GstContext of type GST_SPICE_SERVER_CONTEXT_TYPE, or by "server-name" in the
 * process. It runs from the first element that goes to READY (or
 * gst_spice_server_start()) to the last one that goes to NULL (and
 * gst_spice_server_stop()). Any thread, but start and stop not from the handler
 * of "client-connecting". */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_SERVER (gst_spice_server_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceServer, gst_spice_server, GST, SPICE_SERVER,
                      GstObject)

/**
 * GST_SPICE_SERVER_CONTEXT_TYPE:
 *
 * Type of the #GstContext that hands a server to elements; its structure has
 * the field "server".
 */
#define GST_SPICE_SERVER_CONTEXT_TYPE "gst.spice.server"
/**
 * GST_SPICE_SERVER_DEFAULT_NAME:
 *
 * The name elements share a server by when nobody gives one.
 */
#define GST_SPICE_SERVER_DEFAULT_NAME "default"

/* life */
GstSpiceServer *gst_spice_server_new (GMainContext *context);
GstSpiceServer *gst_spice_server_get_shared (const gchar *name);
GstContext *gst_spice_server_make_context (GstSpiceServer *self);
gboolean gst_spice_server_start (GstSpiceServer *self, GError **error);
void gst_spice_server_stop (GstSpiceServer *self);

/* asking */
gboolean gst_spice_server_is_running (GstSpiceServer *self);
gint gst_spice_server_get_current_port (GstSpiceServer *self);
guint gst_spice_server_get_num_clients (GstSpiceServer *self);
GPtrArray *gst_spice_server_get_clients (GstSpiceServer *self);
GstStructure *gst_spice_server_get_stats (GstSpiceServer *self);

/* changing */
void gst_spice_server_set_password (GstSpiceServer *self, const gchar *password,
                                    guint expires_seconds);
gboolean gst_spice_server_disconnect_client (GstSpiceServer *self,
                                             guint connection_id);
gboolean gst_spice_server_set_client_role (GstSpiceServer *self,
                                           guint connection_id,
                                           gboolean view_only);
gboolean gst_spice_server_give_control (GstSpiceServer *self,
                                        guint connection_id);

/* moving viewers between servers */
gboolean gst_spice_server_migrate_connect (GstSpiceServer *self,
                                           const gchar *host, gint port,
                                           gint tls_port,
                                           const gchar *cert_subject);
gboolean gst_spice_server_migrate_end (GstSpiceServer *self,
                                       gboolean completed);
gboolean gst_spice_server_switch_host (GstSpiceServer *self, const gchar *host,
                                       gint port, gint tls_port,
                                       const gchar *cert_subject);
gboolean gst_spice_server_expect_migration (GstSpiceServer *self,
                                            guint connection_id,
                                            guint timeout_seconds);
void gst_spice_server_set_keyboard_leds (GstSpiceServer *self, guint leds);

G_END_DECLS
