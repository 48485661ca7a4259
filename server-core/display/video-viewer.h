/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* video-viewer.h – what is known of a viewer that is sent video.
 *
 * The codecs it decodes and wishes for, what its line bears, by which clock it
 * shows frames, and the ids of its streams. Shared by all of its streams
 * (stream-view.h). Plain data. Loop thread only. */
#pragma once

#include "server-core/channel/config.h"
#include "server-core/channel/connection.h"
#include "stream.h"
#include "viewer-clock.h"

typedef struct {
  SpcConnection *connection; /* not owned */
  guint64 ids;               /* bits of those in use */
  uint32_t n_reports;
  SpcRateControl rate; /* of all streams together */
  SpcViewerClock clock;
  uint32_t bad_codecs; /* bits of those its client failed to decode */
  uint8_t wished[SPC_MAX_VIDEO_CODECS + 1];
  /* its line was thought wide, but is not */
  bool is_narrow;
  int64_t narrow_since_us; /* it bears less than JPEG needs; 0: it does not */
  /* what the choice of codecs went by, when it was looked at last */
  SpcVideoConfig known;
  guint known_generation; /* of the factory */
} SpcVideoViewer;

/* @connection: not owned; no clear */
void spc_video_viewer_init (SpcVideoViewer *self, SpcConnection *connection);

/* ids of its streams, from 0 */
uint32_t spc_video_viewer_take_id (SpcVideoViewer *self);
void spc_video_viewer_drop_id (SpcVideoViewer *self, uint32_t id);

/* codecs */
/* those it would rather have, most wanted first */
void spc_video_viewer_wish (SpcVideoViewer *self, const uint8_t *codecs,
                            guint n_codecs);
/* The one for @stream: what comes as it is, if the viewer can take that. @tried
 * has bits of those that do not work; 0: there is none. */
uint8_t spc_video_viewer_choose_codec (const SpcVideoViewer *self,
                                       const SpcStream *stream, uint32_t tried);

/* Whether the choice may be another one than when this was asked before.
 * @mjpeg_bps: what it takes in JPEG to look well, of what is sent; 0: none. */
bool spc_video_viewer_has_news (SpcVideoViewer *self, guint mjpeg_bps,
                                int64_t now_us);

/* asking */
const SpcVideoConfig *spc_video_viewer_config (const SpcVideoViewer *self);
/* Web clients paint frames on all of the destination, whatever they are told
 * (spec: quirks). */
bool spc_video_viewer_knows_clips (const SpcVideoViewer *self);
