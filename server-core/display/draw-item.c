/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "draw-item.h"

#include "display-connection.h"
#include "display-private.h"
#include "image-writer.h"
#include "server-core/channel/channel.h"
#include "server-core/wire/messages-display.h"

typedef struct {
  SpcItem item;
  SpcDisplay *display; /* referenced */
  QxlDrawable *draw;
  bool is_for_all;
  SpcGlzTicket *glz; /* NULL: not coded so */
  SpcEncodeTicket *tickets[SPC_N_COMPRESSIONS];
} DrawItem;

static void
on_encoded (gpointer user_data)
{
  spc_display_pump_soon (user_data);
}

/* The item's place in the shared dictionary, if this viewer can be sent that;
 * the viewer's walk goes on behind it. */
static const SpcGlzTicket *
walk_dictionary (DrawItem *self, SpcConnection *connection)
{
  SpcGlzPlace *walk = spc_display_connection_glz_walk (connection, &self->item);
  SpcGlzGroup *group = spc_display_glz_group (self->display);
  int64_t now = g_get_monotonic_time ();
  SpcLinkCoding coding = spc_display_connection_coding (connection);

  if (walk == NULL || !self->is_for_all)
    return NULL;
  if (self->glz == NULL && spc_glz_group_serves (group, walk, now))
    self->glz = spc_glz_group_encode (
        group, walk, now, self->draw->u.copy.image, &coding, on_encoded,
        g_object_ref (self->display), g_object_unref);
  if (self->glz == NULL || !spc_glz_ticket_fits (self->glz, walk))
    return NULL;
  spc_glz_ticket_pass (self->glz, walk);
  return self->glz;
}

SpcItemState
spc_draw_item_prepare (SpcItem *item, SpcConnection *connection)
{
  DrawItem *self = (DrawItem *)item;
  SpcCompression compression;
  const SpcGlzTicket *glz;

  if (self->draw->kind != QXL_DRAW_COPY)
    return SPC_ITEM_READY;
  glz = walk_dictionary (self, connection);
  if (glz != NULL)
    return spc_glz_ticket_is_ready (glz) ? SPC_ITEM_READY : SPC_ITEM_WAIT;
  compression = spc_display_connection_coding (connection).compression;
  if (self->tickets[compression] == NULL)
    self->tickets[compression] = spc_display_encode (
        self->display, self->draw->u.copy.image, compression, on_encoded);
  return spc_encode_ticket_result (self->tickets[compression]) != NULL
             ? SPC_ITEM_READY
             : SPC_ITEM_WAIT;
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

/* false: this viewer is not at the item's place in the dictionary */
static bool
build_from_dictionary (DrawItem *self, SpcConnection *connection)
{
  SpcGlzPlace *place = spc_display_connection_glz_place (connection);
  SpcEncodedImage encoded;

  if (place == NULL || self->glz == NULL ||
      !spc_glz_ticket_fits (self->glz, place))
    return false;
  spc_glz_ticket_take (
      self->glz, spc_display_connection_glz_next_id (connection), &encoded);
  spc_glz_ticket_pass (self->glz, place);
  if (encoded.payload != NULL)
    spc_write_copy (self->draw, self->draw->u.copy.image->id, &encoded,
                    connection);
  spc_encoded_image_clear (&encoded);
  return true;
}

static void
build_copy (DrawItem *self, SpcConnection *connection)
{
  const SpcEncodedImage *encoded;
  const SpcEncodeTicket *ticket;
  const SpcContentId *content;
  SpcCompression compression;

  if (build_from_dictionary (self, connection))
    return;
  compression = spc_display_connection_coding (connection).compression;
  ticket = self->tickets[compression];
  encoded = spc_encode_ticket_result (ticket);
  content = spc_encode_ticket_content (ticket);
  if (content != NULL && spc_display_connection_pixmaps (connection) != NULL)
    spc_write_kept (self->draw, content, encoded, connection);
  else if (encoded->payload != NULL)
    spc_write_copy (self->draw, self->draw->u.copy.image->id, encoded,
                    connection);
}

void
spc_draw_item_build (SpcItem *item, SpcConnection *connection)
{
  DrawItem *self = (DrawItem *)item;

  switch (self->draw->kind) {
  case QXL_DRAW_FILL:
    write_fill (self->draw, connection);
    break;
  case QXL_DRAW_COPY_BITS:
    write_copy_bits (self->draw, connection);
    break;
  case QXL_DRAW_COPY:
    build_copy (self, connection);
    break;
  }
}

static void
free_draw (SpcItem *item)
{
  DrawItem *self = (DrawItem *)item;

  for (int i = 0; i < SPC_N_COMPRESSIONS; i++)
    spc_encode_ticket_free (self->tickets[i]);
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

SpcItem *
spc_draw_item_new (SpcDisplay *display, QxlDrawable *draw, bool is_for_all)
{
  DrawItem *self = g_new0 (DrawItem, 1);
  uint32_t size = SPC_DRAW_MESSAGE_SIZE;

  if (draw->kind == QXL_DRAW_COPY)
    size += (uint32_t)qxl_image_size (draw->u.copy.image);
  self->display = g_object_ref (display);
  self->draw = qxl_drawable_ref (draw);
  self->is_for_all = is_for_all;
  spc_item_init (&self->item, &draw_class, size);
  return &self->item;
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
