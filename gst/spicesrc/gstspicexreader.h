/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexreader.h – fetches what an X program has in a selection.
 *
 * Asks each new owner for its targets, and it for data when told to; large data
 * comes in pieces (INCR). One conversion at a time; owners that do not answer
 * in time, or send more than allowed, are given up, and what they still send is
 * thrown away so that they come to an end. The clipboard's thread only. */
#pragma once

#include "gst/spicesrc/gstspicexdisplay.h"

G_BEGIN_DECLS

typedef struct _GstSpiceXReader GstSpiceXReader;

typedef struct {
  /* the owner has told its types; 0: none that we know */
  void (*owned) (GstSpiceXSelection selection, guint types, gpointer user_data);
  /* the answer to fetch; NULL: there is none */
  void (*data) (GstSpiceXSelection selection, GstSpiceXType type, GBytes *data,
                gpointer user_data);
} GstSpiceXReaderEvents;

/* life; @display outlives it */
GstSpiceXReader *gst_spice_x_reader_new (const GstSpiceXDisplay *display,
                                         GstSpiceXSelection selection,
                                         const GstSpiceXReaderEvents *events,
                                         gpointer user_data);
void gst_spice_x_reader_free (GstSpiceXReader *self);

/* a program owns the selection since then; what is under way has no answer */
void gst_spice_x_reader_follow (GstSpiceXReader *self, xcb_timestamp_t since);
/* no program owns it */
void gst_spice_x_reader_forget (GstSpiceXReader *self);
/* one answer for each type however often it is asked for meanwhile */
void gst_spice_x_reader_fetch (GstSpiceXReader *self, GstSpiceXType type);

/* events of the display; those of others are left alone */
void gst_spice_x_reader_on_notify (GstSpiceXReader *self,
                                   const xcb_selection_notify_event_t *event);
void gst_spice_x_reader_on_property (GstSpiceXReader *self,
                                     const xcb_property_notify_event_t *event);

G_END_DECLS
