/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexfollow.h – an X display that follows the windows of viewers.
 *
 * The part of spiceinject that takes wishes for a size out of what comes
 * upstream (docs/messages.md) and has them fulfilled: property
 * "resize-display". A display that refuses causes a warning message. Embedded
 * in the element. Any thread; start and stop from state changes. */
#pragma once

#include "gst/spicesrc/gstspicexresize.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstElement *element; /* not owned: this is in it */
  GMutex lock;
  /* under the lock */
  gboolean is_wanted;
  GstSpiceXResize *resize; /* NULL: stopped, or not wanted at the start */
} GstSpiceXFollow;

void gst_spice_x_follow_init (GstSpiceXFollow *self, GstElement *element);
void gst_spice_x_follow_clear (GstSpiceXFollow *self); /* stopped */

/* the property; counts from the next start */
void gst_spice_x_follow_install (GObjectClass *klass, guint id);
void gst_spice_x_follow_set (GstSpiceXFollow *self, const GValue *value);
void gst_spice_x_follow_get (GstSpiceXFollow *self, GValue *value);

/* @display: NULL is $DISPLAY */
void gst_spice_x_follow_start (GstSpiceXFollow *self, const char *display);
void gst_spice_x_follow_stop (GstSpiceXFollow *self);
/* true: the event was a wish, and is on its way; takes @event then */
gboolean gst_spice_x_follow_take (GstSpiceXFollow *self, GstEvent *event);

G_END_DECLS
