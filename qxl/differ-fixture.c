/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/differ-fixture.h"

#include <string.h>

void
qxl_scene_init (QxlScene *self, QxlFormat format, uint32_t width,
                uint32_t height, size_t padding, size_t offset)
{
  size_t row_bytes = (size_t)width * qxl_format_bytes_per_pixel (format);

  self->format = format;
  self->width = width;
  self->height = height;
  self->stride = row_bytes + padding;
  self->memory = g_malloc0 (offset + self->stride * (height - 1) + row_bytes);
  self->frame = self->memory + offset;
  self->differ = qxl_differ_new (format, width, height);
  self->surface = qxl_surface_new (QXL_FORMAT_BGRX, width, height);
  g_assert_nonnull (self->differ);
}

void
qxl_scene_clear (QxlScene *self)
{
  g_free (self->memory);
  qxl_differ_free (self->differ);
  qxl_surface_free (self->surface);
}

uint8_t *
qxl_scene_pixel (const QxlScene *self, uint32_t x, uint32_t y)
{
  return self->frame + y * self->stride +
         (size_t)x * qxl_format_bytes_per_pixel (self->format);
}

/* copy-bits first, then what is different still */
static void
apply (const QxlScene *self, const QxlBatch *batch)
{
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  bool has_drawn = false;

  for (guint i = 0; i < batch->commands->len; i++) {
    const QxlCommand *command = qxl_batch_at (batch, i);

    g_assert_cmpint (command->kind, ==, QXL_COMMAND_DRAW);
    g_assert_cmpuint (command->u.draw->surface_id, ==, QXL_PRIMARY_SURFACE);
    g_assert_false (qxl_rect_is_empty (&command->u.draw->box));
    g_assert_true (qxl_rect_contains (&all, &command->u.draw->box));
    if (command->u.draw->kind == QXL_DRAW_COPY)
      g_assert_cmpint (command->u.draw->u.copy.image->format, ==,
                       QXL_FORMAT_BGRX);
    if (command->u.draw->kind == QXL_DRAW_COPY_BITS)
      g_assert_false (has_drawn);
    else
      has_drawn = true;
    qxl_surface_draw (self->surface, command->u.draw);
  }
}

void
qxl_scene_check (const QxlScene *self)
{
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  g_autoptr (QxlImage) shown = qxl_surface_snapshot (self->surface, &all);
  g_autofree uint8_t *row = g_malloc ((size_t)self->width * 4);

  for (uint32_t y = 0; y < self->height; y++) {
    qxl_format_row_to_bgrx (self->format, row, qxl_scene_pixel (self, 0, y),
                            self->width);
    if (memcmp (row, qxl_image_row (shown, y), (size_t)self->width * 4) != 0)
      g_error ("%s %ux%u: row %u is not the frame's",
               qxl_format_name (self->format), self->width, self->height, y);
  }
}

/* pushes the frame and checks the picture; the batch is the caller's */
QxlBatch *
qxl_scene_push (QxlScene *self)
{
  QxlBatch *batch = qxl_differ_push (self->differ, self->frame, self->stride);

  apply (self, batch);
  qxl_scene_check (self);
  return batch;
}

void
qxl_scene_show (QxlScene *self)
{
  qxl_batch_free (qxl_scene_push (self));
}

QxlBatch *
qxl_scene_push_damaged (QxlScene *self, const QxlRect *rects, size_t n_rects)
{
  QxlBatch *batch = qxl_differ_push_damaged (self->differ, self->frame,
                                             self->stride, rects, n_rects);

  apply (self, batch);
  return batch;
}

void
qxl_scene_paint (QxlScene *self, const QxlRect *area, bool noise)
{
  size_t n =
      (size_t)qxl_rect_width (area) * qxl_format_bytes_per_pixel (self->format);
  int value = g_test_rand_int_range (0, 256);

  for (int y = area->top; y < area->bottom; y++) {
    uint8_t *to = qxl_scene_pixel (self, (uint32_t)area->left, (uint32_t)y);

    memset (to, value, n);
    for (size_t i = 0; noise && i < n; i++)
      to[i] = (uint8_t)g_test_rand_int ();
  }
}

void
qxl_scene_move (QxlScene *self, const QxlRect *area, int dx, int dy)
{
  QxlRect all = QXL_RECT (0, 0, (int)self->width, (int)self->height);
  QxlRect to = QXL_RECT (area->left + dx, area->top + dy, area->right + dx,
                         area->bottom + dy);
  size_t n, rows;
  g_autofree uint8_t *pixels = NULL;

  to = qxl_rect_intersect (&to, &all);
  if (qxl_rect_is_empty (&to))
    return;
  n = (size_t)qxl_rect_width (&to) * qxl_format_bytes_per_pixel (self->format);
  rows = (size_t)qxl_rect_height (&to);
  pixels = g_malloc (n * rows);
  for (size_t i = 0; i < rows; i++)
    memcpy (pixels + i * n,
            qxl_scene_pixel (self, (uint32_t)(to.left - dx),
                             (uint32_t)(to.top - dy) + (uint32_t)i),
            n);
  for (size_t i = 0; i < rows; i++)
    memcpy (qxl_scene_pixel (self, (uint32_t)to.left,
                             (uint32_t)to.top + (uint32_t)i),
            pixels + i * n, n);
}

QxlRect
qxl_scene_random_area (const QxlScene *self)
{
  int width = (int)self->width, height = (int)self->height;
  int left = g_test_rand_int_range (0, width);
  int top = g_test_rand_int_range (0, height);

  return QXL_RECT (left, top, g_test_rand_int_range (left + 1, width + 1),
                   g_test_rand_int_range (top + 1, height + 1));
}
