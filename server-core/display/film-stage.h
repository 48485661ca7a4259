/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* film-stage.h – for tests: a display that sends films as video, its viewers,
 * and what they show. Runs on the test's loop. */
#pragma once

#include "display-stage.h"
#include "tests/image-psnr.h"
#include "video-stage.h"

/* of the primary */
#define FILM_STAGE_WIDTH 256
#define FILM_STAGE_HEIGHT 192
/* of a set of codecs */
#define BIT(codec) (1u << SPICE_VIDEO_CODEC_TYPE_##codec)
#define RUN_UNTIL(stage, condition)                                            \
  NET_RUN_UNTIL (&(stage)->session.net, condition)

typedef struct {
  Stage stage;
  Studio studio;
} Set;

/* @codec: that of a pretended encoder, beside MJPEG; 0: none */
void set_init (Set *self, uint8_t codec);
void set_clear (Set *self);
/* joins, and is sent the still picture first */
Viewer *join (Set *self, uint32_t codecs);

/* playing */
void show_frame (Set *self, QxlRect box);
/* a frame's time */
void pause_for (Set *self, guint ms);
/* films till the viewer has so many frames of a stream */
void film_until (Set *self, const Viewer *viewer, QxlRect box, guint n_frames);

/* looking */
const WireStreams *streams_of (const Viewer *viewer);
/* its first one; NULL: it has none */
const WireStream *stream_of (const Viewer *viewer);
bool has_frames (const Viewer *viewer, guint n_frames);
/* what a viewer shows of @box; dB */
double likeness (Set *self, const Viewer *viewer, QxlRect box);
