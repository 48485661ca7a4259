/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/image.h"

/* ids are unique in the process, hence a counter for all of it; 2^64 of them
 * outlast any process */
static uint64_t last_id;

static QxlImage *
image_new (QxlFormat format, uint32_t width, uint32_t height, size_t stride)
{
  QxlImage *self = g_new0 (QxlImage, 1);

  self->id = __atomic_add_fetch (&last_id, 1, __ATOMIC_RELAXED);
  self->format = format;
  self->width = width;
  self->height = height;
  self->stride = stride;
  self->ref_count = 1;
  return self;
}

QxlImage *
qxl_image_new_in (QxlBlocks *blocks, QxlFormat format, uint32_t width,
                  uint32_t height, uint8_t **pixels)
{
  QxlImage *self;
  size_t row_bytes, size;
  uint8_t *memory;

  *pixels = NULL;
  if (width == 0 || height == 0 ||
      !qxl_format_row_bytes (format, width, &row_bytes) ||
      !g_size_checked_mul (&size, row_bytes, height) ||
      size > QXL_IMAGE_MAX_BYTES)
    return NULL;
  memory = qxl_blocks_take (blocks, size);
  if (!memory)
    return NULL;
  self = image_new (format, width, height, row_bytes);
  self->pixels = memory;
  self->owns_pixels = true;
  self->owner = memory;
  self->release = qxl_blocks_give;
  *pixels = memory;
  return self;
}

QxlImage *
qxl_image_new (QxlFormat format, uint32_t width, uint32_t height,
               uint8_t **pixels)
{
  return qxl_image_new_in (NULL, format, width, height, pixels);
}

QxlImage *
qxl_image_new_wrapped (QxlFormat format, uint32_t width, uint32_t height,
                       size_t stride, const uint8_t *pixels, gpointer owner,
                       GDestroyNotify release)
{
  QxlImage *self;
  size_t row_bytes, size;

  g_return_val_if_fail (width > 0 && height > 0 && pixels, NULL);
  g_return_val_if_fail (qxl_format_row_bytes (format, width, &row_bytes), NULL);
  g_return_val_if_fail (stride >= row_bytes, NULL);
  g_return_val_if_fail (g_size_checked_mul (&size, stride, height), NULL);

  self = image_new (format, width, height, stride);
  self->pixels = pixels;
  self->owner = owner;
  self->release = release;
  return self;
}

static void
unref_parent (gpointer parent)
{
  qxl_image_unref (parent);
}

QxlImage *
qxl_image_new_slice (QxlImage *parent, const QxlRect *area)
{
  uint32_t width = (uint32_t)qxl_rect_width (area);
  uint32_t height = (uint32_t)qxl_rect_height (area);
  const QxlRect all =
      QXL_RECT (0, 0, (int32_t)parent->width, (int32_t)parent->height);
  size_t bits = (size_t)area->left * qxl_format_bits_per_pixel (parent->format);
  QxlImage *self;

  g_return_val_if_fail (!qxl_rect_is_empty (area), NULL);
  g_return_val_if_fail (qxl_rect_contains (&all, area), NULL);
  g_return_val_if_fail (bits % 8 == 0, NULL);

  self = qxl_image_new_wrapped (parent->format, width, height, parent->stride,
                                qxl_image_row (parent, (uint32_t)area->top) +
                                    bits / 8,
                                qxl_image_ref (parent), unref_parent);
  if (parent->palette != NULL)
    qxl_image_take_palette (self, qxl_palette_ref (parent->palette));
  return self;
}

void
qxl_image_take_palette (QxlImage *self, QxlPalette *palette)
{
  g_return_if_fail (qxl_format_is_palette (self->format) && palette);
  g_return_if_fail (self->palette == NULL);

  self->palette = palette;
}

QxlImage *
qxl_image_ref (QxlImage *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
qxl_image_unref (QxlImage *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->release)
    self->release (self->owner);
  qxl_palette_unref (self->palette);
  g_free (self);
}

size_t
qxl_image_row_bytes (const QxlImage *self)
{
  size_t row_bytes;

  qxl_format_row_bytes (self->format, self->width, &row_bytes);
  return row_bytes;
}

size_t
qxl_image_size (const QxlImage *self)
{
  return qxl_image_row_bytes (self) * self->height;
}
