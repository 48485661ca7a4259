/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceusers.h – the elements that name one server.
 *
 * Lists every element that would use the server, so that the first one to start
 * it knows what the others of its pipeline were told, and so that messages
 * reach each pipeline once. Any thread; its lock is never held while calling
 * out. */
#pragma once

#include "gst/common/gstspicesettings.h"
#include "gst/common/gstspiceuser.h"

G_BEGIN_DECLS

typedef struct {
  GMutex lock;
  GPtrArray *entries; /* Entry, see the .c */
} GstSpiceUsers;

void gst_spice_users_init (GstSpiceUsers *self);
void gst_spice_users_clear (GstSpiceUsers *self);

/* @user stays valid until it is removed */
void gst_spice_users_add (GstSpiceUsers *self, GstSpiceUser *user);
void gst_spice_users_remove (GstSpiceUsers *self, GstSpiceUser *user);
/* active: between NULL→READY and READY→NULL */
void gst_spice_users_set_active (GstSpiceUsers *self, GstSpiceUser *user,
                                 gboolean is_active);
guint gst_spice_users_n_active (GstSpiceUsers *self);

/* Adds to @settings what the active elements, and those in one pipeline with
 * @opener, were given; an error names two that differ. */
bool gst_spice_users_merge (GstSpiceUsers *self, GstSpiceUser *opener,
                            GstSpiceSettings *settings, GError **error);
/* posts @event as an element message from the first active element of each
 * pipeline */
void gst_spice_users_post (GstSpiceUsers *self, const GstStructure *event);
/* true if no other element of @user's pipeline is active */
gboolean gst_spice_users_is_first (GstSpiceUsers *self, GstSpiceUser *user);

G_END_DECLS
