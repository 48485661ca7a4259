/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceauthrequest.h – a viewer wants in, and an application decides.
 *
 * What the signal "authenticate" of GstSpiceServer hands out. Answered once, by
 * any thread, in the handler or later; letting go of it without an answer
 * refuses. Any thread, but the setters not after or while it is answered. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_SPICE_AUTH_REQUEST (gst_spice_auth_request_get_type ())
G_DECLARE_FINAL_TYPE (GstSpiceAuthRequest, gst_spice_auth_request, GST,
                      SPICE_AUTH_REQUEST, GObject)

/* what is known */
const gchar *gst_spice_auth_request_get_address (GstSpiceAuthRequest *self);
const gchar *gst_spice_auth_request_get_mechanism (GstSpiceAuthRequest *self);
const gchar *gst_spice_auth_request_get_user (GstSpiceAuthRequest *self);
const gchar *gst_spice_auth_request_get_password (GstSpiceAuthRequest *self);
gboolean gst_spice_auth_request_check_password (GstSpiceAuthRequest *self,
                                                const gchar *password);
GCancellable *gst_spice_auth_request_get_cancellable (
    GstSpiceAuthRequest *self);

/* what an accepted viewer is */
void gst_spice_auth_request_set_user (GstSpiceAuthRequest *self,
                                      const gchar *user);
void gst_spice_auth_request_set_view_only (GstSpiceAuthRequest *self,
                                           gboolean view_only);

/* the answer */
gboolean gst_spice_auth_request_accept (GstSpiceAuthRequest *self);
gboolean gst_spice_auth_request_refuse (GstSpiceAuthRequest *self);
gboolean gst_spice_auth_request_leave (GstSpiceAuthRequest *self);

G_END_DECLS
