/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mjpeg-quality.h"

#include <glib.h>
#include <math.h>

/* log size = scale − SLOPE · log step. Grainy films have 1.0 at fine steps to
 * 2.0 at coarse ones; with the middle, an error of the step shrinks to a third
 * or less with each frame. */
#define SLOPE 1.5

/* Of an error of the scale (of logarithms), what is believed at once: all of a
 * cut to another scene, half of what may be a frame's own. */
#define CUT_ERROR 0.25
#define SMALL_ERROR_PART 0.5

/* a step this near to what is wanted stays, or half of that if too fine */
#define NEAR 0.10

/* Debt is paid back over so many frames, and forgotten beyond a second's. */
#define PAY_BACK_FRAMES 8.0
#define LEAST_PART 0.6
#define MOST_PART 1.25

/* part of a new interval in the measured one */
#define INTERVAL_PART 0.125
#define MIN_INTERVAL_S (1.0 / 120)
/* longer is a pause, not a rate */
#define MAX_INTERVAL_S 0.5

/* before anything is known */
#define FIRST_STEP 16.0

void
spc_mjpeg_quality_init (SpcMjpegQuality *self, uint32_t bitrate_bps,
                        uint32_t fps)
{
  *self = (SpcMjpegQuality){
      .interval_s = 1.0 / CLAMP (fps, 1, 120),
  };
  spc_mjpeg_quality_set_bitrate (self, bitrate_bps);
}

void
spc_mjpeg_quality_set_bitrate (SpcMjpegQuality *self, uint32_t bitrate_bps)
{
  self->bytes_per_s = bitrate_bps / 8.0;
}

void
spc_mjpeg_quality_note_frame (SpcMjpegQuality *self, int64_t time_us)
{
  double interval_s = (double)(time_us - self->last_us) * 1e-6;
  bool is_first = self->last_us == 0;

  self->last_us = time_us;
  if (is_first || interval_s > MAX_INTERVAL_S)
    return;
  interval_s = MAX (interval_s, MIN_INTERVAL_S);
  self->interval_s += INTERVAL_PART * (interval_s - self->interval_s);
}

static double
find_wanted (const SpcMjpegQuality *self)
{
  double share = self->bytes_per_s * self->interval_s;
  double part = 1 - self->debt / (PAY_BACK_FRAMES * share);
  double bytes = share * CLAMP (part, LEAST_PART, MOST_PART);

  return exp ((self->scale - log (bytes)) / SLOPE);
}

double
spc_mjpeg_quality_step (SpcMjpegQuality *self)
{
  double wanted;

  if (self->bytes_per_s <= 0)
    return self->step = SPC_MJPEG_FINEST_STEP;
  if (!self->is_known)
    return self->step = FIRST_STEP;
  wanted = CLAMP (find_wanted (self), SPC_MJPEG_FINEST_STEP,
                  SPC_MJPEG_COARSEST_STEP);
  if (wanted < self->step * (1 - NEAR) || wanted > self->step * (1 + NEAR / 2))
    self->step = wanted;
  return self->step;
}

bool
spc_mjpeg_quality_is_finest (const SpcMjpegQuality *self)
{
  return self->step * (1 - NEAR) <= SPC_MJPEG_FINEST_STEP;
}

void
spc_mjpeg_quality_note_estimate (SpcMjpegQuality *self, double step,
                                 size_t bytes)
{
  self->scale = log (MAX (bytes, 1)) + SLOPE * log (step);
  self->is_known = true;
}

void
spc_mjpeg_quality_note_size (SpcMjpegQuality *self, size_t bytes)
{
  double share = self->bytes_per_s * self->interval_s;
  double scale = log (MAX (bytes, 1)) + SLOPE * log (self->step);
  double error = scale - self->scale;

  if (!self->is_known || fabs (error) > CUT_ERROR)
    self->scale = scale;
  else
    self->scale += SMALL_ERROR_PART * error;
  self->is_known = true;
  self->debt = CLAMP (self->debt + (double)bytes - share, -self->bytes_per_s,
                      self->bytes_per_s);
}
