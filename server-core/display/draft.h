/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draft.h – what a worker finds out about a batch before the loop takes it.
 *
 * The worker that compared two frames has their pixels in its caches. It cuts
 * images into parts of one kind of content, and large parts into bands, each of
 * which becomes a draw of its own: so each part has the encoding that suits it,
 * and several workers encode. It names what the parts show, so that one a
 * client keeps is never encoded, and encodes small ones at once, in the
 * compressions that viewers wait for: a small change then crosses two threads
 * instead of four. A draft is made on a worker, and the loop's once it is
 * posted. */
#pragma once

#include "encode-ticket.h"
#include "glz-group.h"
#include "qxl/command.h"
#include "recent-names.h"

/* a bit of what viewers wait for */
#define SPC_DEMAND(compression, permits_loss)                                  \
  (1u << ((permits_loss) ? (compression) + SPC_N_COMPRESSIONS : (compression)))

/* of a draw of an image */
typedef struct {
  bool has_content;    /* named */
  bool is_joined;      /* of several fills, by their boxes: see its clip */
  bool is_photo;       /* to be encoded by itself, if QUIC may be used for it */
  bool is_likely_kept; /* by clients */
  bool has_no_slot;    /* GLZ does not code its format, clients keep it, or
                          others of its batch hide it */
  SpcGlzTicket *glz;   /* its slot in the shared dictionary, ready, or NULL */
  SpcGlzGroup *turn;   /* where it holds a turn for a slot, or NULL */
  SpcContentId content;
  /* for links that permit no loss, and others; ready, or NULL */
  SpcEncodeTicket *tickets[SPC_N_COMPRESSIONS], *lossy[SPC_N_COMPRESSIONS];
} SpcDraft;

/* a batch, and the drafts of its commands */
typedef struct {
  QxlBatch *batch;
  GPtrArray *drafts; /* SpcDraft, one a command, NULL where there is none */
} SpcDraftedBatch;

/* what may be done, and for whom */
typedef struct {
  bool cuts;              /* images may be cut */
  guint demand;           /* bits of SPC_DEMAND */
  SpcGlzGroup *glz_group; /* in which images may have slots, or NULL */
  bool is_slot_awaited;   /* somebody takes one coded at once */
  SpcRecentNames *recent; /* NULL: nothing is encoded */
  /* of the primary surface: what is drawn there is sent as video */
  const GArray *video_areas; /* QxlRect; NULL: none */
} SpcDraftOrder;

/**
 * spc_draft_batch:
 * @batch: (transfer full): any
 * @order: what viewers wait for
 * @worker: the calling one
 * @out: filled; clear it afterwards
 *
 * Draws the same as @batch, with at least as many commands. Time spent on
 * encodings is bounded, whatever is in the batch.
 *
 * Returns: how many images were encoded
 */
guint spc_draft_batch (QxlBatch *batch, const SpcDraftOrder *order,
                       SpcWorker *worker, SpcDraftedBatch *out);
void spc_drafted_batch_clear (SpcDraftedBatch *self);
/* the command's draft, or NULL; it is the caller's from then on */
SpcDraft *spc_drafted_batch_steal (SpcDraftedBatch *self, guint index);

/* it has its slot, or will have none */
void spc_draft_drop_turn (SpcDraft *self);
void spc_draft_free (SpcDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcDraft, spc_draft_free)
