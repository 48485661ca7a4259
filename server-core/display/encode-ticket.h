/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* encode-ticket.h – an image in one coding, made once, shared by viewers.
 *
 * Creating a ticket queues the encoding on a worker; dropping the last
 * reference before it has begun cancels it. Loop thread only, but for tickets
 * that a worker makes ready. */
#pragma once

#include "choose-codec.h"
#include "server-core/base/jobs.h"
#include "server-core/image/content-id.h"

typedef struct _SpcEncodeTicket SpcEncodeTicket;

/* what is made */
typedef struct {
  SpcCompression compression;
  bool permits_loss;
  /* say what it shows even if it is not worth being kept: it may take the place
   * of a copy with loss */
  bool is_named;
} SpcEncodeOrder;

/* @content: what the image shows, if that is known already, or NULL. @done: on
 * the loop, once, when the result is there (not after a cancel) */
SpcEncodeTicket *spc_encode_ticket_new (SpcLoop *loop, SpcJobs *jobs,
                                        QxlImage *image,
                                        const SpcEncodeOrder *order,
                                        const SpcContentId *content,
                                        SpcFunc done, gpointer user_data,
                                        GDestroyNotify destroy);
/* encodes at once, on the calling worker; the loop's from then on */
SpcEncodeTicket *spc_encode_ticket_new_ready (QxlImage *image,
                                              const SpcEncodeOrder *order,
                                              const SpcContentId *content,
                                              SpcWorker *worker);
/* what encoders work with on the calling worker */
SpcScratch *spc_encode_scratch (SpcWorker *worker);
void spc_encode_ticket_free (SpcEncodeTicket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcEncodeTicket, spc_encode_ticket_free)
/* NULL: not yet */
const SpcEncodedImage *spc_encode_ticket_result (const SpcEncodeTicket *self);
/* Once there is a result: is it what a link gets that permits loss, or that
 * does not, whichever it was ordered for? So is all but photos. */
bool spc_encode_ticket_suits (const SpcEncodeTicket *self, bool permits_loss);
/* what a client's pixmap cache may know the image by, once there is a result;
 * NULL: it is too small to be worth that */
const SpcContentId *spc_encode_ticket_content (const SpcEncodeTicket *self);
/* what it shows, if the order was to say so */
const SpcContentId *spc_encode_ticket_name (const SpcEncodeTicket *self);

/* would a viewer that keeps it be sent less? */
bool spc_encoded_image_is_worth_keeping (const SpcEncodedImage *image);
