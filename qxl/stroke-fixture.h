/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stroke-fixture.h – paths to test strokes with, and what they meet. */
#pragma once

#include "qxl/operation.h"
#include "qxl/tally.h"

#define STROKE_SIDE 64

/* how often each pixel of (0, 0) to (64, 64) is met, up to even or odd: 0,
 * 1 for an odd number, 2 for an even one */
typedef struct {
  uint8_t at[STROKE_SIDE][STROKE_SIDE];
} StrokePicture;

/* an empty path; segments are added one by one */
QxlPath *stroke_path_new (void);
void stroke_path_free (QxlPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlPath, stroke_path_free)
/* @points: 28.4 fixed point */
void stroke_path_add (QxlPath *path, uint8_t flags, const QxlPoint *points,
                      guint n_points);
/* one figure of @n_points whole pixels */
QxlPath *stroke_path_lines (const QxlPoint *points, guint n_points,
                            bool is_closed);

/* what qxl_stroke_path() meets; @style: pixels, NULL: a solid line */
void stroke_path_picture (const QxlPath *path, const int *style, guint n_style,
                          bool starts_with_gap, bool counts,
                          StrokePicture *picture);
/* says @what differs if they do */
void assert_same_strokes (const StrokePicture *expected,
                          const StrokePicture *got, const char *what);
