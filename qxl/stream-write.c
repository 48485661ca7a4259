/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/stream-kinds.h"

#include <string.h>

/* Each record begins at a multiple of 4 bytes. Returns where its size is. */
static size_t
begin_record (QxlWriter *writer, uint32_t kind)
{
  size_t pos;

  qxl_writer_u32 (writer, kind);
  pos = qxl_writer_size (writer);
  qxl_writer_u32 (writer, 0);
  return pos;
}

static void
end_record (QxlWriter *writer, size_t pos)
{
  size_t size = qxl_writer_size (writer) - pos - 4;

  qxl_writer_patch_u32 (writer, pos, (uint32_t)size);
  qxl_writer_zeros (writer, (4 - size % 4) % 4);
}

static void
write_fields (QxlWriter *writer, uint32_t kind, const QxlField *fields,
              const void *record)
{
  size_t pos = begin_record (writer, kind);

  qxl_fields_write (fields, record, writer);
  end_record (writer, pos);
}

static void
write_create (QxlWriter *writer, const QxlCommand *command)
{
  const QxlSurfaceRecord record = {
      .surface_id = command->u.create.surface_id,
      .width = command->u.create.width,
      .height = command->u.create.height,
      .format = qxl_stream_surface_number (command->u.create.format),
      .flags = command->u.create.surface_id == QXL_PRIMARY_SURFACE ? 1 : 0,
  };

  write_fields (writer, QXL_RECORD_SURFACE_CREATE, qxl_surface_record_fields,
                &record);
}

static void
write_destroy (QxlWriter *writer, const QxlCommand *command)
{
  const QxlDestroyRecord record = {command->u.destroy.surface_id};

  write_fields (writer, QXL_RECORD_SURFACE_DESTROY, qxl_destroy_record_fields,
                &record);
}

static void
write_draw (QxlWriter *writer, const QxlCommand *command)
{
  const QxlDrawable *draw = command->u.draw;
  size_t pos =
      begin_record (writer, QXL_STREAM_DISPLAY + qxl_layout_message (draw));

  qxl_layout_write_draw (draw, writer, &qxl_layout_raw, NULL);
  end_record (writer, pos);
}

static QxlHeadRecord
head_record (const QxlHead *head)
{
  QxlHeadRecord record = {
      .id = head->id,
      .surface_id = head->surface_id,
      .x = (uint32_t)head->area.left,
      .y = (uint32_t)head->area.top,
  };

  if (!qxl_rect_is_empty (&head->area)) {
    record.width = (uint32_t)qxl_rect_width (&head->area);
    record.height = (uint32_t)qxl_rect_height (&head->area);
  }
  return record;
}

static void
write_monitors (QxlWriter *writer, const QxlCommand *command)
{
  const QxlMonitorsRecord record = {
      .count = (uint16_t)command->u.monitors.n_heads,
      .max_allowed = (uint16_t)command->u.monitors.max_heads,
  };
  size_t pos = begin_record (writer, QXL_RECORD_MONITORS);

  qxl_fields_write (qxl_monitors_record_fields, &record, writer);
  for (guint i = 0; i < record.count; i++) {
    QxlHeadRecord head = head_record (&command->u.monitors.heads[i]);
    qxl_fields_write (qxl_head_record_fields, &head, writer);
  }
  end_record (writer, pos);
}

static void
write_shape (const QxlCursorShape *shape, QxlWriter *writer)
{
  const QxlShapeRecord record = {
      .unique = shape->unique,
      .type = (uint8_t)shape->type,
      .width = shape->width,
      .height = shape->height,
      .hot_x = shape->hot_x,
      .hot_y = shape->hot_y,
  };

  qxl_fields_write (qxl_shape_record_fields, &record, writer);
  qxl_writer_ref (writer, shape->data);
}

static void
write_set (QxlWriter *writer, const QxlCursorCommand *cursor)
{
  const QxlSetRecord record = {
      .x = cursor->x,
      .y = cursor->y,
      .visible = cursor->is_visible,
      .flags = cursor->shape == NULL ? QXL_SHAPE_NONE : 0,
  };
  size_t pos = begin_record (writer, QXL_RECORD_CURSOR_SET);

  qxl_fields_write (qxl_set_record_fields, &record, writer);
  if (cursor->shape != NULL)
    write_shape (cursor->shape, writer);
  end_record (writer, pos);
}

static void
write_cursor (QxlWriter *writer, const QxlCommand *command)
{
  const QxlCursorCommand *cursor = command->u.cursor;

  switch (cursor->kind) {
  case QXL_CURSOR_SET:
    write_set (writer, cursor);
    break;
  case QXL_CURSOR_MOVE:
    write_fields (writer, QXL_RECORD_CURSOR_MOVE, qxl_move_record_fields,
                  &(QxlMoveRecord){cursor->x, cursor->y});
    break;
  case QXL_CURSOR_HIDE:
    end_record (writer, begin_record (writer, QXL_RECORD_CURSOR_HIDE));
    break;
  case QXL_CURSOR_TRAIL:
    write_fields (writer, QXL_RECORD_CURSOR_TRAIL, qxl_trail_record_fields,
                  &(QxlTrailRecord){cursor->length, cursor->frequency});
    break;
  case QXL_CURSOR_RESET:
    end_record (writer, begin_record (writer, QXL_RECORD_CURSOR_RESET));
    break;
  }
}

static void
write_update (QxlWriter *writer, const QxlCommand *command)
{
  const QxlUpdateRecord record = {
      .surface_id = command->u.update.surface_id,
      .area = command->u.update.area,
      .update_id = command->u.update.update_id,
  };

  write_fields (writer, QXL_RECORD_UPDATE, qxl_update_record_fields, &record);
}

static void
write_message (QxlWriter *writer, const QxlCommand *command)
{
  size_t pos = begin_record (writer, QXL_RECORD_MESSAGE);

  qxl_writer_bytes (writer, command->u.message, strlen (command->u.message));
  end_record (writer, pos);
}

static void (*const writers[]) (QxlWriter *, const QxlCommand *) = {
    [QXL_COMMAND_SURFACE_CREATE] = write_create,
    [QXL_COMMAND_SURFACE_DESTROY] = write_destroy,
    [QXL_COMMAND_DRAW] = write_draw,
    [QXL_COMMAND_MONITORS] = write_monitors,
    [QXL_COMMAND_CURSOR] = write_cursor,
    [QXL_COMMAND_UPDATE] = write_update,
    [QXL_COMMAND_MESSAGE] = write_message,
};

void
qxl_stream_write_batch (const QxlBatch *batch, QxlWriter *writer)
{
  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);
    writers[command->kind](writer, command);
  }
}
