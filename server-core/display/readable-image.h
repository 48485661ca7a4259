/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* readable-image.h – pictures of surfaces as anybody can read them. Any thread.
 */
#pragma once

#include "qxl/command.h"

/* takes @image, of a format of surfaces. BGRX and BGRA stay; RGB15 becomes
 * BGRX; alpha alone becomes BGRA, black. NULL if there is no memory for it. */
QxlImage *spc_readable_image (QxlImage *image);
/* a format of colours that anybody can read */
bool spc_is_readable_image (const QxlImage *image);
/* and of the area's size */
bool spc_is_readable_frame (const QxlImage *image, const QxlRect *area);
/* (transfer full): what @area shows after @draw, if that is of one readable
 * image; or NULL */
QxlImage *spc_readable_part (const QxlDrawable *draw, const QxlRect *area);
