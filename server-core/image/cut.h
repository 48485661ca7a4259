/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cut.h – cuts a picture into few rectangles of one kind of content each.
 *
 * One encoding for text and photo alike costs a third more bytes than the best
 * of each. A cut finds the rectangles of photos among drawings (and of drawings
 * among photos), at the pixel, if they save more than it costs to send another
 * image. What is large is then cut into bands, which several workers encode.
 * Pure; any thread; nothing is allocated but in @parts. */
#pragma once

#include "content.h"

typedef struct {
  uint32_t max_parts; /* by content, 1 to SPC_CUT_MAX_PARTS; bands add to it */
  uint32_t band_pixels[SPC_N_CONTENTS]; /* most of a band; 0: no bands */
} SpcCutLimits;

#define SPC_CUT_MAX_PARTS 16
/* Pixels. QUIC loses 0.1 % to bands of this size; LZ, which finds letters again
 * that it saw far above, 0.7 %. */
#define SPC_CUT_PHOTO_BAND (256 * 1024)
#define SPC_CUT_DRAWN_BAND (2048 * 1024)

typedef struct {
  QxlRect area; /* within the picture, not empty */
  SpcContent content;
} SpcPart;

/* Makes @parts (of SpcPart) the parts of @image: together they cover it, and
 * no two of them overlap. A picture of one kind, and one that is not of a
 * measured format, is one part before bands. */
void spc_cut_image (const QxlImage *image, const SpcCutLimits *limits,
                    GArray *parts);
