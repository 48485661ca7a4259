/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-clip.h – what of a stream's region its frames are painted on.
 *
 * A menu over a film, its subtitles and its black borders lie in its region and
 * keep still while the rest moves: they are better sent as what they are. So
 * parts that have not been drawn on for a while are taken out, and put back
 * once they change as quickly as the rest. While nothing at all is drawn, as in
 * a pause, all stays as it is.
 *
 * Pure: times are arguments, monotonic microseconds. Loop thread only. */
#pragma once

#include "qxl/command.h"
#include <glib.h>

/* pixels of the sides of a part */
#define SPC_CLIP_CELL 16
/* rectangles a clip has at most: a coarser one is used rather than more */
#define SPC_MAX_CLIP_RECTS 48

typedef struct _SpcStreamClip SpcStreamClip;

/* @area: on the surface, not empty; all of it at first */
SpcStreamClip *spc_stream_clip_new (const QxlRect *area, int64_t now_us);
void spc_stream_clip_free (SpcStreamClip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcStreamClip, spc_stream_clip_free)

/* It lies at @area from now on. The region goes along; if the size is another
 * one, it is all of the area again. */
void spc_stream_clip_put (SpcStreamClip *self, const QxlRect *area,
                          int64_t now_us);
/* @box, on the surface, was drawn on */
void spc_stream_clip_draw (SpcStreamClip *self, const QxlRect *box,
                           int64_t now_us);
/* the same of a command, through its clip */
void spc_stream_clip_command (SpcStreamClip *self, const QxlDrawable *draw,
                              int64_t now_us);
/* after each batch; true: the region is another one than before */
bool spc_stream_clip_update (SpcStreamClip *self, int64_t now_us);
/* on the surface, not empty, of at most SPC_MAX_CLIP_RECTS */
const QxlRegion *spc_stream_clip_region (const SpcStreamClip *self);
