/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pointer-shape.h"

#include "qxl/cursor-image.h"
#include "server-core/base/limits.h"

#include <string.h>

static GBytes *
pack_pixels (const QxlImage *image)
{
  gsize row_bytes = (gsize)image->width * 4;
  uint8_t *pixels = g_malloc (row_bytes * image->height);

  for (uint32_t y = 0; y < image->height; y++)
    memcpy (pixels + y * row_bytes, qxl_image_row (image, y), row_bytes);
  return g_bytes_new_take (pixels, row_bytes * image->height);
}

static SpcCursorContent
digest (const SpcPointerShape *self)
{
  const uint16_t numbers[] = {self->width, self->height, self->hot_x,
                              self->hot_y};
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  SpcCursorContent content;
  gsize size;
  const void *pixels = g_bytes_get_data (self->pixels, &size);
  gsize length = sizeof content.bytes;

  g_checksum_update (sum, (const guchar *)numbers, sizeof numbers);
  g_checksum_update (sum, pixels, (gssize)size);
  g_checksum_get_digest (sum, content.bytes, &length);
  return content;
}

SpcPointerShape *
spc_pointer_shape_new (const QxlImage *image, uint16_t hot_x, uint16_t hot_y)
{
  SpcPointerShape *self = g_new0 (SpcPointerShape, 1);

  self->ref_count = 1;
  self->width = (uint16_t)image->width;
  self->height = (uint16_t)image->height;
  self->hot_x = MIN (hot_x, self->width - 1);
  self->hot_y = MIN (hot_y, self->height - 1);
  self->pixels = pack_pixels (image);
  self->content = digest (self);
  return self;
}

SpcPointerShape *
spc_pointer_shape_new_qxl (const QxlCursorShape *shape, GError **error)
{
  g_autoptr (QxlImage) image = NULL;
  g_autoptr (QxlImage) fit = NULL;
  uint16_t hot_x, hot_y;

  if (!qxl_cursor_shape_check (shape, error))
    return NULL;
  hot_x = shape->hot_x;
  hot_y = shape->hot_y;
  image = qxl_cursor_image_new (shape);
  fit = qxl_cursor_image_fit (image, SPC_MAX_CURSOR_SIDE, &hot_x, &hot_y);
  return spc_pointer_shape_new (fit, hot_x, hot_y);
}

SpcPointerShape *
spc_pointer_shape_ref (SpcPointerShape *self)
{
  if (self)
    g_atomic_int_inc (&self->ref_count);
  return self;
}

void
spc_pointer_shape_unref (SpcPointerShape *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_bytes_unref (self->pixels);
  g_free (self);
}

bool
spc_pointer_shape_equals (const SpcPointerShape *a, const SpcPointerShape *b)
{
  if (a == b)
    return true;
  return a && b && memcmp (&a->content, &b->content, sizeof a->content) == 0;
}
