/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicereport.h – tells the application what became of draw commands.
 *
 * Commands that were refused become element warnings, at most one a second for
 * each reason; UPDATE commands become messages "spice-update", with a picture
 * while not too many of them are unread. All of it is posted from a thread of
 * its own, which starts when there is something to tell. Shared; any thread. */
#pragma once

#include "server-core/spc.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceReport GstSpiceReport;

/* what a producer has asked for */
typedef struct {
  uint32_t update_id, surface_id;
  QxlRect area;
} GstSpiceUpdate;

/* life */
GstSpiceReport *gst_spice_report_new (GstElement *element); /* until stop */
GstSpiceReport *gst_spice_report_ref (GstSpiceReport *self);
void gst_spice_report_unref (GstSpiceReport *self);
/* Nothing is told any more. Waits for what is being told, unless it is called
 * from there. Unrefs, too. */
void gst_spice_report_stop (GstSpiceReport *self);

/* telling */
/* @self is a GstSpiceReport: this is an SpcRefusedFunc. Errors that differ in
 * numbers only have one reason. */
void gst_spice_report_refusal (const GError *error, gpointer self);

/* leave to take a picture of @area for a message; NULL: too many are unread */
typedef struct _GstSpiceLeave GstSpiceLeave;
GstSpiceLeave *gst_spice_report_ask_leave (GstSpiceReport *self,
                                           const QxlRect *area);
void gst_spice_leave_free (GstSpiceLeave *self); /* of one not used */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceLeave, gst_spice_leave_free)
/* @image: (nullable): only with leave, and if the area shows anything, else
 * this is a refusal, too; takes @leave */
void gst_spice_report_update (GstSpiceReport *self,
                              const GstSpiceUpdate *update, QxlImage *image,
                              GstSpiceLeave *leave);

G_END_DECLS
