/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mjpeg-quality.h – how coarsely to quantise the next frame.
 *
 * A frame may have the bit rate's share of the time between two of them. Its
 * size at a step is taken from the one before: the larger the step the smaller,
 * in a ratio that is about the same for all films. What was too much or too
 * little is made up for over the next frames. A step that is nearly right
 * stays, so that quality does not flicker.
 * Pure: numbers in, a number out. Threads: any, one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* steps of a quantiser (jpeg-plan.h): the first for a rate that is no limit,
 * about 36 dB whatever the grain */
#define SPC_MJPEG_FINEST_STEP 10.0
#define SPC_MJPEG_COARSEST_STEP 72.0

typedef struct {
  double bytes_per_s; /* 0: no limit */
  double interval_s;  /* between frames, as measured */
  int64_t last_us;    /* of the last frame; 0: none yet */
  bool is_known;      /* there is a @scale */
  double scale;       /* logarithm of a frame's size at a step of 1 */
  double step;        /* of the last frame; 0: none yet */
  double debt;        /* bytes over what was due; below 0: under it */
} SpcMjpegQuality;

/* @fps: about, until it is measured */
void spc_mjpeg_quality_init (SpcMjpegQuality *self, uint32_t bitrate_bps,
                             uint32_t fps);
void spc_mjpeg_quality_set_bitrate (SpcMjpegQuality *self,
                                    uint32_t bitrate_bps);

/* for each frame, in order of use */
/* there will be one, of this time: monotonic */
void spc_mjpeg_quality_note_frame (SpcMjpegQuality *self, int64_t time_us);
/* the step for it */
double spc_mjpeg_quality_step (SpcMjpegQuality *self);
/* that step is as good as the finest: more bits would not change it */
bool spc_mjpeg_quality_is_finest (const SpcMjpegQuality *self);
/* an estimate of its size at a step, before it is coded; asks for the step
 * again then */
void spc_mjpeg_quality_note_estimate (SpcMjpegQuality *self, double step,
                                      size_t bytes);
/* what it became at that step */
void spc_mjpeg_quality_note_size (SpcMjpegQuality *self, size_t bytes);
