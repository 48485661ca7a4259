/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-items.h"

#include "display-connection.h"
#include "server-core/wire/messages-display.h"

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

static const SpcItemClass surface_class = {
    .name = "surface",
    .build = build_surface,
};

static uint32_t
wire_format (QxlFormat format)
{
  switch (format) {
  case QXL_FORMAT_BGRA:
    return SPICE_SURFACE_FMT_32_ARGB;
  case QXL_FORMAT_RGB15:
    return SPICE_SURFACE_FMT_16_555;
  case QXL_FORMAT_A8:
    return SPICE_SURFACE_FMT_8_A;
  default:
    return SPICE_SURFACE_FMT_32_xRGB;
  }
}

SpcItem *
spc_surface_item_new (uint32_t surface_id, uint32_t width, uint32_t height,
                      QxlFormat format)
{
  SurfaceItem *self = g_new0 (SurfaceItem, 1);

  self->create = (SpcSurfaceCreate){
      .surface_id = surface_id,
      .width = width,
      .height = height,
      .format = wire_format (format),
      .flags =
          surface_id == QXL_PRIMARY_SURFACE ? SPICE_SURFACE_FLAGS_PRIMARY : 0,
  };
  spc_item_init (&self->item, &surface_class, 20);
  return &self->item;
}

bool
spc_item_is_of_surface (const SpcItem *item, uint32_t *surface_id,
                        bool *is_create)
{
  const SurfaceItem *self = (const SurfaceItem *)item;

  if (item->klass != &surface_class)
    return false;
  *surface_id = self->create.surface_id;
  *is_create = self->create.width > 0;
  return true;
}

/* heads */

typedef struct {
  SpcItem item;
  guint max_heads;
  GArray *heads; /* QxlHead */
} HeadsItem;

static void
build_heads (SpcItem *item, SpcConnection *connection)
{
  HeadsItem *self = (HeadsItem *)item;
  QxlWriter *writer = spc_connection_writer (connection);
  const SpcMonitorsConfig config = {
      .count = (uint16_t)self->heads->len,
      .max_allowed = (uint16_t)self->max_heads,
  };

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_MONITORS_CONFIG);
  qxl_fields_write (spc_monitors_config_fields, &config, writer);
  for (guint i = 0; i < self->heads->len; i++) {
    const QxlHead *from = &g_array_index (self->heads, QxlHead, i);
    const SpcHead head = {
        .monitor_id = from->id,
        .surface_id = from->surface_id,
        .width = (uint32_t)qxl_rect_width (&from->area),
        .height = (uint32_t)qxl_rect_height (&from->area),
        .x = (uint32_t)from->area.left,
        .y = (uint32_t)from->area.top,
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
spc_heads_item_new (const QxlHead *heads, guint n_heads, guint max_heads)
{
  HeadsItem *self = g_new0 (HeadsItem, 1);

  self->max_heads = MAX (max_heads, n_heads);
  self->heads = g_array_new (FALSE, FALSE, sizeof (QxlHead));
  for (guint i = 0; i < n_heads; i++)
    if (!qxl_rect_is_empty (&heads[i].area))
      g_array_append_val (self->heads, heads[i]);
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

/* new beginnings */

static void
build_forget (SpcItem *item, SpcConnection *connection)
{
  spc_display_connection_forget_kept (connection);
}

static const SpcItemClass forget_class = {
    .name = "forget",
    .build = build_forget,
};

SpcItem *
spc_forget_item_new (void)
{
  SpcItem *self = g_new0 (SpcItem, 1);

  spc_item_init (self, &forget_class, 0);
  return self;
}

bool
spc_item_is_forget (const SpcItem *item)
{
  return item->klass == &forget_class;
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
