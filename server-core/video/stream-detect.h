/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-detect.h – says which regions of a display behave like video.
 *
 * It is told of every draw on the primary surface and of what pictures cost on
 * the wire, and names the regions that should be streams: those that changed in
 * several frames, quickly, and (with by_cost) would cost less as video. What
 * counts is where pixels change, not how draws are cut: a film may come as a
 * box a frame or as whatever tiles of it differ.
 *
 * A region hugs the pixels that change, grows with them and moves with its
 * window, and keeps its id meanwhile. It ends when it has been still for a
 * while, and a longer while each time it comes back.
 *
 * Pure: times are arguments, monotonic microseconds; one that goes back counts
 * as no later. Loop thread only. Memory: 16 bytes for each 16×16 pixels. Cost:
 * what a draw touches; an update looks at more only where something is new. */
#pragma once

#include "qxl/geometry.h"
#include "server-core/base/limits.h"
#include <glib.h>

/* when a region starts and ends */
typedef struct {
  bool by_cost; /* what is cheap as pictures stays pictures; false: rate alone
                 * decides */
  uint32_t min_side; /* pixels of a region, both ways */
  uint32_t start_frames;
  uint32_t start_fps; /* no start at fewer changes in a second */
  /* One starts so soon only when it is sure to be a film: else, text that is
   * scrolled may do so, start_wait_us must pass. */
  uint32_t sure_fps;
  uint32_t sure_percent; /* of the cost of video; with less, when by_cost, all
                          * of it must change */
  int64_t start_wait_us;
  int64_t active_us;  /* is_active for so long after a change */
  int64_t end_us;     /* still for so long, and it ends */
  int64_t max_end_us; /* as often as it comes back, end_us grows up to this */
  int64_t shrink_us;  /* still for so long at the edge, and it shrinks */
  /* One that is dragged is told of when it has rested for so long, or each
   * max_drag_us, where another rectangle costs a new stream. */
  int64_t drag_rest_us, max_drag_us;
  /* what video would cost */
  uint32_t video_millibits; /* a pixel and frame */
  uint32_t gain_percent;    /* pictures must cost so much of that */
  uint32_t min_gain_bps;    /* and so much more than it */
} SpcStreamLimits;

typedef enum {
  SPC_STREAM_DRAW_PICTURE, /* a copy of an image */
  SPC_STREAM_DRAW_OTHER,   /* fills, text, strokes: no start of video */
} SpcStreamDrawKind;

typedef struct {
  uint32_t id;    /* 1 or more; stays while the region lives, not used again */
  QxlRect rect;   /* even coordinates, inside the surface */
  bool is_active; /* has changed lately */
  uint32_t fps;   /* about, 1 to 120 */
} SpcStreamRegion;

typedef struct _SpcStreamDetect SpcStreamDetect;

void spc_stream_limits_init (SpcStreamLimits *self);

/* life */
/* @width, @height: of the surface, at least 1; @limits: copied, NULL: those of
 * spc_stream_limits_init() */
SpcStreamDetect *spc_stream_detect_new (uint32_t width, uint32_t height,
                                        const SpcStreamLimits *limits);
void spc_stream_detect_free (SpcStreamDetect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamDetect, spc_stream_detect_free)
/* for what comes from now on */
void spc_stream_detect_set_limits (SpcStreamDetect *self,
                                   const SpcStreamLimits *limits);

/* what happens; parts of boxes outside the surface do not count */
void spc_stream_detect_draw (SpcStreamDetect *self, const QxlRect *box,
                             SpcStreamDrawKind kind, int64_t now_us);
/* @box becomes what lies at @source of the surface */
void spc_stream_detect_move (SpcStreamDetect *self, const QxlRect *box,
                             QxlPoint source, int64_t now_us);
/* A picture there was written to a viewer, @bytes in all: once for each picture
 * and not for each viewer. */
void spc_stream_detect_sent (SpcStreamDetect *self, const QxlRect *box,
                             uint32_t bytes, int64_t now_us);

/* what follows */
/* To be called after the draws of each batch, and at next_us. The regions that
 * should be streams now, none overlapping another; returns how many, at most
 * @max and SPC_MAX_STREAMS. They come in order of their age. */
guint spc_stream_detect_update (SpcStreamDetect *self, int64_t now_us,
                                SpcStreamRegion *regions, guint max);
/* when an update has something new to say even if nothing is drawn;
 * G_MAXINT64: never */
int64_t spc_stream_detect_next_us (const SpcStreamDetect *self);
