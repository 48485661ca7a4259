/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-detect-fixture.h – plays traces of draws to a detector.
 *
 * A trace draws, then ends its frame, which shows the detector what has been
 * drawn, tells it what that cost and keeps book of the regions it names. Every
 * answer is held to what the header promises of any. */
#pragma once

#include "stream-detect.h"

/* bytes of a picture for 100 pixels */
#define SPC_COST_FILM 180  /* grain, without loss */
#define SPC_COST_TEXT 15   /* of a page */
#define SPC_COST_CARTOON 2 /* flat colours */

typedef struct {
  QxlRect box;
  uint32_t bytes;
} SpcDetectSent;

typedef struct {
  SpcStreamDetect *detect;
  uint32_t width, height;
  int64_t now_us;
  GRand *rand;
  GArray *sent; /* of SpcDetectSent, in this frame */
  /* the last answer */
  SpcStreamRegion regions[SPC_MAX_STREAMS];
  guint n;
  /* book */
  guint n_frames;
  guint n_starts, n_ends; /* of regions */
  guint n_puts;           /* regions that became other rectangles */
} SpcDetectPlay;

/* @limits: NULL: the usual ones */
void spc_detect_play_init (SpcDetectPlay *self, uint32_t width, uint32_t height,
                           const SpcStreamLimits *limits);
void spc_detect_play_clear (SpcDetectPlay *self);

/* draws */
/* @cost: bytes for 100 pixels */
void spc_detect_play_box (SpcDetectPlay *self, const QxlRect *box,
                          uint32_t cost);
/* what a differ makes of a frame there whose tiles change but for one of
 * @still: rows of changed ones, cut to what has changed */
void spc_detect_play_tiles (SpcDetectPlay *self, const QxlRect *box,
                            uint32_t cost, guint still);
/* a key: the @n th letter of a text that begins at 760,100 */
void spc_detect_play_type (SpcDetectPlay *self, int n);
/* fills, text */
void spc_detect_play_other (SpcDetectPlay *self, const QxlRect *box);
void spc_detect_play_move (SpcDetectPlay *self, const QxlRect *box, int32_t dx,
                           int32_t dy);

/* the end of a frame; the next one is @after_ms later */
void spc_detect_play_frame (SpcDetectPlay *self, int64_t after_ms);
/* nothing is drawn for so long; updates come only when they are asked for */
void spc_detect_play_rest (SpcDetectPlay *self, int64_t ms);
/* a region has that rectangle */
bool spc_detect_play_has (const SpcDetectPlay *self, const QxlRect *rect);
/* the id of that region */
uint32_t spc_detect_play_id (const SpcDetectPlay *self, const QxlRect *rect);
