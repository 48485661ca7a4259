/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blocks.h – memory that images and encodings use again and again.
 *
 * What is proportional to pixels comes and goes with every frame, always of
 * about the same sizes. A pool keeps the blocks given back to it, up to a
 * bound, and hands them out again: no mapping, no page faults, and the block
 * that was used last is the first one taken, while it is still in the
 * processor's caches.
 *
 * The pool lives until its owners and all blocks taken from it are gone; so a
 * block may outlive who took it. Age it now and then, and what is not needed
 * any more goes back to the system. Threads: any, for all calls. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes. Smaller blocks are malloc's, which is best at them; larger ones would
 * fill the pool alone. */
#define QXL_BLOCKS_MIN ((size_t)1024)
#define QXL_BLOCKS_MAX ((size_t)16 * 1024 * 1024)

typedef struct _QxlBlocks QxlBlocks;

/* life */
/* @max_kept: most bytes of blocks that wait to be used again */
QxlBlocks *qxl_blocks_new (size_t max_kept);
QxlBlocks *qxl_blocks_ref (QxlBlocks *self);
void qxl_blocks_unref (QxlBlocks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlBlocks, qxl_blocks_unref)

/* work */
/* @size bytes of any content, aligned as malloc does; NULL: there is no memory.
 * @self: NULL: from no pool */
void *qxl_blocks_take (QxlBlocks *self, size_t size);
/* @block: of qxl_blocks_take (), or NULL */
void qxl_blocks_give (void *block);
/* Frees what nobody has needed since the call before; whether anything is
 * kept. To be called about once a second. */
bool qxl_blocks_age (QxlBlocks *self);

/* asking */
typedef struct {
  guint64 taken;     /* blocks, small ones not counted */
  guint64 allocated; /* of those, new ones */
  size_t kept_bytes; /* waiting to be used again */
} QxlBlocksStats;
void qxl_blocks_stats (QxlBlocks *self, QxlBlocksStats *stats);
