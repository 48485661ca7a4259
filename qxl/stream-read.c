/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/refuse.h"
#include "qxl/stream-kinds.h"
#include "qxl/validate.h"

#include <string.h>

typedef struct {
  GBytes *bytes;
  const QxlStreamHooks *hooks;
  gpointer user_data;
  QxlBatch *batch; /* that is being filled */
} Stream;

typedef struct {
  uint32_t kind;
  const uint8_t *body;
  size_t size;
} Record;

/* kinds */

static bool
read_fields (const Record *record, const QxlField *fields, void *object,
             GError **error)
{
  QxlReader reader;

  qxl_reader_init (&reader, record->body, record->size);
  qxl_fields_read (fields, object, &reader);
  return qxl_reader_finish (&reader, "body", error);
}

static bool
read_draw (Stream *self, const Record *record, GError **error)
{
  const QxlLayoutReadHooks hooks = {
      .bytes = self->bytes,
      .quic = self->hooks != NULL ? self->hooks->quic : NULL,
  };
  QxlDrawable *draw =
      qxl_layout_read_draw ((uint16_t)record->kind, record->body, record->size,
                            &hooks, self->user_data, error);

  if (draw == NULL)
    return false;
  qxl_batch_draw (self->batch, draw);
  return true;
}

static bool
read_create (Stream *self, const Record *record, GError **error)
{
  QxlSurfaceRecord create;
  QxlFormat format;

  if (!read_fields (record, qxl_surface_record_fields, &create, error))
    return false;
  format = qxl_stream_surface_format (create.format);
  if (format == QXL_FORMAT_INVALID)
    return qxl_refuse (error,
                       "surface of format %u; allowed are 1, 8, 16, 32, 80, 96",
                       create.format);
  qxl_batch_create_surface (self->batch, create.surface_id, create.width,
                            create.height, format);
  return true;
}

static bool
read_destroy (Stream *self, const Record *record, GError **error)
{
  QxlDestroyRecord destroy;

  if (!read_fields (record, qxl_destroy_record_fields, &destroy, error))
    return false;
  qxl_batch_destroy_surface (self->batch, destroy.surface_id);
  return true;
}

static bool
read_head (QxlReader *reader, QxlHead *head, GError **error)
{
  QxlHeadRecord record;

  qxl_fields_read (qxl_head_record_fields, &record, reader);
  if (record.x > G_MAXINT32 || record.y > G_MAXINT32 ||
      record.width > G_MAXINT32 - record.x ||
      record.height > G_MAXINT32 - record.y)
    return qxl_refuse (error, "head of %u×%u pixels at %u,%u", record.width,
                       record.height, record.x, record.y);
  *head = (QxlHead){
      .id = record.id,
      .surface_id = record.surface_id,
      .area = QXL_RECT ((int32_t)record.x, (int32_t)record.y,
                        (int32_t)(record.x + record.width),
                        (int32_t)(record.y + record.height)),
  };
  return true;
}

static bool
read_monitors (Stream *self, const Record *record, GError **error)
{
  QxlMonitorsRecord monitors;
  QxlHead heads[QXL_MAX_HEADS];
  QxlReader reader;

  qxl_reader_init (&reader, record->body, record->size);
  qxl_fields_read (qxl_monitors_record_fields, &monitors, &reader);
  if (monitors.count > QXL_MAX_HEADS)
    return qxl_refuse (error, "%u heads; at most %u allowed", monitors.count,
                       QXL_MAX_HEADS);
  for (guint i = 0; i < monitors.count; i++)
    if (!read_head (&reader, &heads[i], error))
      return false;
  if (!qxl_reader_finish (&reader, "body", error))
    return false;
  qxl_batch_set_monitors (self->batch, heads, monitors.count,
                          monitors.max_allowed);
  return true;
}

/* Its data is copied: shapes live longer than what brought them. */
static QxlCursorShape *
read_shape (QxlReader *reader, GError **error)
{
  QxlShapeRecord record;
  size_t size;
  g_autoptr (QxlCursorShape) shape = NULL;

  qxl_fields_read (qxl_shape_record_fields, &record, reader);
  if (!qxl_reader_finish (reader, "body", error))
    return NULL;
  size = qxl_reader_left (reader);
  shape = qxl_cursor_shape_new (
      (QxlCursorType)record.type, record.unique, record.width, record.height,
      record.hot_x, record.hot_y,
      g_bytes_new (qxl_reader_bytes (reader, size), size));
  return qxl_cursor_shape_check (shape, error) ? g_steal_pointer (&shape)
                                               : NULL;
}

static bool
read_set (Stream *self, const Record *record, GError **error)
{
  g_autoptr (QxlCursorCommand) cursor = qxl_cursor_command_new (QXL_CURSOR_SET);
  QxlSetRecord set;
  QxlReader reader;

  qxl_reader_init (&reader, record->body, record->size);
  qxl_fields_read (qxl_set_record_fields, &set, &reader);
  if (!qxl_reader_finish (&reader, "body", error))
    return false;
  if (set.flags & QXL_SHAPE_NONE)
    return qxl_refuse (error, "cursor set to no shape; hide it instead");
  cursor->x = set.x;
  cursor->y = set.y;
  cursor->is_visible = set.visible != 0;
  cursor->shape = read_shape (&reader, error);
  if (cursor->shape == NULL)
    return false;
  qxl_batch_cursor (self->batch, g_steal_pointer (&cursor));
  return true;
}

static bool
read_move (Stream *self, const Record *record, GError **error)
{
  QxlCursorCommand *cursor;
  QxlMoveRecord move;

  if (!read_fields (record, qxl_move_record_fields, &move, error))
    return false;
  cursor = qxl_cursor_command_new (QXL_CURSOR_MOVE);
  cursor->x = move.x;
  cursor->y = move.y;
  qxl_batch_cursor (self->batch, cursor);
  return true;
}

static bool
read_trail (Stream *self, const Record *record, GError **error)
{
  QxlCursorCommand *cursor;
  QxlTrailRecord trail;

  if (!read_fields (record, qxl_trail_record_fields, &trail, error))
    return false;
  cursor = qxl_cursor_command_new (QXL_CURSOR_TRAIL);
  cursor->length = trail.length;
  cursor->frequency = trail.frequency;
  qxl_batch_cursor (self->batch, cursor);
  return true;
}

static bool
read_hide (Stream *self, const Record *record, GError **error)
{
  qxl_batch_cursor (self->batch, qxl_cursor_command_new (QXL_CURSOR_HIDE));
  return true;
}

static bool
read_reset (Stream *self, const Record *record, GError **error)
{
  qxl_batch_cursor (self->batch, qxl_cursor_command_new (QXL_CURSOR_RESET));
  return true;
}

static bool
read_update (Stream *self, const Record *record, GError **error)
{
  QxlUpdateRecord update;

  if (!read_fields (record, qxl_update_record_fields, &update, error))
    return false;
  qxl_batch_update (self->batch, update.surface_id, &update.area,
                    update.update_id);
  return true;
}

static bool
read_message (Stream *self, const Record *record, GError **error)
{
  g_autofree char *text = NULL;

  if (record->size > QXL_MAX_MESSAGE)
    return qxl_refuse (
        error, "message of %" G_GSIZE_FORMAT " bytes; at most %u allowed",
        record->size, QXL_MAX_MESSAGE);
  text = g_strndup ((const char *)record->body, record->size);
  qxl_batch_message (self->batch, text);
  return true;
}

typedef bool (*ReadFunc) (Stream *self, const Record *record, GError **error);

static const struct {
  uint32_t kind;
  ReadFunc read;
} kinds[] = {
    {QXL_RECORD_UPDATE, read_update},
    {QXL_RECORD_MESSAGE, read_message},
    {QXL_RECORD_SURFACE_CREATE, read_create},
    {QXL_RECORD_SURFACE_DESTROY, read_destroy},
    {QXL_RECORD_MONITORS, read_monitors},
    {QXL_RECORD_CURSOR_RESET, read_reset},
    {QXL_RECORD_CURSOR_SET, read_set},
    {QXL_RECORD_CURSOR_MOVE, read_move},
    {QXL_RECORD_CURSOR_HIDE, read_hide},
    {QXL_RECORD_CURSOR_TRAIL, read_trail},
};

/* records */

static bool
read_body (Stream *self, const Record *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == record->kind)
      return kinds[i].read (self, record, error);
  if (record->kind >> 16 == QXL_STREAM_DISPLAY >> 16)
    return read_draw (self, record, error);
  return qxl_refuse (error, "there is no such kind");
}

/* the record at the reader's place, and that behind it; false: it has no end */
static bool
next_record (QxlReader *reader, Record *record, GError **error)
{
  record->kind = qxl_reader_u32 (reader);
  record->size = qxl_reader_u32 (reader);
  if (reader->failed)
    return qxl_refuse (error, "record has no size");
  if (record->size > qxl_reader_left (reader))
    return qxl_refuse (error,
                       "body of %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT
                       " are left",
                       record->size, qxl_reader_left (reader));
  record->body = qxl_reader_bytes (reader, record->size);
  qxl_reader_bytes (reader, MIN (-record->size % 4, qxl_reader_left (reader)));
  return true;
}

/* is told, or becomes the call's error; false: nobody is told, so it is over */
static bool
tell (const Stream *self, guint index, const Record *record, GError *problem,
      GError **error)
{
  g_prefix_error (&problem, "record %u, kind %#x (%s): ", index, record->kind,
                  qxl_stream_kind_name (record->kind));
  if (self->hooks == NULL || self->hooks->refused == NULL) {
    g_propagate_error (error, problem);
    return false;
  }
  self->hooks->refused (self->user_data, index, problem);
  g_error_free (problem);
  return true;
}

QxlBatch *
qxl_stream_read_batch (GBytes *bytes, const QxlStreamHooks *hooks,
                       gpointer user_data, GError **error)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  Stream self = {bytes, hooks, user_data, batch};
  bool has_next = true;
  QxlReader reader;
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  qxl_reader_init (&reader, data, size);
  for (guint i = 0; has_next && qxl_reader_left (&reader) > 0; i++) {
    Record record = {0};
    GError *problem = NULL;

    has_next = next_record (&reader, &record, &problem);
    if (has_next && read_body (&self, &record, &problem))
      continue;
    if (!tell (&self, i, &record, problem, error))
      return NULL;
  }
  return g_steal_pointer (&batch);
}
