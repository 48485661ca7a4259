/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicenav.h – what viewers type and point at, as GstNavigation events.
 *
 * Each display sink has a GstSpiceNav, which pushes events upstream through the
 * sink's pad, in order, on a thread of its own ("spice-up", begun by the first
 * event): upstream elements may take any lock. An event that nobody handles is
 * posted on the bus, with its fields in plain sight; other events of the sink's
 * go the same way. A GstSpiceNavTable sends
 * each input of a server to the display it is meant for.
 *
 * Fields beyond GstNavigation's own: "scancode" (uint, PC XT set 1 make code,
 * 0x100 added for e0 keys, Pause 0x245) with keys, "connection-id" (uint) with
 * all, and the event "mouse-move-relative" with "delta_x", "delta_y" (double,
 * pixels). */
#pragma once

#include "server-core/channel/server.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceNav GstSpiceNav;

/* one display: any thread, free not from its own */
/* @pad: a sink pad of @element; both referenced */
GstSpiceNav *gst_spice_nav_new (GstElement *element, GstPad *pad);
/* drops what waits, ends the thread. Not while the pad is active: a push may
 * be blocked in it. */
void gst_spice_nav_free (GstSpiceNav *self);
void gst_spice_nav_push (GstSpiceNav *self, const SpcInputEvent *event);
/* any other event; takes @event */
void gst_spice_nav_push_upstream (GstSpiceNav *self, GstEvent *event);
/* The same for one that replaces its like, which is not pushed yet. Afterwards
 * upstream is told to negotiate anew if @reconfigures. */
void gst_spice_nav_push_latest (GstSpiceNav *self, GstEvent *event,
                                gboolean reconfigures);

/* all displays of a server */
typedef struct {
  GMutex lock;                         /* never held while calling out */
  GstSpiceNav *navs[SPC_MAX_DISPLAYS]; /* not owned; removed before they go */
  guint pointer_display; /* where the pointer was last; keys go there */
} GstSpiceNavTable;

void gst_spice_nav_table_init (GstSpiceNavTable *self);
void gst_spice_nav_table_clear (GstSpiceNavTable *self);
void gst_spice_nav_table_set (GstSpiceNavTable *self, guint display_id,
                              GstSpiceNav *nav); /* NULL takes it away */
/* false: there is no display at all */
gboolean gst_spice_nav_table_route (GstSpiceNavTable *self,
                                    const SpcInputEvent *event);

/* pure: @event as a navigation event's structure. @modifiers: as held before
 * it; the pointer's place: after it. NULL for what navigation cannot tell. */
GstStructure *gst_spice_nav_structure (const SpcInputEvent *event,
                                       guint modifiers, double x, double y);

/* what is held and where the pointer is, followed from event to event */
typedef struct {
  guint held;  /* bit n: modifier key n of a table is down */
  guint locks; /* modifier mask of what a viewer believes is on */
  double x, y;
} GstSpiceNavState;

/* the same with the modifiers and the place known; follows @event */
GstStructure *gst_spice_nav_state_tell (GstSpiceNavState *self,
                                        const SpcInputEvent *event);

G_END_DECLS
