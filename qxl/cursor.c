/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/cursor.h"

QxlCursorShape *
qxl_cursor_shape_new (QxlCursorType type, uint64_t unique, uint16_t width,
                      uint16_t height, uint16_t hot_x, uint16_t hot_y,
                      GBytes *data)
{
  QxlCursorShape *self = g_new0 (QxlCursorShape, 1);

  self->ref_count = 1;
  self->type = type;
  self->unique = unique;
  self->width = width;
  self->height = height;
  self->hot_x = hot_x;
  self->hot_y = hot_y;
  self->data = data;
  return self;
}

QxlCursorShape *
qxl_cursor_shape_ref (QxlCursorShape *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
qxl_cursor_shape_unref (QxlCursorShape *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_bytes_unref (self->data);
  g_free (self);
}

QxlCursorCommand *
qxl_cursor_command_new (QxlCursorKind kind)
{
  QxlCursorCommand *self = g_new0 (QxlCursorCommand, 1);

  self->kind = kind;
  return self;
}

void
qxl_cursor_command_free (QxlCursorCommand *self)
{
  if (self == NULL)
    return;
  qxl_cursor_shape_unref (self->shape);
  g_free (self);
}
