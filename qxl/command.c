/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command.h"

#include <string.h>

static QxlDrawable *
drawable_new (QxlDrawKind kind, uint32_t surface_id, const QxlRect *box)
{
  QxlDrawable *self = g_new0 (QxlDrawable, 1);

  self->ref_count = 1;
  self->kind = kind;
  self->surface_id = surface_id;
  self->box = *box;
  return self;
}

QxlDrawable *
qxl_drawable_new_fill (uint32_t surface_id, const QxlRect *box, uint32_t color)
{
  QxlDrawable *self = drawable_new (QXL_DRAW_FILL, surface_id, box);

  self->u.fill.color = color;
  return self;
}

QxlDrawable *
qxl_drawable_new_copy (uint32_t surface_id, const QxlRect *box, QxlImage *image,
                       QxlPoint src)
{
  QxlDrawable *self = drawable_new (QXL_DRAW_COPY, surface_id, box);

  self->u.copy.image = image;
  self->u.copy.src = src;
  return self;
}

QxlDrawable *
qxl_drawable_new_copy_bits (uint32_t surface_id, const QxlRect *box,
                            QxlPoint src_pos)
{
  QxlDrawable *self = drawable_new (QXL_DRAW_COPY_BITS, surface_id, box);

  self->u.copy_bits.src_pos = src_pos;
  return self;
}

QxlDrawable *
qxl_drawable_new_copy_surface (uint32_t surface_id, const QxlRect *box,
                               uint32_t source_id, QxlPoint src)
{
  QxlDrawable *self = drawable_new (QXL_DRAW_COPY_SURFACE, surface_id, box);

  self->u.copy_surface.source_id = source_id;
  self->u.copy_surface.src = src;
  return self;
}

QxlDrawable *
qxl_drawable_new_operation (uint32_t surface_id, const QxlRect *box,
                            QxlOperation *operation)
{
  QxlDrawable *self = drawable_new (QXL_DRAW_OPERATION, surface_id, box);

  self->u.operation = operation;
  return self;
}

QxlDrawable *
qxl_drawable_ref (QxlDrawable *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
qxl_drawable_unref (QxlDrawable *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->kind == QXL_DRAW_COPY)
    qxl_image_unref (self->u.copy.image);
  if (self->kind == QXL_DRAW_OPERATION)
    qxl_operation_free (self->u.operation);
  g_free (self);
}

/* a copy-bits whose source overlaps its box shows some of what was there */
static bool
reads_below_itself (const QxlDrawable *self)
{
  const QxlRect *box = &self->box;
  const QxlPoint *src = &self->u.copy_bits.src_pos;

  return ABS ((int64_t)src->x - box->left) < qxl_rect_width (box) &&
         ABS ((int64_t)src->y - box->top) < qxl_rect_height (box);
}

bool
qxl_drawable_reads (const QxlDrawable *self, uint32_t surface_id)
{
  switch (self->kind) {
  case QXL_DRAW_COPY_BITS:
    return self->surface_id == surface_id;
  case QXL_DRAW_COPY_SURFACE:
    return self->u.copy_surface.source_id == surface_id;
  case QXL_DRAW_OPERATION:
    return (self->u.operation->kind == QXL_OP_COPY_BITS &&
            self->surface_id == surface_id) ||
           qxl_operation_reads (self->u.operation, surface_id);
  default:
    return false;
  }
}

bool
qxl_drawable_reads_surfaces (const QxlDrawable *self)
{
  switch (self->kind) {
  case QXL_DRAW_COPY_BITS:
  case QXL_DRAW_COPY_SURFACE:
    return true;
  case QXL_DRAW_OPERATION:
    return self->u.operation->kind == QXL_OP_COPY_BITS ||
           qxl_operation_reads_surfaces (self->u.operation);
  default:
    return false;
  }
}

bool
qxl_drawable_source (const QxlDrawable *self, uint32_t surface_id,
                     QxlRect *source)
{
  QxlPoint from;

  if (!qxl_drawable_reads (self, surface_id))
    return false;
  if (self->kind == QXL_DRAW_COPY_BITS) {
    from = self->u.copy_bits.src_pos;
  } else if (self->kind == QXL_DRAW_COPY_SURFACE) {
    from = self->u.copy_surface.src;
  } else {
    *source = QXL_RECT (0, 0, INT32_MAX, INT32_MAX);
    return true;
  }
  *source = QXL_RECT (from.x, from.y, from.x + qxl_rect_width (&self->box),
                      from.y + qxl_rect_height (&self->box));
  return true;
}

bool
qxl_drawable_is_move (const QxlDrawable *self)
{
  return self->kind == QXL_DRAW_OPERATION &&
         self->u.operation->kind == QXL_OP_COPY_BITS &&
         !self->u.operation->is_clipped;
}

size_t
qxl_drawable_size (const QxlDrawable *self)
{
  switch (self->kind) {
  case QXL_DRAW_COPY:
    return qxl_image_size (self->u.copy.image);
  case QXL_DRAW_OPERATION:
    return qxl_operation_size (self->u.operation);
  default:
    return 0;
  }
}

bool
qxl_drawable_is_opaque (const QxlDrawable *self)
{
  if (self->kind == QXL_DRAW_OPERATION)
    return !self->u.operation->is_clipped &&
           qxl_operation_is_opaque (self->u.operation);
  return self->kind != QXL_DRAW_COPY_BITS || !reads_below_itself (self);
}

static void
clear_command (gpointer data)
{
  QxlCommand *command = data;

  switch (command->kind) {
  case QXL_COMMAND_DRAW:
    g_clear_pointer (&command->u.draw, qxl_drawable_unref);
    break;
  case QXL_COMMAND_MONITORS:
    g_clear_pointer (&command->u.monitors.heads, g_free);
    break;
  case QXL_COMMAND_CURSOR:
    g_clear_pointer (&command->u.cursor, qxl_cursor_command_free);
    break;
  case QXL_COMMAND_MESSAGE:
    g_clear_pointer (&command->u.message, g_free);
    break;
  case QXL_COMMAND_SURFACE_CREATE:
  case QXL_COMMAND_SURFACE_DESTROY:
  case QXL_COMMAND_UPDATE:
    break;
  }
}

QxlBatch *
qxl_batch_new (void)
{
  QxlBatch *self = g_new0 (QxlBatch, 1);

  self->commands = g_array_new (FALSE, FALSE, sizeof (QxlCommand));
  g_array_set_clear_func (self->commands, clear_command);
  return self;
}

void
qxl_batch_free (QxlBatch *self)
{
  if (!self)
    return;
  g_array_unref (self->commands);
  g_clear_pointer (&self->shown, g_array_unref);
  g_free (self);
}

void
qxl_batch_clear (QxlBatch *self)
{
  g_array_set_size (self->commands, 0);
  g_clear_pointer (&self->shown, g_array_unref);
}

void
qxl_batch_take (QxlBatch *self, QxlCommand *command)
{
  g_array_append_val (self->commands, *command);
  memset (&command->u, 0, sizeof command->u);
}

void
qxl_batch_create_surface (QxlBatch *self, uint32_t surface_id, uint32_t width,
                          uint32_t height, QxlFormat format)
{
  QxlCommand command = {.kind = QXL_COMMAND_SURFACE_CREATE};

  command.u.create.surface_id = surface_id;
  command.u.create.width = width;
  command.u.create.height = height;
  command.u.create.format = format;
  g_array_append_val (self->commands, command);
}

void
qxl_batch_destroy_surface (QxlBatch *self, uint32_t surface_id)
{
  QxlCommand command = {.kind = QXL_COMMAND_SURFACE_DESTROY};

  command.u.destroy.surface_id = surface_id;
  g_array_append_val (self->commands, command);
}

void
qxl_batch_draw (QxlBatch *self, QxlDrawable *draw)
{
  QxlCommand command = {.kind = QXL_COMMAND_DRAW};

  command.u.draw = draw;
  g_array_append_val (self->commands, command);
}

static void
clear_shown (gpointer data)
{
  qxl_image_unref (((QxlShown *)data)->image);
}

void
qxl_batch_show (QxlBatch *self, const QxlRect *area, QxlImage *image)
{
  const QxlShown shown = {.area = *area, .image = image};

  if (self->shown == NULL) {
    self->shown = g_array_new (FALSE, FALSE, sizeof (QxlShown));
    g_array_set_clear_func (self->shown, clear_shown);
  }
  g_array_append_val (self->shown, shown);
}

QxlImage *
qxl_batch_shown (const QxlBatch *self, const QxlRect *area)
{
  for (guint i = 0; self->shown != NULL && i < self->shown->len; i++) {
    const QxlShown *shown = &g_array_index (self->shown, QxlShown, i);

    if (qxl_rect_equal (&shown->area, area))
      return shown->image;
  }
  return NULL;
}

void
qxl_batch_set_monitors (QxlBatch *self, const QxlHead *heads, guint n_heads,
                        guint max_heads)
{
  QxlCommand command = {.kind = QXL_COMMAND_MONITORS};

  command.u.monitors.n_heads = n_heads;
  command.u.monitors.max_heads = max_heads;
  command.u.monitors.heads = g_memdup2 (heads, n_heads * sizeof *heads);
  g_array_append_val (self->commands, command);
}

void
qxl_batch_cursor (QxlBatch *self, QxlCursorCommand *cursor)
{
  QxlCommand command = {.kind = QXL_COMMAND_CURSOR};

  command.u.cursor = cursor;
  g_array_append_val (self->commands, command);
}

void
qxl_batch_update (QxlBatch *self, uint32_t surface_id, const QxlRect *area,
                  uint32_t update_id)
{
  QxlCommand command = {.kind = QXL_COMMAND_UPDATE};

  command.u.update.surface_id = surface_id;
  command.u.update.update_id = update_id;
  command.u.update.area = *area;
  g_array_append_val (self->commands, command);
}

void
qxl_batch_message (QxlBatch *self, const char *text)
{
  QxlCommand command = {.kind = QXL_COMMAND_MESSAGE};

  command.u.message = g_utf8_make_valid (text, -1);
  g_array_append_val (self->commands, command);
}
