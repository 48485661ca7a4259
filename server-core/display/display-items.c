/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-items.h"

#include "display-connection.h"
#include "display-private.h"
#include "encode-ticket.h"
#include "server-core/channel/channel.h"
#include "server-core/wire/messages-display.h"

/* a draw without its picture: the largest fixed part of a draw message */
#define DRAW_MESSAGE_SIZE 80u

/* draws */

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

  if (walk == NULL || !self->is_for_all)
    return NULL;
  if (self->glz == NULL && spc_glz_group_serves (group, walk, now))
    self->glz = spc_glz_group_encode (
        group, walk, now, self->draw->u.copy.image, on_encoded,
        g_object_ref (self->display), g_object_unref);
  if (self->glz == NULL || !spc_glz_ticket_fits (self->glz, walk))
    return NULL;
  spc_glz_ticket_pass (self->glz, walk);
  return self->glz;
}

static SpcItemState
prepare_draw (SpcItem *item, SpcConnection *connection)
{
  DrawItem *self = (DrawItem *)item;
  SpcCompression compression;
  const SpcGlzTicket *glz;

  if (self->draw->kind != QXL_DRAW_COPY)
    return SPC_ITEM_READY;
  glz = walk_dictionary (self, connection);
  if (glz != NULL)
    return spc_glz_ticket_is_ready (glz) ? SPC_ITEM_READY : SPC_ITEM_WAIT;
  compression = spc_display_connection_compression (connection);
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

static void
write_image (uint64_t id, const SpcEncodedImage *encoded, QxlWriter *writer)
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
    qxl_writer_ref (writer, encoded->payload);
}

static void
write_copy (const QxlDrawable *draw, uint64_t id,
            const SpcEncodedImage *encoded, SpcConnection *connection)
{
  QxlPoint src = draw->u.copy.src;
  const SpcDrawCopy message = {
      .base = draw_base (draw),
      .src_image = SPC_DRAW_COPY_SIZE,
      .src_area = QXL_RECT (src.x, src.y, src.x + qxl_rect_width (&draw->box),
                            src.y + qxl_rect_height (&draw->box)),
      .rop = SPICE_ROPD_OP_PUT,
      .scale_mode = SPICE_IMAGE_SCALE_MODE_NEAREST,
  };
  QxlWriter *writer = spc_connection_writer (connection);

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_DRAW_COPY);
  qxl_fields_write (spc_draw_copy_fields, &message, writer);
  g_assert (spc_connection_body_size (connection) == SPC_DRAW_COPY_SIZE);
  write_image (id, encoded, writer);
  spc_connection_end (connection);
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
    write_copy (self->draw, self->draw->u.copy.image->id, &encoded, connection);
  spc_encoded_image_clear (&encoded);
  return true;
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

/* an image the client may keep, or keeps already */
static void
write_kept (const QxlDrawable *draw, const SpcContentId *content,
            const SpcEncodedImage *encoded, SpcConnection *connection)
{
  SpcPixmapCache *pixmaps = spc_display_connection_pixmaps (connection);
  SpcEncodedImage image = *encoded;
  uint32_t id = 0;

  spc_pixmap_cache_begin (pixmaps,
                          spc_channel_id (spc_connection_channel (connection)));
  if (spc_pixmap_cache_find (pixmaps, content, false, &id) !=
      SPC_PIXMAP_PLAIN) {
    image.type = SPICE_IMAGE_TYPE_FROM_CACHE;
    image.flags = 0;
    image.payload = NULL;
  } else if (spc_pixmap_cache_add (pixmaps, content, image.width, image.height,
                                   false, &id) == SPC_PIXMAP_ADDED) {
    image.flags |= SPICE_IMAGE_FLAGS_CACHE_ME;
  }
  write_evicted (pixmaps, connection);
  write_copy (draw, id, &image, connection);
  spc_pixmap_cache_end (pixmaps,
                        spc_connection_stats (connection)->messages_sent);
}

static void
build_copy (DrawItem *self, SpcConnection *connection)
{
  const SpcEncodedImage *encoded;
  const SpcEncodeTicket *ticket;
  const SpcContentId *content;

  if (build_from_dictionary (self, connection))
    return;
  ticket = self->tickets[spc_display_connection_compression (connection)];
  encoded = spc_encode_ticket_result (ticket);
  content = spc_encode_ticket_content (ticket);
  if (content != NULL && spc_display_connection_pixmaps (connection) != NULL)
    write_kept (self->draw, content, encoded, connection);
  else if (encoded->payload != NULL)
    write_copy (self->draw, self->draw->u.copy.image->id, encoded, connection);
}

static void
build_draw (SpcItem *item, SpcConnection *connection)
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
    .prepare = prepare_draw,
    .build = build_draw,
    .free = free_draw,
};

SpcItem *
spc_draw_item_new (SpcDisplay *display, QxlDrawable *draw, bool is_for_all)
{
  DrawItem *self = g_new0 (DrawItem, 1);
  uint32_t size = DRAW_MESSAGE_SIZE;

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

/* snapshots */

typedef struct {
  SpcItem item;
  SpcDisplay *display; /* referenced */
  uint32_t surface_id;
  GArray *rects;    /* QxlRect */
  GPtrArray *draws; /* SpcItem, one for each rectangle; NULL: not here yet */
} SnapshotItem;

static void
unref_item (gpointer item)
{
  spc_item_unref (item);
}

static void
on_snapshot (GPtrArray *images, gpointer user_data)
{
  SnapshotItem *self = user_data;
  g_autoptr (SpcDisplay) display = g_object_ref (self->display);

  self->draws = g_ptr_array_new_with_free_func (unref_item);
  for (guint i = 0; i < images->len; i++) {
    QxlImage *image = g_ptr_array_index (images, i);
    const QxlRect *rect = &g_array_index (self->rects, QxlRect, i);
    g_autoptr (QxlDrawable) draw = NULL;

    if (image == NULL)
      continue;
    draw = qxl_drawable_new_copy (self->surface_id, rect, qxl_image_ref (image),
                                  (QxlPoint){0});
    g_ptr_array_add (self->draws, spc_draw_item_new (display, draw, false));
  }
  spc_display_pump_soon (display);
}

static SpcItemState
prepare_snapshot (SpcItem *item, SpcConnection *connection)
{
  SnapshotItem *self = (SnapshotItem *)item;
  SpcItemState state = SPC_ITEM_READY;

  if (self->draws == NULL)
    return SPC_ITEM_WAIT;
  for (guint i = 0; i < self->draws->len; i++)
    if (prepare_draw (g_ptr_array_index (self->draws, i), connection) ==
        SPC_ITEM_WAIT)
      state = SPC_ITEM_WAIT;
  return state;
}

static void
build_snapshot (SpcItem *item, SpcConnection *connection)
{
  SnapshotItem *self = (SnapshotItem *)item;

  for (guint i = 0; i < self->draws->len; i++)
    build_draw (g_ptr_array_index (self->draws, i), connection);
}

static void
free_snapshot (SpcItem *item)
{
  SnapshotItem *self = (SnapshotItem *)item;

  g_clear_pointer (&self->draws, g_ptr_array_unref);
  g_array_unref (self->rects);
  g_object_unref (self->display);
  g_free (self);
}

static const SpcItemClass snapshot_class = {
    .name = "snapshot",
    .prepare = prepare_snapshot,
    .build = build_snapshot,
    .free = free_snapshot,
};

SpcItem *
spc_snapshot_item_new (SpcDisplay *display, uint32_t surface_id,
                       const QxlRect *rects, guint n_rects)
{
  SnapshotItem *self = g_new0 (SnapshotItem, 1);
  uint32_t size = DRAW_MESSAGE_SIZE * n_rects;

  for (guint i = 0; i < n_rects; i++)
    size += (uint32_t)(qxl_rect_width (&rects[i]) *
                       qxl_rect_height (&rects[i]) * 4);
  self->display = g_object_ref (display);
  self->surface_id = surface_id;
  self->rects = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  g_array_append_vals (self->rects, rects, n_rects);
  spc_item_init (&self->item, &snapshot_class, size);
  spc_picture_snapshot (spc_display_picture (display), surface_id, rects,
                        n_rects, on_snapshot, spc_item_ref (&self->item),
                        unref_item);
  return &self->item;
}

const QxlRect *
spc_snapshot_item_rects (const SpcItem *item, guint *n_rects,
                         uint32_t *surface_id)
{
  const SnapshotItem *self = (const SnapshotItem *)item;

  if (item->klass != &snapshot_class)
    return NULL;
  *n_rects = self->rects->len;
  *surface_id = self->surface_id;
  return (const QxlRect *)(gconstpointer)self->rects->data;
}

/* surfaces */

typedef struct {
  SpcItem item;
  SpcSurfaceCreate create; /* width 0: destroy */
} SurfaceItem;

static void
build_surface (SpcItem *item, SpcConnection *connection)
{
  SurfaceItem *self = (SurfaceItem *)item;
  const SpcSurfaceDestroy destroy = {.surface_id = self->create.surface_id};

  if (self->create.width == 0)
    spc_connection_write (connection, SPICE_MSG_DISPLAY_SURFACE_DESTROY,
                          spc_surface_destroy_fields, &destroy);
  else
    spc_connection_write (connection, SPICE_MSG_DISPLAY_SURFACE_CREATE,
                          spc_surface_create_fields, &self->create);
}

static void
free_plain (SpcItem *item)
{
  g_free (item);
}

static const SpcItemClass surface_class = {
    .name = "surface",
    .build = build_surface,
    .free = free_plain,
};

SpcItem *
spc_surface_item_new (uint32_t surface_id, uint32_t width, uint32_t height,
                      QxlFormat format)
{
  SurfaceItem *self = g_new0 (SurfaceItem, 1);

  self->create = (SpcSurfaceCreate){
      .surface_id = surface_id,
      .width = width,
      .height = height,
      .format = format == QXL_FORMAT_BGRA ? SPICE_SURFACE_FMT_32_ARGB
                                          : SPICE_SURFACE_FMT_32_xRGB,
      .flags =
          surface_id == QXL_PRIMARY_SURFACE ? SPICE_SURFACE_FLAGS_PRIMARY : 0,
  };
  spc_item_init (&self->item, &surface_class, 20);
  return &self->item;
}

bool
spc_item_is_create_of (const SpcItem *item, uint32_t surface_id)
{
  const SurfaceItem *self = (const SurfaceItem *)item;

  return item->klass == &surface_class && self->create.width > 0 &&
         self->create.surface_id == surface_id;
}

/* heads */

typedef struct {
  SpcItem item;
  GArray *heads; /* QxlRect */
} HeadsItem;

static void
build_heads (SpcItem *item, SpcConnection *connection)
{
  HeadsItem *self = (HeadsItem *)item;
  QxlWriter *writer = spc_connection_writer (connection);
  const SpcMonitorsConfig config = {
      .count = (uint16_t)self->heads->len,
      .max_allowed = (uint16_t)self->heads->len,
  };

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_MONITORS_CONFIG);
  qxl_fields_write (spc_monitors_config_fields, &config, writer);
  for (guint i = 0; i < self->heads->len; i++) {
    const QxlRect *rect = &g_array_index (self->heads, QxlRect, i);
    const SpcHead head = {
        .monitor_id = i,
        .surface_id = QXL_PRIMARY_SURFACE,
        .width = (uint32_t)qxl_rect_width (rect),
        .height = (uint32_t)qxl_rect_height (rect),
        .x = (uint32_t)rect->left,
        .y = (uint32_t)rect->top,
    };
    qxl_fields_write (spc_head_fields, &head, writer);
  }
  spc_connection_end (connection);
}

static void
free_heads (SpcItem *item)
{
  HeadsItem *self = (HeadsItem *)item;

  g_array_unref (self->heads);
  g_free (self);
}

static const SpcItemClass heads_class = {
    .name = "heads",
    .build = build_heads,
    .free = free_heads,
};

SpcItem *
spc_heads_item_new (const QxlRect *heads, guint n_heads)
{
  HeadsItem *self = g_new0 (HeadsItem, 1);

  self->heads = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  g_array_append_vals (self->heads, heads, n_heads);
  spc_item_init (&self->item, &heads_class, 4 + 28 * n_heads);
  return &self->item;
}

bool
spc_item_is_heads (const SpcItem *item)
{
  return item->klass == &heads_class;
}

/* the mark */

static void
build_mark (SpcItem *item, SpcConnection *connection)
{
  spc_connection_write (connection, SPICE_MSG_DISPLAY_MARK, NULL, NULL);
}

static const SpcItemClass mark_class = {
    .name = "mark",
    .build = build_mark,
    .free = free_plain,
};

SpcItem *
spc_mark_item_new (void)
{
  SpcItem *self = g_new0 (SpcItem, 1);

  spc_item_init (self, &mark_class, 0);
  return self;
}

bool
spc_item_is_mark (const SpcItem *item)
{
  return item->klass == &mark_class;
}

/* ends of batches */

typedef struct {
  SpcItem item;
  SpcFunc done; /* NULL: called */
  gpointer user_data;
  GDestroyNotify destroy;
} BatchEndItem;

static void
call_done (BatchEndItem *self)
{
  SpcFunc done = g_steal_pointer (&self->done);

  if (done != NULL)
    done (self->user_data);
}

static void
build_batch_end (SpcItem *item, SpcConnection *connection)
{
  call_done ((BatchEndItem *)item);
}

static void
free_batch_end (SpcItem *item)
{
  BatchEndItem *self = (BatchEndItem *)item;

  call_done (self);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

static const SpcItemClass batch_end_class = {
    .name = "batch end",
    .build = build_batch_end,
    .free = free_batch_end,
};

SpcItem *
spc_batch_end_item_new (SpcFunc done, gpointer user_data,
                        GDestroyNotify destroy)
{
  BatchEndItem *self = g_new0 (BatchEndItem, 1);

  self->done = done;
  self->user_data = user_data;
  self->destroy = destroy;
  spc_item_init (&self->item, &batch_end_class, 0);
  return &self->item;
}

bool
spc_item_is_batch_end (const SpcItem *item)
{
  return item->klass == &batch_end_class;
}
