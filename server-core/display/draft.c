/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "draft.h"

/* pixels: 64×64, what a few letters touch; LZ takes under 20 µs for them, about
 * what one crossing between threads costs */
#define SMALL_PIXELS 4096u
/* pixels that one batch may have encoded in each compression before it is
 * posted: about 0.1 ms of LZ, more is better done on several workers */
#define MAX_EAGER_PIXELS 16384u
/* bytes of pixels: what is smaller is not worth a place in a client's cache */
#define MIN_NAMED_BYTES 1024u

void
spc_draft_free (SpcDraft *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < SPC_N_COMPRESSIONS; i++) {
    spc_encode_ticket_free (self->tickets[i]);
    spc_encode_ticket_free (self->lossy[i]);
  }
  g_free (self);
}

static void
free_draft (gpointer draft)
{
  spc_draft_free (draft);
}

/* Does the draw show all of its image, as the differ's do? */
static bool
shows_all (const QxlDrawable *draw)
{
  const QxlImage *image = draw->u.copy.image;

  return draw->u.copy.src.x == 0 && draw->u.copy.src.y == 0 &&
         (uint32_t)qxl_rect_width (&draw->box) == image->width &&
         (uint32_t)qxl_rect_height (&draw->box) == image->height;
}

static SpcEncodeTicket *
encode_as (const SpcDraft *self, QxlImage *image, SpcCompression compression,
           bool permits_loss, SpcWorker *worker)
{
  const SpcEncodeOrder order = {.compression = compression,
                                .permits_loss = permits_loss};

  return spc_encode_ticket_new_ready (
      image, &order, self->has_content ? &self->content : NULL, worker);
}

static guint
encode_now (SpcDraft *self, QxlImage *image, guint demand, SpcWorker *worker)
{
  guint n_encoded = 0;

  for (int i = 0; i < SPC_N_COMPRESSIONS; i++) {
    SpcCompression compression = (SpcCompression)i;

    if ((demand & SPC_DEMAND (compression, false)) != 0)
      self->tickets[i] = encode_as (self, image, compression, false, worker);
    if ((demand & SPC_DEMAND (compression, true)) != 0 &&
        (self->tickets[i] == NULL ||
         !spc_encode_ticket_suits (self->tickets[i], true)))
      self->lossy[i] = encode_as (self, image, compression, true, worker);
    n_encoded += (self->tickets[i] != NULL) + (self->lossy[i] != NULL);
  }
  return n_encoded;
}

static SpcDraft *
draft_image (QxlImage *image)
{
  SpcDraft *self = g_new0 (SpcDraft, 1);

  self->is_small = (uint64_t)image->width * image->height <= SMALL_PIXELS;
  self->has_content = qxl_image_size (image) >= MIN_NAMED_BYTES;
  if (self->has_content)
    self->content = spc_content_id (image);
  return self;
}

guint
spc_draft_batch (QxlBatch *batch, guint demand, SpcWorker *worker,
                 SpcDraftedBatch *out)
{
  uint32_t eager_left = MAX_EAGER_PIXELS;
  guint n_encoded = 0;

  out->batch = batch;
  out->drafts = g_ptr_array_new_full (batch->commands->len, free_draft);
  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    SpcDraft *draft = NULL;

    if (command->kind == QXL_COMMAND_DRAW &&
        command->u.draw->kind == QXL_DRAW_COPY && shows_all (command->u.draw)) {
      QxlImage *image = command->u.draw->u.copy.image;
      draft = draft_image (image);
      if (draft->is_small && image->width * image->height <= eager_left) {
        eager_left -= image->width * image->height;
        n_encoded += encode_now (draft, image, demand, worker);
      }
    }
    g_ptr_array_add (out->drafts, draft);
  }
  return n_encoded;
}

void
spc_drafted_batch_clear (SpcDraftedBatch *self)
{
  g_clear_pointer (&self->batch, qxl_batch_free);
  g_clear_pointer (&self->drafts, g_ptr_array_unref);
}

SpcDraft *
spc_drafted_batch_steal (SpcDraftedBatch *self, guint index)
{
  if (self->drafts == NULL)
    return NULL;
  return g_steal_pointer (&self->drafts->pdata[index]);
}
