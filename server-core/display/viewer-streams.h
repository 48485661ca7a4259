/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer-streams.h – one viewer's side of a display's streams.
 *
 * Made for a viewer that can be sent video. It chooses a codec, tells the
 * viewer of each stream, gives it frames stamped with the time to show them at,
 * and goes by what it reports. What the viewer was not told because a stream
 * stands for it counts as sent with loss, so in the end it has all pixels
 * exactly, whatever became of the frames. Loop thread only. */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"
#include "server-core/wire/messages-display.h"
#include "stream-items.h"
#include "stream.h"

typedef struct _SpcViewerStreams SpcViewerStreams;

/* life; @connection: not owned */
SpcViewerStreams *spc_viewer_streams_new (SpcConnection *connection);
/* the viewer is not told */
void spc_viewer_streams_free (SpcViewerStreams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcViewerStreams, spc_viewer_streams_free)

/* streams */
/* after the viewer was told the primary surface */
void spc_viewer_streams_add (SpcViewerStreams *self, SpcStream *stream);
/* its region is another one; what that leaves of the one @before is sent as
 * pictures */
void spc_viewer_streams_clip (SpcViewerStreams *self, const SpcStream *stream,
                              const QxlRegion *before);
/* A viewer takes frames that tell their places, so that a stream of it may move
 * without beginning anew. */
bool spc_viewer_streams_can_move (const SpcViewerStreams *self);
/* It is somewhere else, or of another size: what it leaves of @before, its
 * region until now, is sent as pictures. */
void spc_viewer_streams_move (SpcViewerStreams *self, const SpcStream *stream,
                              const QxlRegion *before);
/* Other codecs may be offered now, or its line bears others: its streams move
 * to those that suit it better. */
void spc_viewer_streams_check (SpcViewerStreams *self);
/* before @stream is freed; @renews: its region is sent as pictures at once */
void spc_viewer_streams_remove (SpcViewerStreams *self, const SpcStream *stream,
                                bool renews);

/* What a draw does to the regions the viewer sees as video. */
typedef enum {
  SPC_STREAMS_APART,  /* nothing */
  SPC_STREAMS_INSIDE, /* it draws nowhere else: the next frame stands for it */
  SPC_STREAMS_ACROSS, /* also elsewhere, or with pixels it takes from there */
} SpcStreamsTouch;
SpcStreamsTouch spc_viewer_streams_touch (const SpcViewerStreams *self,
                                          const QxlDrawable *draw);
/* what streams of it stand for in @box differs from what the viewer has */
void spc_viewer_streams_blur (SpcViewerStreams *self, const QxlRect *box);
/* The picture of @stream, a film from outside, grows old: if the viewer is sent
 * its packets, it keeps what it has of them. */
void spc_viewer_streams_keep (SpcViewerStreams *self, const SpcStream *stream);
/* @stream stands for its region, as far as this viewer goes */
bool spc_viewer_streams_has (const SpcViewerStreams *self,
                             const SpcStream *stream);
/* What its line bears of a stream whose packets it is sent as they come; 0: it
 * is not sent them, or has not met its bound. */
guint spc_viewer_streams_bounded_bps (const SpcViewerStreams *self,
                                      const SpcStream *stream);
/* what of @region of the primary surface no stream stands for is left */
void spc_viewer_streams_subtract (const SpcViewerStreams *self,
                                  QxlRegion *region);

/* What rests is about to be sent as it is: frames that the client has not
 * painted yet would go over it, so none is until the next one comes. */
void spc_viewer_streams_hold (SpcViewerStreams *self);

/* what happens */
/* for the items: the viewer was told where frames of that stream are painted,
 * behind all that was written before */
void spc_viewer_streams_told (SpcViewerStreams *self, uint32_t id);
/* for the items: @frame was written */
void spc_viewer_streams_sent (SpcViewerStreams *self,
                              const SpcStreamFrame *frame);
void spc_viewer_streams_report (SpcViewerStreams *self,
                                const SpcStreamReport *report);
/* codecs it would rather have, most wanted first */
void spc_viewer_streams_wish (SpcViewerStreams *self, const uint8_t *codecs,
                              guint n_codecs);
