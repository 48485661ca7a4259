/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceshare.h – one session at a time, shared by elements and application.
 *
 * The part of GstSpiceServer that starts and stops: the first element that goes
 * NULL→READY starts, the last one that goes READY→NULL stops, and so does the
 * application by its own pair of calls. Elements are listed as users while they
 * name the server. Any thread; entering, leaving, start and stop not from the
 * question "connecting". */
#pragma once

#include "gst/common/gstspiceuser.h"

G_BEGIN_DECLS

typedef struct _GstSpiceShare GstSpiceShare;

typedef struct {
  /* loop thread: may this client come in? */
  gboolean (*connecting) (GstSpiceServer *owner, guint id, const char *address);
  /* event thread */
  void (*event) (GstSpiceServer *owner, const GstStructure *event);
  /* an encoder's thread: has it been set up, but for its bit rate? */
  gboolean (*encoder_setup) (GstSpiceServer *owner, const char *codec,
                             GstElement *encoder);
  /* the session started or stopped; whoever made it do so */
  void (*changed) (GstSpiceServer *owner);
} GstSpiceShareFuncs;

/* life: inside the owner's */
/* @owner: told by @funcs, not referenced */
GstSpiceShare *gst_spice_share_new (GstSpiceServer *owner,
                                    const GstSpiceShareFuncs *funcs);
void gst_spice_share_free (GstSpiceShare *self);
/* where the session is to run; before the first start */
void gst_spice_share_set_context (GstSpiceShare *self, GMainContext *context);
GstSpiceShare *gst_spice_server_share (GstSpiceServer *owner);

/* elements */
void gst_spice_share_add_user (GstSpiceShare *self, GstSpiceUser *user);
void gst_spice_share_remove_user (GstSpiceShare *self, GstSpiceUser *user);
/* (transfer full) the running session; NULL with @error when it cannot start or
 * runs with other settings than the user was given */
GstSpiceSession *gst_spice_share_enter (GstSpiceShare *self, GstSpiceUser *user,
                                        GError **error);
void gst_spice_share_leave (GstSpiceShare *self, GstSpiceUser *user);
/* "spice-listening" when @user is the first of its pipeline, or NULL */
GstStructure *gst_spice_share_listening (GstSpiceShare *self,
                                         GstSpiceUser *user);

/* the application */
gboolean gst_spice_share_start (GstSpiceShare *self, GError **error);
void gst_spice_share_stop (GstSpiceShare *self);

/* both */
/* (transfer full) the session that runs, or NULL */
GstSpiceSession *gst_spice_share_get_session (GstSpiceShare *self);
/* the owner's property */
void gst_spice_share_set_setting (GstSpiceShare *self, GstSpiceSetting setting,
                                  const GValue *value);
/* a live setting of an active user; false: it stays as it was */
bool gst_spice_share_update (GstSpiceShare *self, GstSpiceSetting setting,
                             const GValue *value, GError **error);
/* the value in force: of the running session, or else of the owner */
void gst_spice_share_get_setting (GstSpiceShare *self, GstSpiceSetting setting,
                                  GValue *value);

G_END_DECLS
