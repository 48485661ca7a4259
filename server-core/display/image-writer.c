/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-writer.h"

#include "display-connection.h"
#include "server-core/channel/channel.h"
#include "server-core/image/palette-payload.h"
#include "server-core/wire/messages-common.h"
#include "server-core/wire/messages-display.h"

/* bytes of an image's descriptor, behind which its payload lies */
#define DESCRIPTOR_SIZE 18u

static SpcDrawBase
draw_base (const QxlDrawable *draw)
{
  return (SpcDrawBase){.surface_id = draw->surface_id,
                       .box = draw->box,
                       .clip_type = SPICE_CLIP_TYPE_NONE};
}

/* how an image's palette comes to its client */
typedef struct {
  SpcPaletteUse use;
  uint32_t id;
} Palette;

/* to be called just before the image's message */
static Palette
settle_palette (const SpcEncodedImage *encoded, SpcConnection *connection)
{
  SpcPaletteCache *palettes = spc_display_connection_palettes (connection);
  Palette palette = {SPC_PALETTE_PLAIN, 0};
  uint32_t dropped;

  if (encoded->palette == NULL || palettes == NULL)
    return palette;
  palette.use =
      spc_palette_cache_use (palettes, encoded->palette, &palette.id, &dropped);
  if (dropped != 0)
    spc_connection_write (connection, SPICE_MSG_DISPLAY_INVAL_PALETTE,
                          spc_inval_palette_fields,
                          &(SpcInvalPalette){.id = dropped});
  return palette;
}

static void
write_image (uint64_t id, const SpcEncodedImage *encoded,
             const Palette *palette, size_t body_pos, QxlWriter *writer)
{
  const SpcImageDescriptor descriptor = {
      .id = id,
      .type = encoded->type,
      .flags = encoded->flags,
      .width = encoded->width,
      .height = encoded->height,
  };

  qxl_fields_write (spc_image_descriptor_fields, &descriptor, writer);
  if (encoded->payload != NULL)
    spc_encoded_image_write (encoded, body_pos + DESCRIPTOR_SIZE, palette->use,
                             palette->id, writer);
}

void
spc_write_image (uint64_t id, const SpcEncodedImage *encoded, size_t body_pos,
                 QxlWriter *writer)
{
  const Palette palette = {SPC_PALETTE_PLAIN, 0};

  write_image (id, encoded, &palette, body_pos, writer);
}

static void
write_draw (const QxlDrawable *draw, QxlPoint src, uint64_t id,
            const SpcEncodedImage *encoded, SpcConnection *connection)
{
  const SpcDrawCopy message = {
      .base = draw_base (draw),
      .src_image = SPC_DRAW_COPY_SIZE,
      .src_area = QXL_RECT (src.x, src.y, src.x + qxl_rect_width (&draw->box),
                            src.y + qxl_rect_height (&draw->box)),
      .rop = SPICE_ROPD_OP_PUT,
      .scale_mode = SPICE_IMAGE_SCALE_MODE_NEAREST,
  };
  const Palette palette = settle_palette (encoded, connection);
  QxlWriter *writer = spc_connection_writer (connection);

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_DRAW_COPY);
  qxl_fields_write (spc_draw_copy_fields, &message, writer);
  g_assert (spc_connection_body_size (connection) == SPC_DRAW_COPY_SIZE);
  write_image (id, encoded, &palette, SPC_DRAW_COPY_SIZE, writer);
  spc_connection_end (connection);
}

void
spc_write_copy (const QxlDrawable *draw, uint64_t id,
                const SpcEncodedImage *encoded, SpcConnection *connection)
{
  write_draw (draw, draw->u.copy.src, id, encoded, connection);
}

void
spc_write_copy_surface (const QxlDrawable *draw, uint32_t width,
                        uint32_t height, SpcConnection *connection)
{
  uint32_t id = GUINT32_TO_LE (draw->u.copy_surface.source_id);
  g_autoptr (GBytes) payload = g_bytes_new (&id, sizeof id);
  const SpcEncodedImage source = {
      .type = SPICE_IMAGE_TYPE_SURFACE,
      .width = width,
      .height = height,
      .payload = payload,
  };

  write_draw (draw, draw->u.copy_surface.src, 0, &source, connection);
}

static void
write_evicted (SpcPixmapCache *pixmaps, SpcConnection *connection)
{
  QxlWriter *writer = spc_connection_writer (connection);
  guint n_ids;
  const uint32_t *ids = spc_pixmap_cache_evicted (pixmaps, &n_ids);
  const SpcInvalList list = {.count = (uint16_t)n_ids};

  if (n_ids == 0)
    return;
  spc_connection_begin (connection, SPICE_MSG_DISPLAY_INVAL_LIST);
  qxl_fields_write (spc_inval_list_fields, &list, writer);
  for (guint i = 0; i < n_ids; i++) {
    const SpcInvalItem item = {.type = SPICE_RES_TYPE_PIXMAP, .id = ids[i]};
    qxl_fields_write (spc_inval_item_fields, &item, writer);
  }
  spc_connection_end (connection);
}

static uint8_t
channel_of (SpcConnection *connection)
{
  return spc_channel_id (spc_connection_channel (connection));
}

/* what was written last is the message itself */
static void
end_message (SpcPixmapCache *pixmaps, SpcConnection *connection)
{
  spc_pixmap_cache_end (pixmaps, spc_connection_serial (connection));
}

static void
write_waits (SpcPixmapCache *pixmaps, SpcConnection *connection)
{
  const SpcWaitForChannels *waits = spc_pixmap_cache_waits (pixmaps);

  if (waits->count > 0)
    spc_connection_write (connection, SPICE_MSG_WAIT_FOR_CHANNELS,
                          spc_wait_for_channels_fields, waits);
}

static void
write_clear (SpcPixmapCache *pixmaps, SpcConnection *connection)
{
  spc_pixmap_cache_begin (pixmaps, channel_of (connection));
  spc_pixmap_cache_clear (pixmaps);
  spc_connection_write (connection, SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS,
                        spc_wait_for_channels_fields,
                        spc_pixmap_cache_waits (pixmaps));
  end_message (pixmaps, connection);
}

static void
refer_to_kept (SpcEncodedImage *image, SpcPixmapUse use)
{
  image->type = use == SPC_PIXMAP_IS_THERE_LOSSLESS
                    ? SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS
                    : SPICE_IMAGE_TYPE_FROM_CACHE;
  image->flags = 0;
  image->payload = image->body = NULL;
  image->palette = NULL;
}

/* as the cache will have it */
static void
ask_to_keep (SpcEncodedImage *image, SpcPixmapUse use)
{
  if (use == SPC_PIXMAP_ADDED)
    image->flags |= SPICE_IMAGE_FLAGS_CACHE_ME;
  else if (use == SPC_PIXMAP_REPLACED)
    image->flags |= SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME;
}

void
spc_kept_image_begin (SpcConnection *connection)
{
  SpcPixmapCache *pixmaps = spc_display_connection_pixmaps (connection);

  if (spc_pixmap_cache_must_clear (pixmaps))
    write_clear (pixmaps, connection);
  spc_pixmap_cache_begin (pixmaps, channel_of (connection));
}

/* returns whether the viewer has it with loss */
static bool
settle (const SpcContentId *content, bool permits_loss, bool is_passing,
        SpcEncodedImage *image, uint64_t *id, SpcConnection *connection)
{
  SpcPixmapCache *pixmaps = spc_display_connection_pixmaps (connection);
  uint32_t kept_id = 0;
  SpcPixmapUse use =
      spc_pixmap_cache_find (pixmaps, content, permits_loss, &kept_id);

  if (use != SPC_PIXMAP_PLAIN) {
    refer_to_kept (image, use);
    image->is_lossy =
        !spc_display_connection_keeps (connection, content, false);
  } else {
    ask_to_keep (image, spc_pixmap_cache_add (pixmaps, content, image->width,
                                              image->height, image->is_lossy,
                                              is_passing, &kept_id));
  }
  write_waits (pixmaps, connection);
  write_evicted (pixmaps, connection);
  *id = kept_id;
  return image->is_lossy;
}

void
spc_kept_image_settle (const SpcContentId *content, SpcEncodedImage *image,
                       uint64_t *id, SpcConnection *connection)
{
  settle (content, false, false, image, id, connection);
}

void
spc_kept_image_end (SpcConnection *connection)
{
  end_message (spc_display_connection_pixmaps (connection), connection);
}

bool
spc_write_kept (const QxlDrawable *draw, const SpcContentId *content,
                const SpcEncodedImage *encoded, bool permits_loss,
                bool is_passing, SpcConnection *connection)
{
  SpcEncodedImage image = *encoded;
  uint64_t id;
  bool is_lossy;

  spc_kept_image_begin (connection);
  is_lossy =
      settle (content, permits_loss, is_passing, &image, &id, connection);
  spc_write_copy (draw, id, &image, connection);
  spc_kept_image_end (connection);
  return is_lossy;
}

bool
spc_write_from_cache (const QxlDrawable *draw, const SpcContentId *content,
                      bool permits_loss, SpcConnection *connection)
{
  const QxlImage *image = draw->u.copy.image;
  const SpcEncodedImage nothing = {.width = image->width,
                                   .height = image->height};

  return spc_write_kept (draw, content, &nothing, permits_loss, false,
                         connection);
}
