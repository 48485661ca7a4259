/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicebus.h – what happens on a server, told off its loop.
 *
 * The loop thread must not run foreign code, so events are put into a bounded
 * queue and delivered, in order, by a thread of their own ("spice-bus"), or by
 * the application's GMainContext if the server runs in one. An event is a
 * GstStructure, documented in docs/messages.md. Push: any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceBus GstSpiceBus;
typedef void (*GstSpiceBusFunc) (const GstStructure *event, gpointer user_data);

/* life */
/* @context: where to deliver, NULL: a thread. @destroy (may be NULL) is called
 * with @user_data when the last event is delivered. */
GstSpiceBus *gst_spice_bus_new (GMainContext *context, GstSpiceBusFunc func,
                                gpointer user_data, GDestroyNotify destroy);
/* what was pushed is still delivered; waits for it, except on the thread or in
 * the context that delivers */
void gst_spice_bus_stop (GstSpiceBus *self); /* frees, too */

/* takes @event; over 256 undelivered ones the oldest is lost */
void gst_spice_bus_push (GstSpiceBus *self, GstStructure *event);
/* events lost so far: for who counts on one of its own to arrive. Any thread.
 */
guint gst_spice_bus_n_lost (GstSpiceBus *self);

G_END_DECLS
