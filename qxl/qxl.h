/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qxl.h – the layer of pixels, commands and geometry.
 *
 * Pure: no I/O, no log, no thread, no main loop. GLib and pixman only. */
#pragma once

#include "bytes.h"    /* bounds-checked reader, growing writer */
#include "command.h"  /* drawables, surface commands, batches */
#include "differ.h"   /* frames to batches */
#include "fields.h"   /* message layouts as data */
#include "format.h"   /* pixel formats */
#include "geometry.h" /* points, rectangles, regions */
#include "image.h"    /* immutable pixels */
#include "palette.h"  /* immutable colours of indices */
#include "surface.h"  /* what a surface shows */
