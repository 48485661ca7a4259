/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canvas-view.h – pixels seen in another format.
 *
 * The fourth byte of a pixel is alpha in one format and nothing in another;
 * what a command makes of it differs from what the surface is. Any thread. */
#pragma once

#include <pixman.h>

/* The pixels of @image, which it takes, in @format of the same size; no clip,
 * transform or repeat is kept. (transfer full); NULL if memory is short. */
pixman_image_t *qxl_canvas_view_as (pixman_image_t *image,
                                    pixman_format_code_t format);
