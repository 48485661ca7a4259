/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecommandfeed.h – draw commands to a display.
 *
 * Each buffer of application/x-spice-qxl is a batch. Commands may not be left
 * out, so a push waits while the server has too many batches to take; no viewer
 * makes it wait, as what slow ones miss is told them as pictures. What is wrong
 * in a buffer is reported, and nothing else is lost by it; so is what was asked
 * for by UPDATE commands. Pushes come from one
 * thread; flushing and stop from any. */
#pragma once

#include <gst/base/gstbasesink.h>
#include "gst/spicesink/gstspicerecorder.h"
#include "gst/spicesink/gstspicereport.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceCommandFeed GstSpiceCommandFeed;

/* pad thread: takes @cursor, a command that is not the display's */
typedef void (*GstSpiceCursorFunc) (gpointer owner, QxlCursorCommand *cursor);

typedef struct {
  SpcDisplay *display;    /* referenced */
  SpcJobs *jobs;          /* of the display's server */
  GstSpiceReport *report; /* referenced */
  /* (nullable): is told what the display is; outlives the feed */
  GstSpiceRecorder *recorder;
  guint max_monitors; /* heads a MONITORS command may have */
  GstSpiceCursorFunc cursor;
  gpointer owner;    /* outlives the feed */
  GstBaseSink *sink; /* so does it: pushes come from its preroll and render */
} GstSpiceCommandSetup;

/* life */
GstSpiceCommandFeed *gst_spice_command_feed_new (
    const GstSpiceCommandSetup *setup);
/* waits for a push that is at work, after waking it. Frees, too. */
void gst_spice_command_feed_stop (GstSpiceCommandFeed *self);

/* work */
/* borrows @buffer, but keeps its memory while images in it are in use. FLUSHING
 * while flushing, or after the server has stopped. */
GstFlowReturn gst_spice_command_feed_push (GstSpiceCommandFeed *self,
                                           GstBuffer *buffer);
/* as push, but never waits: CUSTOM_SUCCESS when there is no room now, and then
 * nothing was done */
GstFlowReturn gst_spice_command_feed_try (GstSpiceCommandFeed *self,
                                          GstBuffer *buffer);
/* Destroys all surfaces and takes the pointer back, as if nothing had been
 * pushed; while no push is under way. */
void gst_spice_command_feed_forget (GstSpiceCommandFeed *self);
/* flushing: a push that waits looks whether its sink is to go on */
void gst_spice_command_feed_set_flushing (GstSpiceCommandFeed *self,
                                          gboolean is_flushing);

G_END_DECLS
