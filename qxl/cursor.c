/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/cursor.h"

#include <gio/gio.h>

static const struct {
  uint8_t bits_per_pixel;
  uint16_t n_colours; /* of 4 bytes */
  bool has_mask;
} layouts[QXL_N_CURSOR_TYPES] = {
    [QXL_CURSOR_ALPHA] = {32, 0, false},  [QXL_CURSOR_MONO] = {1, 0, true},
    [QXL_CURSOR_COLOR4] = {4, 16, true},  [QXL_CURSOR_COLOR8] = {8, 256, true},
    [QXL_CURSOR_COLOR16] = {16, 0, true}, [QXL_CURSOR_COLOR24] = {24, 0, true},
    [QXL_CURSOR_COLOR32] = {32, 0, true},
};

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

static bool
is_side (uint32_t side)
{
  return side >= 1 && side <= QXL_CURSOR_MAX_SIDE;
}

size_t
qxl_cursor_data_size (QxlCursorType type, uint32_t width, uint32_t height)
{
  size_t row_bytes;

  if ((guint)type >= QXL_N_CURSOR_TYPES || !is_side (width) ||
      !is_side (height))
    return 0;
  row_bytes = ((size_t)width * layouts[type].bits_per_pixel + 7) / 8;
  if (layouts[type].has_mask)
    row_bytes += (width + 7) / 8;
  return row_bytes * height + (size_t)layouts[type].n_colours * 4;
}

bool
qxl_cursor_shape_check (const QxlCursorShape *self, GError **error)
{
  size_t size = g_bytes_get_size (self->data);
  size_t expected =
      qxl_cursor_data_size (self->type, self->width, self->height);

  if ((guint)self->type >= QXL_N_CURSOR_TYPES)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "cursor of type %u, allowed are 0 to %u", (guint)self->type,
                 QXL_N_CURSOR_TYPES - 1);
  else if (expected == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "cursor of %u×%u, allowed are 1 to %u a side", self->width,
                 self->height, QXL_CURSOR_MAX_SIDE);
  else if (self->hot_x >= self->width || self->hot_y >= self->height)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "cursor's hot spot %u,%u lies outside its %u×%u", self->hot_x,
                 self->hot_y, self->width, self->height);
  else if (size != expected)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "cursor of type %u, %u×%u, has %" G_GSIZE_FORMAT
                 " bytes, not %" G_GSIZE_FORMAT,
                 (guint)self->type, self->width, self->height, size, expected);
  else
    return true;
  return false;
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
