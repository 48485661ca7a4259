/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicexowner.h – owns a selection for the viewers and answers programs.
 *
 * Programs are told the targets of the types on offer. Data is asked of the
 * viewers when a program wants it; programs wait for it, for a time. The
 * clipboard's thread only. */
#pragma once

#include "gst/spicesrc/gstspicexsender.h"

G_BEGIN_DECLS

typedef struct _GstSpiceXOwner GstSpiceXOwner;

/* a program wants it: to be answered, once */
typedef void (*GstSpiceXWanted) (GstSpiceXSelection selection,
                                 GstSpiceXType type, gpointer user_data);

/* life; @display and @sender outlive it */
GstSpiceXOwner *gst_spice_x_owner_new (const GstSpiceXDisplay *display,
                                       GstSpiceXSender *sender,
                                       GstSpiceXSelection selection,
                                       GstSpiceXWanted wanted,
                                       gpointer user_data);
void gst_spice_x_owner_free (GstSpiceXOwner *self);

/* types: bits (1 << GST_SPICE_X_…). Who waits for what was on offer before is
 * refused. */
void gst_spice_x_owner_offer (GstSpiceXOwner *self, guint types);
/* gives the selection away; harmless if it is another's */
void gst_spice_x_owner_withdraw (GstSpiceXOwner *self);
/* the display says it is ours since then, or another's */
void gst_spice_x_owner_won (GstSpiceXOwner *self, xcb_timestamp_t since);
void gst_spice_x_owner_lost (GstSpiceXOwner *self);
bool gst_spice_x_owner_is_ours (GstSpiceXOwner *self);
/* NULL: refused */
void gst_spice_x_owner_answer (GstSpiceXOwner *self, GstSpiceXType type,
                               GBytes *data);
void gst_spice_x_owner_on_request (GstSpiceXOwner *self,
                                   const xcb_selection_request_event_t *event);

G_END_DECLS
