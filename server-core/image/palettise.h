/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palettise.h – pictures of few colours as indices into a palette.
 *
 * Text, terminals and drawings often have few colours, and LZ of one byte or
 * less a pixel is smaller and quicker than that of three. Colours are
 * sorted, so that equal sets of them give equal palettes, which clients keep
 * (palette-payload.h). Pure. Threads: any; a scratch serves one call at a time,
 * and one result. */
#pragma once

#include "codec.h"

/**
 * spc_palettise:
 * @image: of %QXL_FORMAT_BGRX; its fourth bytes do not count
 * @max_colours: 1 to 256
 * @scratch: of the calling worker; what it held of an earlier result is lost
 *
 * Makes indices of the smallest size that tells the colours apart: PLT1_BE up
 * to 2, PLT4_BE up to 16, PLT8 up to 256. A picture of more colours is given up
 * as soon as they are seen, and a glance over all of it comes before the pixels
 * are gone through.
 *
 * Returns: (nullable): shows the same as @image; its pixels lie in @scratch, so
 * drop it before the next call. NULL if @image is of another format or has
 * more than @max_colours.
 */
QxlImage *spc_palettise (const QxlImage *image, unsigned max_colours,
                         SpcScratch *scratch);

/**
 * spc_palettise_pays:
 * @image: to be sent as LZ
 *
 * The rule for pictures on their way to a viewer, as measured by
 * palettise-bench: few colours make LZ of indices a third smaller than LZ
 * of colours; more than that, as of antialiased text, differ from picture to
 * picture, so that their palettes eat what is saved, and small or plain
 * pictures have too little to save.
 *
 * Returns: the most colours with which it pays to palettise; 0: not at all.
 */
unsigned spc_palettise_pays (const QxlImage *image);
