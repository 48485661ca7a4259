/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tree.h – which draws in flight nobody can see any more.
 *
 * A draw is in flight from when it is added until it has been sent to all
 * viewers and is removed. If before that every pixel of it is overwritten by
 * newer draws, and no draw in flight that came between is made of one of them,
 * it is hidden: it leaves the tree, and needs not be encoded or sent. A pixel
 * that something was made of and that is hidden itself is not needed, either,
 * and so on through moves and other surfaces.
 *
 * The tree is careful: where it would have to remember too many rectangles, or
 * look at too many draws at once, it keeps a draw longer than it must. It knows
 * draws by their footprints (footprint.h), and keeps no reference to them. One
 * thread. Cost of a draw: the logarithm of how many are in flight, and what is
 * hidden by it. */
#pragma once

#include "command.h"

typedef struct _QxlTree QxlTree;
typedef struct _QxlTreeNode QxlTreeNode; /* a draw in flight; the tree's */

/* a draw is hidden, and its node gone; the tree may not be called meanwhile */
typedef void (*QxlTreeFunc) (gpointer data, gpointer user_data);

/* life */
QxlTree *qxl_tree_new (QxlTreeFunc hidden, gpointer user_data);
/* says nothing of the draws still in it */
void qxl_tree_free (QxlTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlTree, qxl_tree_free)

/* surfaces */
/* one of the same id is dropped before */
void qxl_tree_add_surface (QxlTree *self, uint32_t surface_id, uint32_t width,
                           uint32_t height);
/* nobody sees it from now on, but for what draws in flight took from it */
void qxl_tree_drop_surface (QxlTree *self, uint32_t surface_id);

/* draws */
/* @draw: valid. NULL: it draws nothing, or there is no such surface; @hidden is
 * not called for it. */
QxlTreeNode *qxl_tree_add (QxlTree *self, const QxlDrawable *draw,
                           gpointer data);
/* It has been sent, or given up: what it was made of is not needed any more,
 * what it covered stays covered. */
void qxl_tree_remove (QxlTree *self, QxlTreeNode *node);
/* draws in flight */
guint qxl_tree_length (const QxlTree *self);
