/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ.h – turns successive video frames into draw commands.
 *
 * A differ keeps a shadow copy, in the frame's own format, of what viewers were
 * last told. It compares each new frame with it in tiles, and describes the
 * difference as moves of what was elsewhere (scrolls, dragged windows), then
 * fills and copies of few rectangles, all on the primary surface. Exact: after
 * drawing in this order, the surface shows the frame. It keeps no reference to
 * a frame's pixels after push returns. Padding and alpha bits are not compared.
 * Rows that stay are known by a keyed hash of 128 bits (see differ-rows.h).
 *
 * Threads: any, one at a time. Cost: one pass over the frame, and half of one
 * more at most to look for moves where much has changed. */
#pragma once

#include "command.h"

/* Side of a tile in pixels: big enough that a changed letter touches one or
 * two, small enough that a blinking cursor costs 4 KiB before encoding. */
#define QXL_DIFFER_TILE 32
/* Largest side of a frame, pixels: a surface's. */
#define QXL_DIFFER_MAX_SIDE 16384u

#define QXL_DIFFER_MAX_FILMS 16u

typedef struct _QxlDiffer QxlDiffer;

/* life */
/* NULL when the size is 0 or a side over the maximum, the format's pixels are
 * not colours, or no memory for the shadow */
QxlDiffer *qxl_differ_new (QxlFormat format, uint32_t width, uint32_t height);
/* where the pixels of its images come from: at first, and with NULL, no pool */
void qxl_differ_use_blocks (QxlDiffer *self, QxlBlocks *blocks);
void qxl_differ_free (QxlDiffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlDiffer, qxl_differ_free)

/* work */
/**
 * qxl_differ_push:
 * @frame_pixels: the frame, top-down, in the differ's format and size
 * @stride_bytes: from row to row, at least a row's bytes
 *
 * Returns: (transfer full): what changed since the last push; the first push,
 * and the first after a reset, draws everything. An empty batch when nothing
 * did. Images in it are %QXL_FORMAT_BGRX and own their pixels.
 */
QxlBatch *qxl_differ_push (QxlDiffer *self, const uint8_t *frame_pixels,
                           size_t stride_bytes);
/**
 * qxl_differ_push_damaged:
 * @frame_pixels: as for qxl_differ_push()
 * @stride_bytes: as for qxl_differ_push()
 * @rects: what has changed since the frame pushed before, in any order; parts
 *   outside the frame do not count
 * @n_rects: how many; 0: nothing has changed
 *
 * Compares only the tiles that @rects touch: for who knows what has changed.
 * What changed elsewhere is not seen until a push finds it.
 *
 * Returns: (transfer full): as qxl_differ_push(); also draws everything the
 * first time and after a reset.
 */
QxlBatch *qxl_differ_push_damaged (QxlDiffer *self, const uint8_t *frame_pixels,
                                   size_t stride_bytes, const QxlRect *rects,
                                   size_t n_rects);
/* Where films play, whose frames somebody takes whole: what has changed in one
 * is drawn with pieces of one image of all of it, which batches also tell (see
 * qxl_batch_show()). @areas: none overlapping another; those that are empty,
 * not inside the frame or beyond %QXL_DIFFER_MAX_FILMS are left out; n: 0 at
 * first. For pushes from now on. */
void qxl_differ_set_films (QxlDiffer *self, const QxlRect *areas, size_t n);
/* the next push draws everything */
void qxl_differ_reset (QxlDiffer *self);

/* asking */
/* tiles compared and tiles that differed in the last push */
void qxl_differ_counts (const QxlDiffer *self, uint32_t *n_tiles,
                        uint32_t *n_dirty);
/* the kernel variant in use: "c", "sse2", "avx2" */
const char *qxl_differ_kernel_name (const QxlDiffer *self);
