/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceuser.h – how an element finds and shares a server.
 *
 * Each element has one GstSpiceUser: the properties "server", "server-name",
 * "current-port" and the server's settings as this element was given them. The
 * server is, in this order, the object of the property, the one of a
 * GstContext, or the one of that name in the process. Any thread; open and
 * close from state changes. */
#pragma once

#include "gst/common/gstspicesession.h"
#include "gst/common/gstspiceserver.h"

G_BEGIN_DECLS

typedef struct _GstSpiceUser GstSpiceUser;

/* life: instance init and finalize of the element */
GstSpiceUser *gst_spice_user_new (GstElement *element);
void gst_spice_user_free (GstSpiceUser *self);

/* properties: class init, set_property, get_property. FALSE: not one of ours */
void gst_spice_user_install_properties (GObjectClass *klass);
gboolean gst_spice_user_set_property (GstSpiceUser *self, guint id,
                                      const GValue *value);
gboolean gst_spice_user_get_property (GstSpiceUser *self, guint id,
                                      GValue *value);
/* a GstChildProxy with one child, "server": interface init of an element */
void gst_spice_user_child_proxy_init (gpointer iface, gpointer data);
/* (transfer full) what "server::" means now */
GstSpiceServer *gst_spice_user_get_server (GstSpiceUser *self);

/* states */
/* NULL→READY: the session, borrowed until close; NULL after an error message */
GstSpiceSession *gst_spice_user_open (GstSpiceUser *self);
/* READY→NULL; harmless when not open */
void gst_spice_user_close (GstSpiceUser *self);
GstSpiceSession *gst_spice_user_session (GstSpiceUser *self); /* or NULL */
/* posts what @error says as an element error, and frees it */
void gst_spice_user_post_error (GstSpiceUser *self, GError *error);

/* For elements that only talk with a server others run, and have no user:
 * (transfer full) that of a GstContext, or the one of that name. */
GstSpiceServer *gst_spice_user_find_server (GstElement *element,
                                            const char *name);

/* for gstspiceusers and gstspiceserver */
GstSpiceUser *gst_spice_user_ref (GstSpiceUser *self);
void gst_spice_user_unref (GstSpiceUser *self);
GstElement *gst_spice_user_get_element (GstSpiceUser *self); /* or NULL */
void gst_spice_user_copy_settings (GstSpiceUser *self,
                                   GstSpiceSettings *settings);

G_END_DECLS
