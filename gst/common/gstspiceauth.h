/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceauth.h – the part of GstSpiceServer that asks who may do what.
 *
 * The signal "authenticate", emitted by the events' thread with a request to be
 * answered at leisure, and "authorize-channel", emitted on the loop. */
#pragma once

#include "gst/common/gstspiceauthrequest.h"
#include "gst/common/gstspiceserver.h"
#include "server-core/channel/server.h"

G_BEGIN_DECLS

/* class init */
void gst_spice_auth_install (GObjectClass *klass);

/* tickets */
/* any thread: would an application be asked? */
gboolean gst_spice_auth_has_handler (GstSpiceServer *self);
GstSpiceAuthRequest *gst_spice_auth_request_new (
    SpcServer *server, const SpcAuthQuestion *question);
/* what to push on the bus to have the signal emitted; takes @request */
GstStructure *gst_spice_auth_event (GstSpiceAuthRequest *request);
/* and to have the request's cancellable cancelled */
GstStructure *gst_spice_auth_withdrawal (GCancellable *cancellable);
/* events' thread; FALSE: it is no such event */
gboolean gst_spice_auth_emit (GstSpiceServer *self, const GstStructure *event);

/* channels: loop thread; @client: as in the list of clients */
gboolean gst_spice_auth_authorize (GstSpiceServer *self,
                                   const SpcClientInfo *client, uint8_t type,
                                   uint8_t id);

G_END_DECLS
