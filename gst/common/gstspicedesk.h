/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicedesk.h – what viewers wish of the desktop, on its way to elements.
 *
 * A session has one. A wish of a viewer becomes a message (docs/messages.md),
 * and is told to the display or sound element that it is about. Functions of
 * elements are called on the loop thread with a lock held that set waits for:
 * they only take note. Any thread. */
#pragma once

#include "gst/common/gstspicebus.h"
#include "server-core/main/agent-port.h"
#include "server-core/spc.h"

G_BEGIN_DECLS

/* structures of an event and of messages */
#define GST_SPICE_MONITORS_EVENT "application/x-spice-monitors-config"
#define GST_SPICE_MONITORS_MESSAGE "spice-monitors-config"

typedef struct _GstSpiceDesk GstSpiceDesk;

/* life: with the server, before its start */
/* @bus: outlives the server's run */
GstSpiceDesk *gst_spice_desk_new (SpcServer *server, GstSpiceBus *bus);
void gst_spice_desk_free (GstSpiceDesk *self); /* after the server */

/* elements; a NULL function: no longer. It is not called after that. */
/* @wish: GST_SPICE_MONITORS_EVENT, (transfer full) */
typedef void (*GstSpiceDeskWishFunc) (GstStructure *wish, gpointer user_data);
void gst_spice_desk_set_display (GstSpiceDesk *self, guint display_id,
                                 GstSpiceDeskWishFunc func, gpointer user_data);
/* @volume: 0.0 to 1.0, below 0: only about silence */
typedef void (*GstSpiceDeskVolumeFunc) (double volume, gboolean mute,
                                        gpointer user_data);
void gst_spice_desk_set_volume (GstSpiceDesk *self, gboolean is_record,
                                GstSpiceDeskVolumeFunc func,
                                gpointer user_data);
/* what device a display is; @address: NULL or empty: none */
void gst_spice_desk_set_device (GstSpiceDesk *self, guint display_id,
                                const char *address, guint output);

/* before the start: a daemon that is the agent is told of devices, too */
void gst_spice_desk_bind_port (GstSpiceDesk *self, SpcAgentPort *port);

/* for GstSpiceServer: its signal "monitors-config" */
void gst_spice_desk_install (GObjectClass *klass);
void gst_spice_desk_emit (gpointer server, const GstStructure *event);

G_END_DECLS
