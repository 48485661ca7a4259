/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "draft.h"

#include "hidden-draws.h"
#include "qxl/plain.h"
#include "qxl/surface.h"
#include "server-core/image/cut.h"

/* pixels: 128×128, what a few words touch; LZ and GLZ take under 50 µs for
 * them, about what two crossings between threads cost */
#define SMALL_PIXELS 16384u
/* pixels that one batch may have encoded in each compression before it is
 * posted: about 0.2 ms of LZ, more is better done on several workers */
#define MAX_EAGER_PIXELS 65536u
/* bytes of pixels: what is smaller is not worth a place in a client's cache */
#define MIN_NAMED_BYTES 1024u

static const SpcCutLimits no_cuts = {.max_parts = 1};
static const SpcCutLimits cut_limits = {
    .max_parts = SPC_CUT_MAX_PARTS,
    .band_pixels = {[SPC_CONTENT_DRAWN] = SPC_CUT_DRAWN_BAND,
                    [SPC_CONTENT_PHOTO] = SPC_CUT_PHOTO_BAND},
};

/* Fills with one colour, one after another: from this many on they are told as
 * one, through a clip of their boxes, a third of the bytes; at most so many. */
#define MIN_JOINED_FILLS 4u
#define MAX_JOINED_FILLS 1024u

/* a batch at work */
typedef struct {
  const SpcDraftOrder *order;
  SpcWorker *worker;
  QxlBatch *batch;   /* what is drawn, in parts */
  QxlBatch *plain;   /* the draws of the command at hand */
  GPtrArray *drafts; /* of it */
  GArray *parts;     /* SpcPart, of the image at hand */
  GArray *fills;     /* QxlRect, of the fills at hand, not yet in @batch */
  uint32_t fill_surface, fill_color;
  uint64_t eager_left;
  guint n_encoded;
  bool is_hidden; /* the draw at hand, it seems: nothing is made of it */
} Drafting;

void
spc_draft_drop_turn (SpcDraft *self)
{
  if (self->turn != NULL)
    spc_glz_group_drop_turn (g_steal_pointer (&self->turn));
}

void
spc_draft_free (SpcDraft *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < SPC_N_COMPRESSIONS; i++) {
    spc_encode_ticket_free (self->tickets[i]);
    spc_encode_ticket_free (self->lossy[i]);
  }
  spc_glz_ticket_free (self->glz);
  spc_draft_drop_turn (self);
  g_free (self);
}

static void
free_draft (gpointer draft)
{
  spc_draft_free (draft);
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

/* the next slot of the dictionary, for those in step */
static SpcGlzTicket *
code_slot (SpcGlzGroup *group, QxlImage *image, SpcWorker *worker)
{
  /* by content, which is known to be no photo's */
  const SpcLinkCoding coding = {.compression = SPC_COMPRESSION_LZ,
                                .uses_glz = true};

  return spc_glz_group_encode_now (group, g_get_monotonic_time (), image,
                                   &coding, worker);
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

/* What clients were asked to keep lately need not be encoded, and a slot would
 * have to be sent all the same. */
static bool
is_likely_kept (const Drafting *self, const SpcDraft *draft)
{
  SpcRecentNames *recent = self->order->recent;

  return recent != NULL && draft->has_content &&
         spc_recent_names_has (recent, &draft->content);
}

static bool
is_eager (const Drafting *self, const SpcDraft *draft, uint64_t n_pixels)
{
  return self->order->recent != NULL && !draft->is_likely_kept &&
         !self->is_hidden && n_pixels <= SMALL_PIXELS &&
         n_pixels <= self->eager_left;
}

static bool
may_have_slot (const SpcDraft *draft)
{
  return !draft->is_photo && !draft->has_no_slot;
}

static SpcDraft *
draft_image (Drafting *self, QxlImage *image, SpcContent content)
{
  SpcDraft *draft = g_new0 (SpcDraft, 1);
  uint64_t n_pixels = (uint64_t)image->width * image->height;

  draft->is_photo = content == SPC_CONTENT_PHOTO;
  draft->has_content =
      qxl_image_size (image) >= MIN_NAMED_BYTES && !self->is_hidden;
  if (draft->has_content)
    draft->content = spc_content_id (image);
  draft->is_likely_kept = is_likely_kept (self, draft);
  draft->has_no_slot = self->is_hidden || draft->is_likely_kept ||
                       !spc_glz_takes_format (image->format);
  if (is_eager (self, draft, n_pixels)) {
    self->eager_left -= n_pixels;
    if (self->order->is_slot_awaited && may_have_slot (draft))
      draft->glz = code_slot (self->order->glz_group, image, self->worker);
    self->n_encoded += draft->glz != NULL;
    self->n_encoded +=
        encode_now (draft, image, self->order->demand, self->worker);
  }
  if (self->order->glz_group != NULL && draft->glz == NULL &&
      may_have_slot (draft)) {
    draft->turn = self->order->glz_group;
    spc_glz_group_hold_turn (draft->turn);
  }
  return draft;
}

/* what the draw shows of its image */
static QxlImage *
shown_image (const QxlDrawable *draw)
{
  QxlImage *image = draw->u.copy.image;
  QxlPoint src = draw->u.copy.src;
  const QxlRect area =
      QXL_RECT (src.x, src.y, src.x + qxl_rect_width (&draw->box),
                src.y + qxl_rect_height (&draw->box));
  const QxlRect all =
      QXL_RECT (0, 0, (int32_t)image->width, (int32_t)image->height);

  return qxl_rect_equal (&area, &all) ? qxl_image_ref (image)
                                      : qxl_image_new_slice (image, &area);
}

static void
add_part (Drafting *self, const QxlDrawable *draw, QxlImage *image,
          const SpcPart *part)
{
  const QxlRect box = QXL_RECT (
      draw->box.left + part->area.left, draw->box.top + part->area.top,
      draw->box.left + part->area.right, draw->box.top + part->area.bottom);
  QxlImage *slice = self->parts->len == 1
                        ? qxl_image_ref (image)
                        : qxl_image_new_slice (image, &part->area);

  g_ptr_array_add (self->drafts, draft_image (self, slice, part->content));
  qxl_batch_draw (self->batch, qxl_drawable_new_copy (draw->surface_id, &box,
                                                      slice, (QxlPoint){0, 0}));
}

static void
add_whole (GArray *parts, const QxlImage *image)
{
  const SpcPart part = {
      .area = QXL_RECT (0, 0, (int32_t)image->width, (int32_t)image->height),
      .content = SPC_CONTENT_DRAWN};

  g_array_append_val (parts, part);
}

static void
add_copy (Drafting *self, const QxlDrawable *draw)
{
  g_autoptr (QxlImage) image = shown_image (draw);

  g_array_set_size (self->parts, 0);
  if (self->is_hidden)
    add_whole (self->parts, image);
  else
    spc_cut_image (image, self->order->cuts ? &cut_limits : &no_cuts,
                   self->parts);
  for (guint i = 0; i < self->parts->len; i++)
    add_part (self, draw, image, &g_array_index (self->parts, SpcPart, i));
}

/* The part of a copy that lies in @box, with its own piece of the image. */
static QxlDrawable *
part_of_copy (const QxlDrawable *draw, const QxlRect *box)
{
  const QxlPoint src = {draw->u.copy.src.x + box->left - draw->box.left,
                        draw->u.copy.src.y + box->top - draw->box.top};

  return qxl_drawable_new_copy (draw->surface_id, box,
                                qxl_image_ref (draw->u.copy.image), src);
}

/* false: the display will refuse it, so it is passed on as it is */
static bool
can_be_cut (const QxlDrawable *draw)
{
  const QxlImage *image = draw->u.copy.image;
  QxlPoint src = draw->u.copy.src;

  return image != NULL && !qxl_rect_is_empty (&draw->box) && src.x >= 0 &&
         src.y >= 0 && image->width <= QXL_SURFACE_MAX_SIDE &&
         image->height <= QXL_SURFACE_MAX_SIDE &&
         (int64_t)draw->box.right - draw->box.left + src.x <= image->width &&
         (int64_t)draw->box.bottom - draw->box.top + src.y <= image->height;
}

static void
add_as_it_is (Drafting *self, QxlDrawable *draw)
{
  qxl_batch_draw (self->batch, draw);
  g_ptr_array_add (self->drafts, NULL);
}

/* What goes into a stream is left as it is; what lies beside it is another
 * draw. */
static void
add_copy_or_video (Drafting *self, const QxlDrawable *draw)
{
  const SpcDraftOrder *order = self->order;
  const QxlRect *rects;
  QxlRegion beside;
  int n_rects;

  if (draw->surface_id != QXL_PRIMARY_SURFACE || order->video_areas == NULL ||
      order->video_areas->len == 0) {
    add_copy (self, draw);
    return;
  }
  pixman_region32_init (&beside);
  qxl_region_add (&beside, &draw->box);
  for (guint i = 0; i < order->video_areas->len; i++) {
    const QxlRect inside = qxl_rect_intersect (
        &g_array_index (order->video_areas, QxlRect, i), &draw->box);

    if (qxl_rect_is_empty (&inside))
      continue;
    qxl_region_subtract (&beside, &inside);
    add_as_it_is (self, part_of_copy (draw, &inside));
  }
  rects = qxl_region_rects (&beside, &n_rects);
  for (int i = 0; i < n_rects; i++) {
    g_autoptr (QxlDrawable) part = part_of_copy (draw, &rects[i]);
    add_copy (self, part);
  }
  pixman_region32_fini (&beside);
}

static QxlDrawable *
join_fills (const Drafting *self)
{
  const QxlRect *rects = (const QxlRect *)(gpointer)self->fills->data;
  QxlOperation *op = qxl_operation_new (QXL_OP_FILL);
  QxlRect box = rects[0];

  for (guint i = 1; i < self->fills->len; i++)
    box = qxl_rect_union (&box, &rects[i]);
  op->u.fill.brush.kind = QXL_BRUSH_SOLID;
  op->u.fill.brush.color = self->fill_color;
  op->u.fill.rop = QXL_ROP_PUT;
  qxl_operation_clip (op, rects, self->fills->len);
  return qxl_drawable_new_operation (self->fill_surface, &box, op);
}

static void
end_fills (Drafting *self)
{
  if (self->fills->len >= MIN_JOINED_FILLS) {
    SpcDraft *draft = g_new0 (SpcDraft, 1);

    draft->is_joined = true;
    qxl_batch_draw (self->batch, join_fills (self));
    g_ptr_array_add (self->drafts, draft);
  }
  for (guint i = 0; self->fills->len < MIN_JOINED_FILLS && i < self->fills->len;
       i++)
    add_as_it_is (
        self, qxl_drawable_new_fill (self->fill_surface,
                                     &g_array_index (self->fills, QxlRect, i),
                                     self->fill_color));
  g_array_set_size (self->fills, 0);
}

static void
add_fill (Drafting *self, const QxlDrawable *draw)
{
  if (self->fills->len >= MAX_JOINED_FILLS ||
      draw->surface_id != self->fill_surface ||
      draw->u.fill.color != self->fill_color)
    end_fills (self);
  self->fill_surface = draw->surface_id;
  self->fill_color = draw->u.fill.color;
  g_array_append_val (self->fills, draw->box);
}

/* an invalid one is left for the display to refuse, alone */
static bool
can_be_joined (const QxlDrawable *draw)
{
  return draw->kind == QXL_DRAW_FILL && !qxl_rect_is_empty (&draw->box) &&
         draw->box.left >= 0 && draw->box.top >= 0 &&
         draw->box.right <= (int32_t)QXL_SURFACE_MAX_SIDE &&
         draw->box.bottom <= (int32_t)QXL_SURFACE_MAX_SIDE;
}

static void
add_draw (Drafting *self, QxlDrawable *draw)
{
  if (can_be_joined (draw)) {
    add_fill (self, draw);
    return;
  }
  end_fills (self);
  if (draw->kind == QXL_DRAW_COPY && can_be_cut (draw))
    add_copy_or_video (self, draw);
  else
    add_as_it_is (self, qxl_drawable_ref (draw));
}

static void
add_command (Drafting *self, QxlCommand *command)
{
  if (command->kind != QXL_COMMAND_DRAW) {
    end_fills (self);
    qxl_batch_take (self->batch, command);
    g_ptr_array_add (self->drafts, NULL);
    return;
  }
  if (command->u.draw->kind != QXL_DRAW_OPERATION) {
    add_draw (self, command->u.draw);
    return;
  }
  qxl_plain_draw (self->plain, g_steal_pointer (&command->u.draw));
  for (guint i = 0; i < self->plain->commands->len; i++)
    add_draw (self, qxl_batch_at (self->plain, i)->u.draw);
  qxl_batch_clear (self->plain);
}

guint
spc_draft_batch (QxlBatch *batch, const SpcDraftOrder *order, SpcWorker *worker,
                 SpcDraftedBatch *out)
{
  g_autoptr (QxlBatch) whole = batch, plain = qxl_batch_new ();
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (SpcPart));
  g_autoptr (GArray) fills = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  g_autofree bool *hidden = spc_hidden_draws_find (batch);
  Drafting self = {
      .order = order,
      .worker = worker,
      .batch = qxl_batch_new (),
      .plain = plain,
      .drafts = g_ptr_array_new_full (whole->commands->len, free_draft),
      .parts = parts,
      .fills = fills,
      .eager_left = MAX_EAGER_PIXELS,
  };

  for (guint i = 0; i < whole->commands->len; i++) {
    self.is_hidden = hidden != NULL && hidden[i];
    add_command (&self, &g_array_index (whole->commands, QxlCommand, i));
  }
  end_fills (&self);
  self.batch->shown = g_steal_pointer (&whole->shown);
  g_assert (self.drafts->len == self.batch->commands->len);
  *out = (SpcDraftedBatch){.batch = self.batch, .drafts = self.drafts};
  return self.n_encoded;
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
