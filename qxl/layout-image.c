/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images as they are: descriptor, bitmap, rows top-down. */
#include "qxl/bitmap.h"
#include "qxl/layout-parts.h"

const QxlLayoutHooks qxl_layout_raw = {
    .image = qxl_layout_write_raw_image,
    .align_pixels = true,
};

/* 0: one that bitmaps do not have */
static uint8_t
bitmap_format (QxlFormat format)
{
  switch (format) {
  case QXL_FORMAT_BGRX:
    return QXL_BITMAP_32BIT;
  case QXL_FORMAT_BGRA:
    return QXL_BITMAP_RGBA;
  case QXL_FORMAT_BGR:
    return QXL_BITMAP_24BIT;
  case QXL_FORMAT_RGB15:
    return QXL_BITMAP_16BIT;
  case QXL_FORMAT_A8:
    return QXL_BITMAP_8BIT_A;
  case QXL_FORMAT_A1:
  case QXL_FORMAT_PLT1_LE:
    return QXL_BITMAP_1BIT_LE;
  case QXL_FORMAT_PLT1_BE:
    return QXL_BITMAP_1BIT_BE;
  case QXL_FORMAT_PLT4_LE:
    return QXL_BITMAP_4BIT_LE;
  case QXL_FORMAT_PLT4_BE:
    return QXL_BITMAP_4BIT_BE;
  case QXL_FORMAT_PLT8:
    return QXL_BITMAP_8BIT;
  default:
    return 0;
  }
}

static void
write_descriptor (QxlWriter *writer, uint8_t type, uint32_t width,
                  uint32_t height)
{
  qxl_writer_u64 (writer, 0);
  qxl_writer_u8 (writer, type);
  qxl_writer_u8 (writer, 0);
  qxl_writer_u32 (writer, width);
  qxl_writer_u32 (writer, height);
}

static void
unref_image (gpointer image)
{
  qxl_image_unref (image);
}

static void
write_converted (const QxlImage *image, QxlWriter *writer)
{
  size_t row_bytes = (size_t)image->width * 4;
  g_autofree uint8_t *row = g_malloc (row_bytes);

  for (uint32_t y = 0; y < image->height; y++) {
    qxl_format_row_to_bgrx (image->format, row, qxl_image_row (image, y),
                            image->width);
    qxl_writer_bytes (writer, row, row_bytes);
  }
}

/* Rows that follow each other are kept by reference. */
static void
write_rows (const QxlImage *image, size_t row_bytes, QxlWriter *writer)
{
  g_autoptr (GBytes) all = NULL;

  if (image->stride != row_bytes || image->owner == NULL) {
    for (uint32_t y = 0; y < image->height; y++)
      qxl_writer_bytes (writer, qxl_image_row (image, y), row_bytes);
    return;
  }
  all = g_bytes_new_with_free_func (image->pixels, row_bytes * image->height,
                                    unref_image,
                                    qxl_image_ref ((QxlImage *)image));
  qxl_writer_ref (writer, all);
}

static void
write_palette (const QxlPalette *palette, QxlWriter *writer)
{
  qxl_writer_u64 (writer, palette->unique);
  qxl_writer_u16 (writer, (uint16_t)palette->n_entries);
  for (guint i = 0; i < palette->n_entries; i++)
    qxl_writer_u32 (writer, palette->entries[i]);
}

static void
write_bitmap (const QxlImage *image, QxlWriter *writer, size_t body_pos)
{
  uint8_t format = bitmap_format (image->format);
  bool is_known = format != 0;
  size_t row_bytes =
      is_known ? qxl_image_row_bytes (image) : (size_t)image->width * 4;
  size_t palette_pos =
      body_pos + QXL_LAYOUT_BITMAP_SIZE + row_bytes * image->height;

  qxl_writer_u8 (writer, is_known ? format : QXL_BITMAP_32BIT);
  qxl_writer_u8 (writer, QXL_BITMAP_TOP_DOWN);
  qxl_writer_u32 (writer, image->width);
  qxl_writer_u32 (writer, image->height);
  qxl_writer_u32 (writer, (uint32_t)row_bytes);
  qxl_writer_u32 (writer, image->palette != NULL ? (uint32_t)palette_pos : 0);
  if (is_known)
    write_rows (image, row_bytes, writer);
  else
    write_converted (image, writer);
  if (image->palette != NULL)
    write_palette (image->palette, writer);
}

void
qxl_layout_write_raw_image (gpointer user_data, QxlSourceRole role,
                            const QxlSource *source, QxlWriter *writer,
                            size_t body_pos)
{
  if (source->kind == QXL_SOURCE_SURFACE) {
    write_descriptor (writer, QXL_IMAGE_TYPE_SURFACE, 0, 0);
    qxl_writer_u32 (writer, source->surface_id);
    return;
  }
  write_descriptor (writer, QXL_IMAGE_TYPE_BITMAP, source->image->width,
                    source->image->height);
  write_bitmap (source->image, writer, body_pos + QXL_LAYOUT_DESCRIPTOR_SIZE);
}
