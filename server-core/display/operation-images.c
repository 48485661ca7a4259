/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation-images.h"

#include "display-connection.h"
#include "display-private.h"
#include "image-writer.h"
#include "qxl/command-layout.h"
#include "server-core/wire/messages-display.h"

struct _SpcOperationImages {
  SpcDisplay *display; /* referenced */
  QxlDrawable *draw;
  bool is_narrow; /* drawn on a surface of 15 bits */
  SpcEncodeTicket *tickets[QXL_N_ROLES][SPC_N_COMPRESSIONS];
  /* of sources that are surfaces, which may be gone when the turn comes */
  SpcSurfaceInfo surfaces[QXL_N_ROLES];
};

static void
note_surfaces (SpcOperationImages *self)
{
  for (int role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source =
        qxl_operation_source (self->draw->u.operation, (QxlSourceRole)role);
    const SpcSurfaceInfo *info = NULL;

    if (source != NULL && source->kind == QXL_SOURCE_SURFACE)
      info = spc_surface_list_find (spc_display_surfaces (self->display),
                                    source->surface_id);
    if (info != NULL)
      self->surfaces[role] = *info;
  }
}

SpcOperationImages *
spc_operation_images_new (SpcDisplay *display, QxlDrawable *draw)
{
  SpcOperationImages *self = g_new0 (SpcOperationImages, 1);

  self->display = g_object_ref (display);
  self->draw = qxl_drawable_ref (draw);
  self->is_narrow = spc_surface_list_is_narrow (spc_display_surfaces (display),
                                                draw->surface_id);
  note_surfaces (self);
  return self;
}

void
spc_operation_images_free (SpcOperationImages *self)
{
  if (self == NULL)
    return;
  for (int role = 0; role < QXL_N_ROLES; role++)
    for (int i = 0; i < SPC_N_COMPRESSIONS; i++)
      spc_encode_ticket_free (self->tickets[role][i]);
  qxl_drawable_unref (self->draw);
  g_object_unref (self->display);
  g_free (self);
}

/* palettes come and go with a viewer's cache, which these images have no part
 * in */
static SpcCompression
compression_for (SpcConnection *connection)
{
  return spc_compression_without_palettes (
      spc_display_connection_coding (connection).compression);
}

static void
on_encoded (gpointer display)
{
  spc_display_pump_soon (display);
}

SpcItemState
spc_operation_images_prepare (SpcOperationImages *self,
                              SpcConnection *connection)
{
  const SpcEncodeOrder order = {.compression = compression_for (connection)};
  SpcItemState state = SPC_ITEM_READY;

  for (int role = 0; role < QXL_N_ROLES; role++) {
    const QxlSource *source =
        qxl_operation_source (self->draw->u.operation, (QxlSourceRole)role);
    SpcEncodeTicket **ticket = &self->tickets[role][order.compression];

    if (source == NULL || source->kind != QXL_SOURCE_IMAGE)
      continue;
    if (*ticket == NULL)
      *ticket = spc_display_encode (self->display, source->image, &order, NULL,
                                    on_encoded);
    if (spc_encode_ticket_result (*ticket) == NULL)
      state = SPC_ITEM_WAIT;
  }
  return state;
}

/* writing */

/* a source's image as it goes into the message */
typedef struct {
  SpcEncodedImage image;
  uint64_t id;
} Written;

typedef struct {
  const SpcOperationImages *self;
  Written images[QXL_N_ROLES];
} Writing;

static void
write_surface (const SpcSurfaceInfo *info, QxlWriter *writer)
{
  const SpcImageDescriptor descriptor = {
      .type = SPICE_IMAGE_TYPE_SURFACE,
      .width = info->width,
      .height = info->height,
  };

  qxl_fields_write (spc_image_descriptor_fields, &descriptor, writer);
  qxl_writer_u32 (writer, info->id);
}

static void
write_source (gpointer user_data, QxlSourceRole role, const QxlSource *source,
              QxlWriter *writer, size_t body_pos)
{
  const Writing *writing = user_data;
  const Written *written = &writing->images[role];

  if (source->kind == QXL_SOURCE_SURFACE)
    write_surface (&writing->self->surfaces[role], writer);
  else
    spc_write_image (written->id, &written->image, body_pos, writer);
}

/* what was prepared */
static void
find_images (Writing *writing, SpcCompression compression)
{
  for (int role = 0; role < QXL_N_ROLES; role++) {
    const SpcEncodeTicket *ticket = writing->self->tickets[role][compression];
    const QxlSource *source = qxl_operation_source (
        writing->self->draw->u.operation, (QxlSourceRole)role);

    if (ticket == NULL || source == NULL || source->kind != QXL_SOURCE_IMAGE)
      continue;
    writing->images[role].image = *spc_encode_ticket_result (ticket);
    writing->images[role].id = source->image->id;
  }
}

/* What the operation's source shows, if the client may keep it: as its copies
 * are kept, without alpha, which some operations look at and some do not. */
static const SpcContentId *
content_to_keep (const SpcOperationImages *self, SpcCompression compression,
                 SpcConnection *connection)
{
  const QxlOperation *operation = self->draw->u.operation;
  const QxlSource *source = qxl_operation_source (operation, QXL_ROLE_SRC);
  const SpcEncodeTicket *ticket = self->tickets[QXL_ROLE_SRC][compression];

  if (spc_display_connection_pixmaps (connection) == NULL || ticket == NULL ||
      self->is_narrow || source->image->format != QXL_FORMAT_BGRX ||
      operation->kind == QXL_OP_COMPOSITE ||
      operation->kind == QXL_OP_ALPHA_BLEND)
    return NULL;
  return spc_encode_ticket_content (ticket);
}

void
spc_operation_images_write (SpcOperationImages *self, SpcConnection *connection)
{
  static const QxlLayoutHooks hooks = {
      .image = write_source,
      .explicit_transforms = true,
  };
  SpcCompression compression = compression_for (connection);
  const SpcContentId *content = content_to_keep (self, compression, connection);
  Writing writing = {.self = self};
  Written *source = &writing.images[QXL_ROLE_SRC];

  find_images (&writing, compression);
  if (content != NULL) {
    spc_kept_image_begin (connection);
    spc_kept_image_settle (content, &source->image, &source->id, connection);
  }
  spc_connection_begin (connection, qxl_layout_message (self->draw));
  qxl_layout_write_draw (self->draw, spc_connection_writer (connection), &hooks,
                         &writing);
  spc_connection_end (connection);
  if (content != NULL)
    spc_kept_image_end (connection);
}
