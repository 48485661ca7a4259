/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg-plan.h – JPEG for the frames of a film: fewest bytes for the error.
 *
 * Usual JPEG is coarse where the eye forgives a still picture, and has codes
 * for any picture. A plan's steps are nearly the same for all frequencies,
 * which costs the fewest bytes for a squared error, and its codes are learnt
 * from an eighth of an earlier frame. Files are baseline and 4:2:0 as ever, and
 * whole: each has the tables it needs.
 * Threads: any, one at a time. */
#pragma once

#include "encoder.h"
#include "jpeg-codes.h"

/* quantisation: grey levels times eight between two values of a coefficient */
#define SPC_JPEG_MIN_STEP 4.0
#define SPC_JPEG_MAX_STEP 80.0

typedef struct {
  double step; /* 0: set none yet */
  bool has_codes;
  /* private */
  uint8_t steps[64]; /* rows of frequencies, as a block's; luma and chroma */
  SpcJpegCodes codes;
} SpcJpegPlan;

/* before anything else; what is beyond counts as the nearest step there is */
void spc_jpeg_plan_set_step (SpcJpegPlan *self, double step);
/* From some rows of @image, a BGRX picture; returns about how many bytes the
 * whole of it becomes with them, 0 with @error if it cannot be coded. */
size_t spc_jpeg_plan_learn (SpcJpegPlan *self, const QxlImage *image,
                            SpcScratch *scratch, GError **error);
/* A whole file, in a block of the scratch's; NULL with @error as
 * spc_jpeg_write (). */
GBytes *spc_jpeg_plan_write (const SpcJpegPlan *self, const QxlImage *image,
                             SpcScratch *scratch, GError **error);
