/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-view.h – pixels seen in another format.
 *
 * The fourth byte of a pixel is alpha in one format and nothing in another;
 * what a command makes of it differs from what the surface is. Any thread. */
#pragma once

#include "geometry.h"

/* The pixels of @image, which it takes, in @format of the same size; no clip,
 * transform or repeat is kept. (transfer full); NULL if memory is short. */
pixman_image_t *qxl_canvas_view_as (pixman_image_t *image,
                                    pixman_format_code_t format);

/* What clients do after drawing with alpha on pixels without: if those of
 * @rect, a part of @image, begin with a fourth byte of 255, all of them become
 * 0; nothing with images of other formats than x8r8g8b8. */
void qxl_canvas_clear_top_bytes (pixman_image_t *image, const QxlRect *rect);
