/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-view.h – a stream, as one viewer sees it.
 *
 * Tells the viewer of the stream and gives it frames from an encoder of the
 * codec that suits it; with none, its region is sent as pictures. Frames that
 * stand alone push each other out of the pipe; others are sent as long as they
 * do not wait for long. When another codec suits it better, that gets ready
 * beside the one in use, and what the client has of the old one is shown to its
 * end. Loop thread only. */
#pragma once

#include "server-core/video/codec-handover.h"
#include "stream-items.h"
#include "video-viewer.h"

typedef struct _SpcStreamLane SpcStreamLane; /* an encoder that feeds it */

typedef struct {
  /* set at construction */
  SpcVideoViewer *viewer; /* not owned */
  SpcStream *stream;      /* not owned */
  guint bitrate_bps;      /* its share of what the viewer is sent */
  SpcStreamLane *lane;    /* NULL: none, so it is sent as pictures */
  SpcStreamLane *next;    /* gets ready to take over; or NULL */
  SpcCodecHandover handover;
  int64_t sent_us; /* of the newest frame that was pushed */
  /* the stream that was told before, whose frames the client still shows */
  bool has_old;
  uint32_t old_id;
  int64_t old_until_us;
  SpcStreamTraits traits;
  QxlRect told_dest; /* by STREAM_CREATE */
  bool is_held;      /* nothing is painted until the next frame */
  guint n_sent;      /* frames */
  guint n_waiting;   /* frames in the pipe */
  guint n_burst;     /* of these, at most: came at once, and may wait */
} SpcStreamView;

/* life; both are not owned */
SpcStreamView *spc_stream_view_new (SpcVideoViewer *viewer, SpcStream *stream);
/* the viewer is not told */
void spc_stream_view_free (SpcStreamView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamView, spc_stream_view_free)

/* begin and end */
/* with the best codec that works, if there is one */
void spc_stream_view_begin (SpcStreamView *self);
void spc_stream_view_end (SpcStreamView *self);
/* another codec takes its place; with none, the region is sent as pictures from
 * now on */
void spc_stream_view_begin_anew (SpcStreamView *self);

/* another codec may suit it better now */
void spc_stream_view_reconsider (SpcStreamView *self);

/* while it runs */
void spc_stream_view_set_bitrate (SpcStreamView *self, guint bitrate_bps);
/* the viewer is told the region it has now */
void spc_stream_view_clip (SpcStreamView *self);
/* Its stream is at @dest now: frames tell their place if @tells_places, else
 * the viewer is told a new stream. */
void spc_stream_view_move (SpcStreamView *self, const QxlRect *dest,
                           bool tells_places);
/* frames that wait at the client are not painted any more, until the next */
void spc_stream_view_hold (SpcStreamView *self);
/* one was written */
void spc_stream_view_sent (SpcStreamView *self, const SpcStreamFrame *frame);
/* What of @box its frames are painted on differs from what the viewer has. Of a
 * film from outside that nobody draws nothing better is known. */
void spc_stream_view_blur (const SpcStreamView *self, const QxlRect *box);

/* asking */
/* the least it takes for a film to look well, if it is JPEG that is sent; or
 * 0 */
guint spc_stream_view_mjpeg_bps (const SpcStreamView *self);
/* the viewer is sent the packets of a film from outside */
bool spc_stream_view_is_as_it_comes (const SpcStreamView *self);
/* the viewer sees it as video */
bool spc_stream_view_is_told (const SpcStreamView *self);
/* where its frames are painted */
const QxlRegion *spc_stream_view_region (const SpcStreamView *self);
