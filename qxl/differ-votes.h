/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* differ-votes.h – how far things moved, most likely.
 *
 * Windows of pixels (differ-kernels.h) marked in some rows of the old picture
 * are remembered where they were; each that is found in the new one, and was in
 * one place only, votes for the way between. A shift that many vote for is
 * worth a look, no more: hashes may lie. Memory is bounded; any thread, one at
 * a time. */
#pragma once

#include "differ-pictures.h"

/* Fewer votes are chance. */
#define QXL_MIN_VOTES 4u

typedef struct _QxlVotes QxlVotes;

/* life */
/* for pictures of @width × @height pixels */
QxlVotes *qxl_votes_new (uint32_t width, uint32_t height);
void qxl_votes_free (QxlVotes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlVotes, qxl_votes_free)

/* work: all of the old picture's rows first */
void qxl_votes_clear (QxlVotes *self);
void qxl_votes_add_old (QxlVotes *self, const QxlPictures *pictures, uint32_t y,
                        uint32_t left, uint32_t right);
void qxl_votes_add_new (QxlVotes *self, const QxlPictures *pictures, uint32_t y,
                        uint32_t left, uint32_t right);
/* of the shift that has most */
unsigned qxl_votes_most (const QxlVotes *self);
/* the shifts with most votes, most first; returns how many, @max at most */
unsigned qxl_votes_best (const QxlVotes *self, QxlShift *shifts, unsigned max);
