/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream.h – a region of the primary surface that is sent as video.
 *
 * Its frames are what the region shows after a batch, whatever was drawn there,
 * and go to an encoder for each codec and rate that viewers take. They are read
 * back from the picture unless the last draw there was an image of all of it,
 * or whoever has drawn tells what is shown. Loop thread only. */
#pragma once

#include "gop.h"
#include "picture.h"
#include "server-core/channel/config.h"
#include "server-core/video/stream-clip.h"
#include "server-core/video/video-encoder.h"

typedef struct _SpcStream SpcStream;
typedef struct _SpcStreamTap SpcStreamTap;

/* what a stream is made with; all of it outlives the stream */
typedef struct {
  SpcLoop *loop;
  SpcJobs *jobs;
  SpcPicture *picture;
  const SpcGop *gop; /* of packets that come from outside */
  /* packets that come from outside are to begin anew, with a key frame */
  void (*want_key) (gpointer user_data);
  gpointer user_data;
} SpcStreamBase;

typedef struct {
  QxlRect area;   /* of the primary; what is of no even size is not encoded */
  guint fps;      /* about */
  uint8_t native; /* codec of packets that come from outside, 0: none do */
} SpcStreamSetup;

/* its first frame is what it shows at the end of this batch */
SpcStream *spc_stream_new (const SpcStreamBase *base,
                           const SpcStreamSetup *setup, int64_t now_us);
/* after its last tap */
void spc_stream_free (SpcStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStream, spc_stream_free)

const QxlRect *spc_stream_area (const SpcStream *self);
uint8_t spc_stream_native (const SpcStream *self);
/* somebody is fed with frames of the picture */
bool spc_stream_is_encoded (const SpcStream *self);
/* a packet from outside, for those who take it as it is; it is in the gop */
void spc_stream_take_packet (SpcStream *self, const SpcVideoPacket *packet,
                             bool follows_loss);
/* where its frames are painted (server-core/video/stream-clip.h) */
const QxlRegion *spc_stream_region (const SpcStream *self);
/* all of its area, for viewers whose clients know no clips */
const QxlRegion *spc_stream_whole (const SpcStream *self);
/* It is at @area from now on. If the size is another one, encoders are new
 * ones, which begin with a key frame, and the region is all of the area. */
void spc_stream_put (SpcStream *self, const QxlRect *area, int64_t now_us);
/* something is drawn, there perhaps, on the primary surface */
void spc_stream_draw (SpcStream *self, const QxlDrawable *draw, int64_t now_us);
/* when that was there, the last time; 0: it is a film from outside, of which
 * the picture shows nothing, or what was there long ago */
int64_t spc_stream_drawn_us (const SpcStream *self);
/* of a film from outside, as its producer knows it; 0: not drawn any more */
void spc_stream_set_drawn (SpcStream *self, int64_t drawn_us);
/* A batch has ended: if something was drawn there, and somebody is fed, what it
 * shows now becomes a frame of that time; @shown: just that, or NULL. true: the
 * region is another one now. */
bool spc_stream_end_batch (SpcStream *self, QxlImage *shown, int64_t time_us);

/* A viewer's end of a stream. */
typedef struct {
  /* in order, from a key frame on */
  void (*packet) (const SpcVideoPacket *packet, gpointer user_data);
  /* false: a frame would only wait; it is left out if nobody else takes it */
  bool (*may_take) (gpointer user_data);
  /* so many packets come at once */
  void (*burst) (guint n_packets, gpointer user_data);
  /* no more packets: the encoder is no more. The tap may be freed in it. */
  void (*failed) (gpointer user_data);
} SpcStreamTapFuncs;

/* NULL with @error: nobody makes that codec now */
SpcStreamTap *spc_stream_tap_new (SpcStream *stream, uint8_t codec,
                                  guint bitrate_bps, SpcVideoFactory *factory,
                                  const SpcStreamTapFuncs *funcs,
                                  gpointer user_data, GError **error);
void spc_stream_tap_free (SpcStreamTap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamTap, spc_stream_tap_free)
/* The viewer was told the stream. Packets from outside come at once, if they
 * are few since the last key frame or seem to be over; else a key frame is
 * waited for, but not for long. */
void spc_stream_tap_begin (SpcStreamTap *self);
/* what the viewer may be sent; another encoder may feed it from now on, with a
 * key frame first */
void spc_stream_tap_set_bitrate (SpcStreamTap *self, guint bitrate_bps);
/* packets were thrown away: nothing comes before a key frame */
void spc_stream_tap_begin_anew (SpcStreamTap *self);
