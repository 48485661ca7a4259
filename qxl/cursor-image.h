/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cursor-image.h – pointer shapes as pixels that every client can show.
 *
 * Clients differ in the types of shapes they know; all know straight alpha, so
 * every shape becomes that (spec: cursor shapes). Any thread. */
#pragma once

#include "qxl/cursor.h"
#include "qxl/image.h"

/* @shape: checked. QXL_FORMAT_BGRA, straight alpha. Pixels that invert what
 * lies below become black and white in turn, which is seen on anything.
 * Drivers deliver ALPHA straight or premultiplied and do not tell which: if no
 * pixel's colour exceeds its alpha and there is colour in a translucent one, it
 * is taken as premultiplied. */
QxlImage *qxl_cursor_image_new (const QxlCursorShape *shape);
/* A BGRA image with straight alpha at most @max_side a side, its proportions
 * kept; the hot spot is moved with it. @image itself, referenced, when it
 * fits. */
QxlImage *qxl_cursor_image_fit (QxlImage *image, uint32_t max_side,
                                uint16_t *hot_x, uint16_t *hot_y);
