/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceclients.h – who is connected to a running server.
 *
 * Kept up to date by the server's loop, asked by any thread; locks itself. */
#pragma once

#include "server-core/channel/server.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  /* under the lock, which is never held while calling out */
  GMutex lock;
  GPtrArray *list;     /* of clients */
  guint connecting_id; /* asked about in this moment; or 0 */
  gboolean connecting_view_only;
} GstSpiceClients;

/* life */
void gst_spice_clients_init (GstSpiceClients *self);
void gst_spice_clients_clear (GstSpiceClients *self);

/* what happens: loop thread */
/* the role may be set between these two, as of one that is there */
void gst_spice_clients_begin_asking (GstSpiceClients *self,
                                     const SpcClientInfo *info);
SpcRole gst_spice_clients_end_asking (GstSpiceClients *self);
void gst_spice_clients_add (GstSpiceClients *self, const SpcClientInfo *info);
void gst_spice_clients_remove (GstSpiceClients *self, guint id);
void gst_spice_clients_set_role (GstSpiceClients *self, guint id, SpcRole role);
/* of all, those who hold the inputs now */
void gst_spice_clients_set_in_control (GstSpiceClients *self,
                                       const uint32_t *ids, guint n);

/* asking */
/* "application/x-spice-client", as in docs/messages.md; also of one that is not
 * among them */
GstStructure *gst_spice_clients_describe (const SpcClientInfo *info);
GPtrArray *gst_spice_clients_list (GstSpiceClients *self); /* GstStructure */
guint gst_spice_clients_count (GstSpiceClients *self);
gboolean gst_spice_clients_has (GstSpiceClients *self, guint id);
/* False: there is none. *@is_connected: false: it is being asked about, and has
 * its role from the answer. */
gboolean gst_spice_clients_choose_role (GstSpiceClients *self, guint id,
                                        gboolean view_only,
                                        gboolean *is_connected);

G_END_DECLS
