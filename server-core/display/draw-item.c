/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "draw-item.h"

#include "display-connection.h"
#include "display-private.h"
#include "image-writer.h"
#include "operation-images.h"
#include "server-core/channel/channel.h"
#include "server-core/channel/client.h"
#include "server-core/wire/messages-display.h"

typedef struct {
  SpcItem item;
  SpcDisplay *display; /* referenced */
  QxlDrawable *draw;
  SpcDraft *draft; /* what is known of its image and made of it */
  bool is_for_all;
  bool is_exact;                        /* whatever the link permits */
  bool is_counted;                      /* what it costs */
  bool is_passing;                      /* a picture of a film, it seems */
  bool is_narrow;                       /* on a surface of 15 bits */
  SpcGlzTicket *glz;                    /* NULL: not coded so */
  SpcOperationImages *images;           /* of kind OPERATION, or NULL */
  SpcFlight *flight;                    /* or NULL */
  uint32_t source_width, source_height; /* of kind COPY_SURFACE: pixels */
} DrawItem;

static void
on_encoded (gpointer user_data)
{
  spc_display_pump_soon (user_data);
}

static const SpcContentId *
known_content (const DrawItem *self)
{
  return self->draft->has_content && !self->is_narrow ? &self->draft->content
                                                      : NULL;
}

static bool
permits_loss (const DrawItem *self, const SpcLinkCoding *coding)
{
  return !self->is_exact && coding->permits_loss;
}

/* A slot of the dictionary that this viewer must be sent, to stay in step */
static bool
has_slot_for (const DrawItem *self, const SpcGlzPlace *place)
{
  return place != NULL && self->glz != NULL &&
         spc_glz_ticket_fits (self->glz, place);
}

/* The viewer's client keeps the image already, so it need not be encoded. Those
 * who share a dictionary go by what all keep: otherwise one is sent the slot
 * that the others miss. */
static bool
is_kept (const DrawItem *self, SpcConnection *connection,
         const SpcLinkCoding *coding, const SpcGlzPlace *place)
{
  const SpcContentId *content = known_content (self);

  return content != NULL && !has_slot_for (self, place) &&
         spc_display_connection_keeps (connection, content,
                                       permits_loss (self, coding)) &&
         (place == NULL || spc_display_is_kept_by_all (self->display, content));
}

/* what GLZ does not code, as a glyph's alphas; what clients keep; or a photo,
 * encoded by itself on one of several workers, unless GLZ is all there may be
 */
static bool
has_no_slot (const DrawItem *self, const SpcLinkCoding *coding)
{
  return self->draft->has_no_slot ||
         (spc_compression_goes_by_content (coding->compression) &&
          self->draft->is_photo);
}

/* gives the item a place in the shared dictionary, if it can have one, or asks
 * for a generation in which this viewer can be sent one */
static void
claim_slot (DrawItem *self, const SpcGlzPlace *walk,
            const SpcLinkCoding *coding)
{
  SpcGlzGroup *group = spc_display_glz_group (self->display);
  int64_t now;

  if (walk == NULL || !self->is_for_all || has_no_slot (self, coding))
    return;
  now = g_get_monotonic_time ();
  if (self->glz == NULL && spc_glz_group_serves (group, walk, now)) {
    spc_display_count_encoded (self->display);
    self->glz = spc_glz_group_encode (
        group, walk, now, self->draw->u.copy.image, coding, on_encoded,
        g_object_ref (self->display), g_object_unref);
    spc_draft_drop_turn (self->draft);
  }
  if (!has_slot_for (self, walk))
    spc_glz_group_ask (group);
}

static SpcEncodeTicket **
ticket_of (const DrawItem *self, const SpcEncodeOrder *order)
{
  return order->permits_loss ? &self->draft->lossy[order->compression]
                             : &self->draft->tickets[order->compression];
}

static SpcEncodeOrder
order_for (const DrawItem *self, const SpcLinkCoding *coding)
{
  return (SpcEncodeOrder){
      .compression = self->is_narrow ? spc_compression_without_palettes (
                                           coding->compression)
                                     : coding->compression,
      .permits_loss = permits_loss (self, coding),
      .is_named = self->is_exact,
  };
}

/* Of links that permit loss and others, one waits for what is made for the
 * other, since most images are the same for both. */
static SpcItemState
prepare_ticket (DrawItem *self, const SpcLinkCoding *coding)
{
  const SpcEncodeOrder order = order_for (self, coding);
  const SpcEncodeOrder other = {.compression = order.compression,
                                .permits_loss = !order.permits_loss};
  SpcEncodeTicket **own = ticket_of (self, &order);
  const SpcEncodeTicket *made = *ticket_of (self, &other);

  if (*own == NULL && made != NULL) {
    if (spc_encode_ticket_result (made) == NULL)
      return SPC_ITEM_WAIT;
    if (spc_encode_ticket_suits (made, order.permits_loss))
      return SPC_ITEM_READY;
  }
  if (*own == NULL)
    *own = spc_display_encode (self->display, self->draw->u.copy.image, &order,
                               known_content (self), on_encoded);
  return spc_encode_ticket_result (*own) != NULL ? SPC_ITEM_READY
                                                 : SPC_ITEM_WAIT;
}

/* what was prepared */
static const SpcEncodeTicket *
find_ticket (const DrawItem *self, const SpcLinkCoding *coding)
{
  SpcEncodeOrder order = order_for (self, coding);
  const SpcEncodeTicket *own = *ticket_of (self, &order);

  if (own != NULL)
    return own;
  order.permits_loss = !order.permits_loss;
  return *ticket_of (self, &order);
}

SpcItemState
spc_draw_item_prepare (SpcItem *item, SpcConnection *connection)
{
  DrawItem *self = (DrawItem *)item;
  SpcLinkCoding coding;
  SpcGlzPlace *walk;

  if (self->images != NULL)
    return spc_operation_images_prepare (self->images, connection);
  if (self->draw->kind != QXL_DRAW_COPY)
    return SPC_ITEM_READY;
  coding = spc_display_connection_coding (connection);
  walk = spc_display_connection_glz_walk (connection, item);
  if (self->is_for_all && is_kept (self, connection, &coding, walk))
    return SPC_ITEM_READY;
  claim_slot (self, walk, &coding);
  if (!has_slot_for (self, walk))
    return prepare_ticket (self, &coding);
  spc_glz_ticket_pass (self->glz, walk);
  if (!spc_glz_ticket_prepare (self->glz, coding.deflates_glz))
    return SPC_ITEM_WAIT;
  return spc_glz_ticket_holds (self->glz, permits_loss (self, &coding))
             ? SPC_ITEM_READY
             : prepare_ticket (self, &coding);
}

static SpcDrawBase
draw_base (const QxlDrawable *draw)
{
  return (SpcDrawBase){.surface_id = draw->surface_id,
                       .box = draw->box,
                       .clip_type = SPICE_CLIP_TYPE_NONE};
}

static void
write_fill (const QxlDrawable *draw, SpcConnection *connection)
{
  const SpcDrawFill message = {
      .base = draw_base (draw),
      .brush_type = SPICE_BRUSH_TYPE_SOLID,
      .color = draw->u.fill.color,
      .rop = SPICE_ROPD_OP_PUT,
  };

  spc_connection_write (connection, SPICE_MSG_DISPLAY_DRAW_FILL,
                        spc_draw_fill_fields, &message);
}

static void
write_copy_bits (const QxlDrawable *draw, SpcConnection *connection)
{
  const SpcCopyBits message = {
      .base = draw_base (draw),
      .src_pos = draw->u.copy_bits.src_pos,
  };

  spc_connection_write (connection, SPICE_MSG_DISPLAY_COPY_BITS,
                        spc_copy_bits_fields, &message);
}

/* The image itself, for the client to keep if it is worth it. Returns whether
 * it has loss. */
static bool
write_encoded (DrawItem *self, const SpcContentId *content,
               const SpcEncodedImage *encoded, const SpcLinkCoding *coding,
               SpcConnection *connection)
{
  if (encoded->payload == NULL)
    return false;
  if (self->is_for_all && !self->is_counted) {
    self->is_counted = true;
    spc_streams_sent (spc_display_streams (self->display), self->draw,
                      (uint32_t)g_bytes_get_size (encoded->payload));
  }
  if (content != NULL && spc_display_connection_pixmaps (connection) != NULL) {
    spc_recent_names_note (spc_display_recent_names (self->display), content);
    return spc_write_kept (self->draw, content, encoded,
                           permits_loss (self, coding), self->is_passing,
                           connection);
  }
  spc_write_copy (self->draw, self->draw->u.copy.image->id, encoded,
                  connection);
  return encoded->is_lossy;
}

/* What the client may keep of it: a copy with loss is replaced, however small
 * it is. Web clients have it only when they have decoded it, and cannot replace
 * it. */
static const SpcContentId *
kept_content (const SpcEncodeTicket *ticket, SpcConnection *connection)
{
  const SpcContentId *name = spc_encode_ticket_name (ticket);

  if (spc_encode_ticket_result (ticket)->is_lossy &&
      !spc_connection_client (connection)->is_native)
    return NULL;
  if (name != NULL && spc_display_connection_keeps (connection, name, true))
    return name;
  return spc_encode_ticket_content (ticket);
}

static bool
build_ticket (DrawItem *self, const SpcLinkCoding *coding,
              SpcConnection *connection)
{
  const SpcEncodeTicket *ticket = find_ticket (self, coding);

  return write_encoded (
      self, self->is_narrow ? NULL : kept_content (ticket, connection),
      spc_encode_ticket_result (ticket), coding, connection);
}

static void
build_slot (DrawItem *self, SpcGlzPlace *place, const SpcLinkCoding *coding,
            SpcConnection *connection)
{
  const SpcContentId *content = known_content (self);
  SpcEncodedImage encoded;

  spc_glz_ticket_take (self->glz, coding->deflates_glz,
                       spc_display_connection_glz_next_id (connection),
                       &encoded);
  spc_glz_ticket_pass (self->glz, place);
  /* what is kept must not be added again, and the slot must be sent */
  if (content != NULL &&
      spc_display_connection_keeps (connection, content, true))
    content = NULL;
  if (!spc_encoded_image_is_worth_keeping (&encoded))
    content = NULL;
  write_encoded (self, content, &encoded, coding, connection);
  spc_encoded_image_clear (&encoded);
}

/* returns whether it was written with loss */
static bool
build_copy (DrawItem *self, SpcConnection *connection)
{
  const SpcLinkCoding coding = spc_display_connection_coding (connection);
  SpcGlzPlace *place = spc_display_connection_glz_place (connection);

  if (has_slot_for (self, place)) {
    if (spc_glz_ticket_holds (self->glz, permits_loss (self, &coding))) {
      build_slot (self, place, &coding, connection);
      return false;
    }
    spc_glz_ticket_pass (self->glz, place);
  } else if (self->is_for_all && is_kept (self, connection, &coding, place)) {
    return spc_write_from_cache (self->draw, known_content (self),
                                 permits_loss (self, &coding), connection);
  }
  return build_ticket (self, &coding, connection);
}

void
spc_draw_item_build (SpcItem *item, SpcConnection *connection)
{
  DrawItem *self = (DrawItem *)item;
  bool is_lossy = false;

  switch (self->draw->kind) {
  case QXL_DRAW_FILL:
    write_fill (self->draw, connection);
    break;
  case QXL_DRAW_COPY_BITS:
    write_copy_bits (self->draw, connection);
    break;
  case QXL_DRAW_COPY_SURFACE:
    spc_write_copy_surface (self->draw, self->source_width, self->source_height,
                            connection);
    break;
  case QXL_DRAW_COPY:
    is_lossy = build_copy (self, connection);
    break;
  case QXL_DRAW_OPERATION:
    spc_operation_images_write (self->images, connection);
    break;
  }
  spc_display_connection_built (connection, self->draw,
                                is_lossy         ? SPC_DRAWN_LOSSY
                                : self->is_exact ? SPC_DRAWN_AGAIN
                                                 : SPC_DRAWN_EXACT);
}

static void
free_draw (SpcItem *item)
{
  DrawItem *self = (DrawItem *)item;

  spc_flight_leave (self->flight, item);
  spc_operation_images_free (self->images);
  spc_draft_free (self->draft);
  spc_glz_ticket_free (self->glz);
  qxl_drawable_unref (self->draw);
  g_object_unref (self->display);
  g_free (self);
}

static const SpcItemClass draw_class = {
    .name = "draw",
    .prepare = spc_draw_item_prepare,
    .build = spc_draw_item_build,
    .free = free_draw,
};

static bool
is_passing (const DrawItem *self)
{
  SpcKeepPolicy *policy = spc_display_keep_policy (self->display);
  const QxlDrawable *draw = self->draw;
  int64_t now = g_get_monotonic_time ();
  bool passes;

  if (draw->kind != QXL_DRAW_COPY)
    return false;
  passes = spc_keep_policy_passes (policy, draw->surface_id, &draw->box, now);
  /* nothing else is what the producer drew */
  if (self->is_for_all)
    spc_keep_policy_draw (policy, draw->surface_id, &draw->box, now);
  return passes;
}

/* the surface may be gone when its turn comes */
static void
note_source (DrawItem *self)
{
  const SpcSurfaceInfo *source =
      spc_surface_list_find (spc_display_surfaces (self->display),
                             self->draw->u.copy_surface.source_id);

  if (source == NULL)
    return;
  self->source_width = source->width;
  self->source_height = source->height;
}

SpcItem *
spc_draw_item_new (SpcDisplay *display, QxlDrawable *draw, SpcDraft *draft,
                   bool is_for_all)
{
  DrawItem *self = g_new0 (DrawItem, 1);
  uint32_t size = SPC_DRAW_MESSAGE_SIZE;

  size += (uint32_t)MIN (qxl_drawable_size (draw), G_MAXINT32);
  self->display = g_object_ref (display);
  self->draw = qxl_drawable_ref (draw);
  self->draft = draft != NULL ? draft : g_new0 (SpcDraft, 1);
  self->glz = g_steal_pointer (&self->draft->glz);
  if (self->glz != NULL)
    spc_glz_ticket_set_done (self->glz, on_encoded, g_object_ref (display),
                             g_object_unref);
  if (draw->kind == QXL_DRAW_COPY_SURFACE)
    note_source (self);
  if (draw->kind == QXL_DRAW_OPERATION)
    self->images = spc_operation_images_new (display, draw);
  self->is_for_all = is_for_all;
  self->is_narrow = spc_surface_list_is_narrow (spc_display_surfaces (display),
                                                draw->surface_id);
  self->is_passing = is_passing (self);
  spc_item_init (&self->item, &draw_class, size);
  return &self->item;
}

void
spc_draw_item_take_flight (SpcItem *item, SpcFlight *flight)
{
  ((DrawItem *)item)->flight = flight;
}

void
spc_draw_item_forbid_loss (SpcItem *item)
{
  ((DrawItem *)item)->is_exact = true;
}

const QxlDrawable *
spc_draw_item_draw (const SpcItem *item)
{
  return item->klass == &draw_class ? ((const DrawItem *)item)->draw : NULL;
}

bool
spc_draw_item_is_in_dictionary (const SpcItem *item)
{
  return item->klass == &draw_class && ((const DrawItem *)item)->glz != NULL;
}
