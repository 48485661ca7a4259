/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* streams.h – the regions of a display that are sent as video.
 *
 * Finds out from what is drawn, and what it costs to send, where a film plays
 * (server-core/video/stream-detect.h), and keeps a stream for each such region
 * as long as there is a viewer to take it. Loop thread only, but where said. */
#pragma once

#include "display.h"
#include "listener.h"
#include "stream.h"

typedef struct _SpcStreams SpcStreams;
typedef struct _SpcConnection SpcConnection;

/* life: inside the display's, which is not referenced */
SpcStreams *spc_streams_new (SpcDisplay *display);
void spc_streams_free (SpcStreams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreams, spc_streams_free)
/* nothing goes on any more: what keeps the display alive is let go of */
void spc_streams_stop (SpcStreams *self);

/* what happens */
/* the primary surface has this size from now on; 0: it is gone */
void spc_streams_set_primary (SpcStreams *self, uint32_t width,
                              uint32_t height);
/* @draw: valid, before viewers hear of it */
void spc_streams_draw (SpcStreams *self, const QxlDrawable *draw);
/* an image of @draw took so many bytes */
void spc_streams_sent (SpcStreams *self, const QxlDrawable *draw,
                       uint32_t n_bytes);
/* @batch: all of it is drawn; @time_us: of what it shows, monotonic */
void spc_streams_end_batch (SpcStreams *self, const QxlBatch *batch,
                            int64_t time_us);
/* All of the primary surface is a film: it is sent as video, whatever is drawn,
 * and nothing is looked for. Packets are for those who can take them. */
void spc_streams_set_film (SpcStreams *self, const SpcFilm *film);
/* @follows_loss: packets before it were lost */
void spc_streams_take_packet (SpcStreams *self, const SpcVideoPacket *packet,
                              bool follows_loss);
/* any thread: how packets come to the loop; changed atomically */
typedef struct {
  gint n_waiting; /* packets on their way */
  gint has_lost;  /* some were dropped since the last that was sent */
} SpcFilmInbox;
SpcFilmInbox *spc_streams_film_inbox (SpcStreams *self);
/* who hears what a film from outside lacks: of SpcFilmFunc */
SpcListener *spc_streams_film_listener (SpcStreams *self);
/* a viewer sees a stream that it did not see before, or the reverse */
void spc_streams_changed (SpcStreams *self);
/* a viewer was told the primary surface */
void spc_streams_join (SpcStreams *self, SpcConnection *connection);
/* it is going to be told it anew, and joins again */
void spc_streams_withdraw (SpcStreams *self, SpcConnection *connection);

/* a viewer has gone */
void spc_streams_leave (SpcStreams *self);

/* asking */
/* does it draw on, or take from, what is video? */
bool spc_streams_meet (const SpcStreams *self, const QxlDrawable *draw);
/* Adds what all viewers see as video, if there are any, to @areas (of QxlRect).
 * Any thread; what it says may be old. */
void spc_streams_areas (SpcStreams *self, GArray *areas);
/* Adds the areas whose frames are encoded to @areas. Any thread; as old. */
void spc_streams_films (SpcStreams *self, GArray *areas);
