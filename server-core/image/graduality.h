/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graduality.h – is a picture photo-like or drawn-like?
 *
 * A pure measure on a sample of pixels: neighbours of a photo differ a little
 * almost everywhere, those of a drawing not at all or a lot. Any thread. */
#pragma once

#include "qxl/image.h"

typedef enum {
  SPC_GRADUALITY_LOW,    /* drawn: text, flat areas */
  SPC_GRADUALITY_MEDIUM, /* neither */
  SPC_GRADUALITY_HIGH,   /* photo-like */
} SpcGraduality;

/* @image: BGRX or BGRA; others are LOW. The score (may be NULL) is negative
 * for photos and at most 1. Cost: about a pixel in fifteen is looked at. */
SpcGraduality spc_graduality (const QxlImage *image, double *score);
