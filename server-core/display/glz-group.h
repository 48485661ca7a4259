/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-group.h – one GLZ dictionary for all viewers of a display in step.
 *
 * Images are coded in slots, one after another on a strand, each slot once for
 * everybody. A viewer is in step while it has been sent every slot since the
 * generation began; one that missed a slot, or joined later, is sent other
 * encodings until the next generation, whose first slot refers to nothing
 * before it. A slot may hold another encoding (a photo's QUIC): then it counts
 * as a slot, but no image of the dictionary. Which, is decided by the coding of
 * the viewer that gets to it first. Loop thread only, but for slots that a
 * worker codes at once.
 *
 * No viewer waits for another: a slot refers only to lower slots, which a
 * viewer in step has been sent on the same connection before. */
#pragma once

#include "choose-codec.h"
#include "server-core/base/jobs.h"
#include "server-core/image/glz.h"

/* pixels of the window, of which each viewer keeps a copy too: 16 MiB */
#define SPC_GLZ_GROUP_WINDOW (4u << 20)

typedef struct _SpcGlzGroup SpcGlzGroup;
typedef struct _SpcGlzTicket SpcGlzTicket;

/* where a viewer stands: plain data; zeroed: in no generation */
typedef struct {
  uint64_t generation; /* 0: none */
  uint64_t next;       /* the slot it must be sent next */
} SpcGlzPlace;

SpcGlzGroup *spc_glz_group_new (SpcLoop *loop, SpcJobs *jobs);
void spc_glz_group_free (SpcGlzGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGlzGroup, spc_glz_group_free)

/* May a viewer at @place have the next slot coded for it? Either it has been
 * sent all before it, or a new generation may begin. Those in step lose their
 * window by that, so the last one must be 2 s old; this doubles, up to 32 s,
 * with each that is begun within 32 s of when it may. */
bool spc_glz_group_serves (SpcGlzGroup *self, const SpcGlzPlace *place,
                           int64_t now_us);
/* Queues the next slot; begins a generation if @place asks for one, or somebody
 * else did and one may begin. @done as in encode-ticket.h, but a slot is coded
 * even if the ticket is freed, and it is called again for a deflated form.
 * Tickets go before the group. */
SpcGlzTicket *spc_glz_group_encode (SpcGlzGroup *self, const SpcGlzPlace *place,
                                    int64_t now_us, QxlImage *image,
                                    const SpcLinkCoding *coding, SpcFunc done,
                                    gpointer user_data, GDestroyNotify destroy);
/* a viewer is out of step and waits for a generation that it can be in */
void spc_glz_group_ask (SpcGlzGroup *self);
/* is a viewer at @place in the generation that goes on? */
bool spc_glz_group_goes_on_for (SpcGlzGroup *self, const SpcGlzPlace *place);
/* Any worker, images in the order in which they will be sent: codes the next
 * slot at once. NULL: the loop may queue it, since other slots stand before it
 * or are being coded, a turn is held, or a new generation is due. */
SpcGlzTicket *spc_glz_group_encode_now (SpcGlzGroup *self, int64_t now_us,
                                        QxlImage *image,
                                        const SpcLinkCoding *coding,
                                        SpcWorker *worker);

void spc_glz_ticket_free (SpcGlzTicket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcGlzTicket, spc_glz_ticket_free)
/* Any thread: an image that will be sent before those to come may be given a
 * slot later, so none of them is coded at once; until it has its slot, or is
 * known to have none. Any number of turns may be held. */
void spc_glz_group_hold_turn (SpcGlzGroup *self);
void spc_glz_group_drop_turn (SpcGlzGroup *self);

/* for one coded at once, before anything else: as for spc_glz_group_encode */
void spc_glz_ticket_set_done (SpcGlzTicket *self, SpcFunc done,
                              gpointer user_data, GDestroyNotify destroy);
/* Is it ready for a viewer? For the first whose link @deflates, that form is
 * begun as a job of its own once the slot is coded, or now; others do not wait
 * for it. */
bool spc_glz_ticket_prepare (SpcGlzTicket *self, bool deflates);
/* ready: does it hold what this viewer is to be sent? If not, a photo's other
 * encoding goes in its place: the slot counts all the same. */
bool spc_glz_ticket_holds (const SpcGlzTicket *self, bool permits_loss);
/* may a viewer at @place be sent this slot? */
bool spc_glz_ticket_fits (const SpcGlzTicket *self, const SpcGlzPlace *place);
/* moves @place behind this slot */
void spc_glz_ticket_pass (const SpcGlzTicket *self, SpcGlzPlace *place);
/* The slot, ready, for a viewer whose next GLZ image is *@next_id, which is
 * counted up if the slot holds one; clear @out afterwards. @deflates: in that
 * form, if it was prepared and is smaller. */
void spc_glz_ticket_take (const SpcGlzTicket *self, bool deflates,
                          uint64_t *next_id, SpcEncodedImage *out);
