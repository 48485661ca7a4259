/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicefeed.h – raw video frames to a display.
 *
 * A slot of one frame, newest wins, and one job at a time on a strand: as soon
 * as the display has room, the frame in the slot is compared with what viewers
 * were last told and the difference posted. The display's room coming back
 * starts the job, too, so the last frame before a pause always arrives. A frame
 * that is replaced costs nothing. Any thread; a push does a short job itself,
 * longer ones are the workers', and waits for none but in stop. */
#pragma once

#include "gst/spicesink/gstspicerecorder.h"
#include "server-core/spc.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

typedef struct _GstSpiceFeed GstSpiceFeed;

/* life */
/* Display and jobs are referenced. @recorder: (nullable): is told what the
 * display is, and outlives the feed. */
GstSpiceFeed *gst_spice_feed_new (SpcDisplay *display, SpcJobs *jobs,
                                  GstSpiceRecorder *recorder);
/* Drops the frame in the slot and waits for the job at work. Frees, too. */
void gst_spice_feed_stop (GstSpiceFeed *self);

/* work */
/* keeps a reference to @buffer until it was compared or replaced. @info: of the
 * frame, in a format that gst_spice_format_from_video knows */
void gst_spice_feed_push (GstSpiceFeed *self, GstBuffer *buffer,
                          const GstVideoInfo *info);

/* asking */
/* the answer to an allocation query for frames: a pool with buffers for those
 * that are kept. FALSE: it is not about frames */
gboolean gst_spice_feed_propose_allocation (GstQuery *query);
typedef struct {
  guint64 pushed, replaced, compared, unchanged;
} GstSpiceFeedStats;
void gst_spice_feed_stats (GstSpiceFeed *self, GstSpiceFeedStats *stats);

G_END_DECLS
