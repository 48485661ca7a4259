/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicecommandfeed.h – draw commands to a display.
 *
 * Each buffer of application/x-spice-qxl is a batch. Commands may not be left
 * out, so a push waits while the server has too many batches to take; no viewer
 * makes it wait, as what slow ones miss is told them as pictures. What is wrong
 * in a buffer is told, and nothing else is lost by it. Pushes come from one
 * thread; flushing and stop from any. */
#pragma once

#include "gst/spicesink/gstspicerecorder.h"
#include "server-core/spc.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstSpiceCommandFeed GstSpiceCommandFeed;

/* pad thread: what the display itself has no use for */
typedef struct {
  /* takes @cursor */
  void (*cursor) (gpointer owner, QxlCursorCommand *cursor);
  void (*update) (gpointer owner, uint32_t surface_id, const QxlRect *area,
                  uint32_t update_id);
  /* a command that could not be read */
  void (*refused) (gpointer owner, const GError *error);
} GstSpiceCommandFuncs;

/* life */
/* Display and jobs are referenced. @recorder: (nullable): is told what the
 * display is, and outlives the feed, as @owner does. */
GstSpiceCommandFeed *gst_spice_command_feed_new (
    SpcDisplay *display, SpcJobs *jobs, GstSpiceRecorder *recorder,
    const GstSpiceCommandFuncs *funcs, gpointer owner);
/* waits for a push that is at work, after waking it. Frees, too. */
void gst_spice_command_feed_stop (GstSpiceCommandFeed *self);

/* work */
/* borrows @buffer, but keeps its memory while images in it are in use. FLUSHING
 * while flushing, or after the server has stopped. */
GstFlowReturn gst_spice_command_feed_push (GstSpiceCommandFeed *self,
                                           GstBuffer *buffer);
/* Destroys all surfaces and takes the pointer back, as if nothing had been
 * pushed; while no push is under way. */
void gst_spice_command_feed_forget (GstSpiceCommandFeed *self);
/* a push that waits returns at once, and so do those to come */
void gst_spice_command_feed_set_flushing (GstSpiceCommandFeed *self,
                                          gboolean is_flushing);

G_END_DECLS
