/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-items.h"

#include "display-connection.h"
#include "server-core/wire/messages-display.h"

/* reports: as often as spice-gtk keeps count, and a while after the last frame
 */
#define REPORT_FRAMES 5u
#define REPORT_MS 1000u

static GArray *
copy_rects (const QxlRegion *region)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof (QxlRect));
  int n_rects;
  const QxlRect *rects = qxl_region_rects (region, &n_rects);

  return g_array_append_vals (copy, rects, (guint)n_rects);
}

static void
write_clip (SpcConnection *connection, const GArray *clip)
{
  QxlWriter *writer = spc_connection_writer (connection);
  const QxlRect *rects = (const QxlRect *)(gconstpointer)clip->data;

  qxl_writer_u8 (writer, SPICE_CLIP_TYPE_RECTS);
  qxl_writer_u32 (writer, clip->len);
  for (guint i = 0; i < clip->len; i++) {
    qxl_writer_u32 (writer, (uint32_t)rects[i].top);
    qxl_writer_u32 (writer, (uint32_t)rects[i].left);
    qxl_writer_u32 (writer, (uint32_t)rects[i].bottom);
    qxl_writer_u32 (writer, (uint32_t)rects[i].right);
  }
}

/* create */

typedef struct {
  SpcItem item;
  SpcStreamTraits traits;
  GArray *clip; /* QxlRect */
} CreateItem;

static void
ask_for_reports (const SpcStreamTraits *traits, SpcConnection *connection)
{
  const SpcStreamActivateReport message = {.id = traits->id,
                                           .unique_id = traits->report,
                                           .max_frames = REPORT_FRAMES,
                                           .timeout_ms = REPORT_MS};

  spc_connection_write (connection, SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT,
                        spc_stream_activate_report_fields, &message);
}

static void
build_create (SpcItem *item, SpcConnection *connection)
{
  const SpcStreamTraits *traits = &((CreateItem *)item)->traits;
  uint32_t width = (uint32_t)qxl_rect_width (&traits->dest);
  uint32_t height = (uint32_t)qxl_rect_height (&traits->dest);
  const SpcStreamCreate message = {
      .id = traits->id,
      .flags = SPICE_STREAM_FLAGS_TOP_DOWN,
      .codec = traits->codec,
      .stream_width = width,
      .stream_height = height,
      .src_width = width,
      .src_height = height,
      .dest = traits->dest,
  };

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_STREAM_CREATE);
  qxl_fields_write (spc_stream_create_fields, &message,
                    spc_connection_writer (connection));
  write_clip (connection, ((CreateItem *)item)->clip);
  spc_connection_end (connection);
  if (traits->report != 0)
    ask_for_reports (traits, connection);
  if (((CreateItem *)item)->clip->len > 0)
    spc_viewer_streams_told (spc_display_connection_streams (connection),
                             traits->id);
}

static void
free_create (SpcItem *item)
{
  g_array_unref (((CreateItem *)item)->clip);
  g_free (item);
}

static const SpcItemClass create_class = {
    .name = "stream-create",
    .build = build_create,
    .free = free_create,
};

SpcItem *
spc_stream_create_item_new (const SpcStreamTraits *traits,
                            const QxlRegion *clip)
{
  CreateItem *self = g_new0 (CreateItem, 1);

  self->traits = *traits;
  self->clip = copy_rects (clip);
  spc_item_init (&self->item, &create_class, 16 * (self->clip->len + 6));
  return &self->item;
}

/* clip */

typedef struct {
  SpcItem item;
  uint32_t id;
  GArray *clip; /* QxlRect */
} ClipItem;

static void
build_clip (SpcItem *item, SpcConnection *connection)
{
  const ClipItem *self = (ClipItem *)item;

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_STREAM_CLIP);
  qxl_fields_write (spc_stream_id_fields, &(SpcStreamId){.id = self->id},
                    spc_connection_writer (connection));
  write_clip (connection, self->clip);
  spc_connection_end (connection);
  if (self->clip->len > 0)
    spc_viewer_streams_told (spc_display_connection_streams (connection),
                             self->id);
}

static void
free_clip (SpcItem *item)
{
  g_array_unref (((ClipItem *)item)->clip);
  g_free (item);
}

static const SpcItemClass clip_class = {
    .name = "stream-clip",
    .build = build_clip,
    .free = free_clip,
};

SpcItem *
spc_stream_clip_item_new (uint32_t id, const QxlRegion *clip)
{
  ClipItem *self = g_new0 (ClipItem, 1);

  self->id = id;
  self->clip = copy_rects (clip);
  spc_item_init (&self->item, &clip_class, 16 * (self->clip->len + 1));
  return &self->item;
}

/* destroy */

typedef struct {
  SpcItem item;
  uint32_t id;
} DestroyItem;

static void
free_plain (SpcItem *item)
{
  g_free (item);
}

static void
build_destroy (SpcItem *item, SpcConnection *connection)
{
  const SpcStreamId message = {.id = ((DestroyItem *)item)->id};

  spc_connection_write (connection, SPICE_MSG_DISPLAY_STREAM_DESTROY,
                        spc_stream_id_fields, &message);
}

static const SpcItemClass destroy_class = {
    .name = "stream-destroy",
    .build = build_destroy,
    .free = free_plain,
};

SpcItem *
spc_stream_destroy_item_new (uint32_t id)
{
  DestroyItem *self = g_new0 (DestroyItem, 1);

  self->id = id;
  spc_item_init (&self->item, &destroy_class, 10);
  return &self->item;
}

/* data */

typedef struct {
  SpcItem item;
  SpcStreamFrame frame;
} DataItem;

static void
write_plain (const SpcStreamFrame *frame, SpcConnection *connection)
{
  const SpcStreamData message = {
      .id = frame->id,
      .time_ms = frame->time_ms,
      .size = (uint32_t)g_bytes_get_size (frame->bytes),
  };

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_STREAM_DATA);
  qxl_fields_write (spc_stream_data_fields, &message,
                    spc_connection_writer (connection));
}

static void
write_sized (const SpcStreamFrame *frame, SpcConnection *connection)
{
  const SpcStreamDataSized message = {
      .id = frame->id,
      .time_ms = frame->time_ms,
      .width = (uint32_t)qxl_rect_width (&frame->dest),
      .height = (uint32_t)qxl_rect_height (&frame->dest),
      .dest = frame->dest,
      .size = (uint32_t)g_bytes_get_size (frame->bytes),
  };

  spc_connection_begin (connection, SPICE_MSG_DISPLAY_STREAM_DATA_SIZED);
  qxl_fields_write (spc_stream_data_sized_fields, &message,
                    spc_connection_writer (connection));
}

static void
build_data (SpcItem *item, SpcConnection *connection)
{
  const SpcStreamFrame *frame = &((DataItem *)item)->frame;

  if (frame->is_sized)
    write_sized (frame, connection);
  else
    write_plain (frame, connection);
  qxl_writer_ref (spc_connection_writer (connection), frame->bytes);
  spc_connection_end (connection);
  spc_viewer_streams_sent (spc_display_connection_streams (connection), frame);
}

static void
free_data (SpcItem *item)
{
  g_bytes_unref (((DataItem *)item)->frame.bytes);
  g_free (item);
}

static const SpcItemClass data_class = {
    .name = "stream-data",
    .build = build_data,
    .free = free_data,
};

SpcItem *
spc_stream_data_item_new (const SpcStreamFrame *frame)
{
  DataItem *self = g_new0 (DataItem, 1);

  self->frame = *frame;
  g_bytes_ref (frame->bytes);
  spc_item_init (&self->item, &data_class,
                 42 + (uint32_t)g_bytes_get_size (frame->bytes));
  return &self->item;
}

const SpcStreamFrame *
spc_stream_data_item_frame (const SpcItem *item)
{
  return item->klass == &data_class ? &((const DataItem *)item)->frame : NULL;
}
