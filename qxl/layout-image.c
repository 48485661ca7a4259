/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images as they are: descriptor, bitmap, rows top-down. What is read may have
 * any order and format of a guest's. */
#include "qxl/bitmap.h"
#include "qxl/layout-parts.h"
#include "qxl/refuse.h"

#include <string.h>

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

/* writing */

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

/* reading */

typedef struct {
  uint8_t type, flags;
  uint32_t width, height;
} Descriptor;

#define FLAG_HIGH_BITS_SET 2u
/* of a bitmap on the wire, where a guest says that its memory is unstable */
#define FLAG_PALETTE_FROM_CACHE 2u

typedef struct {
  guint n_entries;
  uint32_t entries[QXL_PALETTE_MAX_ENTRIES];
} Colours;

static Descriptor
read_descriptor (QxlReader *reader)
{
  Descriptor self;

  qxl_reader_u64 (reader); /* of a cache that this form has not */
  self.type = qxl_reader_u8 (reader);
  self.flags = qxl_reader_u8 (reader);
  self.width = qxl_reader_u32 (reader);
  self.height = qxl_reader_u32 (reader);
  return self;
}

/* pointer 0: no colours */
static bool
read_palette (const QxlLayoutBody *self, uint32_t pointer, Colours *colours,
              GError **error)
{
  QxlReader reader;

  colours->n_entries = 0;
  if (pointer == 0)
    return true;
  if (!qxl_layout_follow (self, pointer, "palette", &reader, error))
    return false;
  qxl_reader_u64 (&reader);
  colours->n_entries = qxl_reader_u16 (&reader);
  if (colours->n_entries > QXL_PALETTE_MAX_ENTRIES)
    return qxl_refuse (error, "palette of %u colours; at most %u allowed",
                       colours->n_entries, QXL_PALETTE_MAX_ENTRIES);
  for (guint i = 0; i < colours->n_entries; i++)
    colours->entries[i] = qxl_reader_u32 (&reader);
  return qxl_reader_finish (&reader, "palette", error);
}

static bool
padding_is_clear (const QxlBitmap *bitmap)
{
  for (uint32_t y = 0; y < bitmap->y; y++) {
    const uint8_t *row = bitmap->data + (size_t)y * bitmap->stride;
    uint8_t seen = 0;

    for (uint32_t x = 0; x < bitmap->x; x++)
      seen |= row[(size_t)x * 4 + 3];
    if (seen != 0)
      return false;
  }
  return true;
}

/* Rows that are an image's already; the fourth byte of one without alpha is 0,
 * as it is at the viewer. */
static bool
can_wrap (const QxlBitmap *bitmap)
{
  if ((bitmap->flags & QXL_BITMAP_TOP_DOWN) == 0 || bitmap->stride % 4 != 0 ||
      (uintptr_t)bitmap->data % 4 != 0 || bitmap->x == 0 || bitmap->y == 0 ||
      bitmap->x > QXL_BITMAP_MAX_SIDE || bitmap->y > QXL_BITMAP_MAX_SIDE ||
      bitmap->stride / 4 < bitmap->x)
    return false;
  if (bitmap->format == QXL_BITMAP_32BIT)
    return !bitmap->high_bits_set && padding_is_clear (bitmap);
  return bitmap->format == QXL_BITMAP_RGBA;
}

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static QxlImage *
wrap (const QxlBitmap *bitmap, GBytes *bytes)
{
  bool has_alpha = bitmap->format == QXL_BITMAP_RGBA;

  return qxl_image_new_wrapped (has_alpha ? QXL_FORMAT_BGRA : QXL_FORMAT_BGRX,
                                bitmap->x, bitmap->y, bitmap->stride,
                                bitmap->data, g_bytes_ref (bytes), unref_bytes);
}

/* the fields, palette and pixels, all inside the body */
static bool
read_bitmap (const QxlLayoutBody *self, const Descriptor *descriptor,
             QxlReader *reader, QxlBitmap *bitmap, Colours *colours,
             GError **error)
{
  uint32_t palette;
  uint64_t size;

  bitmap->high_bits_set = (descriptor->flags & FLAG_HIGH_BITS_SET) != 0;
  bitmap->format = qxl_reader_u8 (reader);
  bitmap->flags = qxl_reader_u8 (reader);
  bitmap->x = qxl_reader_u32 (reader);
  bitmap->y = qxl_reader_u32 (reader);
  bitmap->stride = qxl_reader_u32 (reader);
  palette = qxl_reader_u32 (reader);
  if (bitmap->flags & FLAG_PALETTE_FROM_CACHE)
    return qxl_refuse (error, "bitmap with a palette of a cache, not with it");
  if (bitmap->x != descriptor->width || bitmap->y != descriptor->height)
    return qxl_refuse (error, "bitmap of %u×%u pixels in an image of %u×%u",
                       bitmap->x, bitmap->y, descriptor->width,
                       descriptor->height);
  size = (uint64_t)bitmap->y * bitmap->stride;
  if (size > qxl_reader_left (reader))
    return qxl_refuse (
        error,
        "bitmap of %u rows of %u bytes comes with %" G_GSIZE_FORMAT " bytes",
        bitmap->y, bitmap->stride, qxl_reader_left (reader));
  bitmap->size = (size_t)size;
  bitmap->data = qxl_reader_bytes (reader, bitmap->size);
  return qxl_reader_finish (reader, "bitmap", error) &&
         read_palette (self, palette, colours, error);
}

static QxlImage *
read_bitmap_image (const QxlLayoutBody *self, const Descriptor *descriptor,
                   QxlReader *reader, bool is_mask, GError **error)
{
  QxlBitmap bitmap = {0};
  Colours colours;

  if (!read_bitmap (self, descriptor, reader, &bitmap, &colours, error))
    return NULL;
  bitmap.palette = colours.n_entries > 0 ? colours.entries : NULL;
  bitmap.n_palette = colours.n_entries;
  if (is_mask)
    return qxl_bitmap_to_mask (&bitmap, error);
  if (self->hooks->bytes != NULL && can_wrap (&bitmap))
    return wrap (&bitmap, self->hooks->bytes);
  return qxl_bitmap_to_image (&bitmap, error);
}

static QxlImage *
read_quic (const QxlLayoutBody *self, const Descriptor *descriptor,
           QxlReader *reader, bool is_mask, GError **error)
{
  uint32_t size = qxl_reader_u32 (reader);
  const uint8_t *data = qxl_reader_bytes (reader, size);

  if (!qxl_reader_finish (reader, "QUIC image", error))
    return NULL;
  if (is_mask || self->hooks->quic == NULL) {
    qxl_refuse (error, is_mask ? "mask is a QUIC image; bitmaps are allowed"
                               : "QUIC images are not taken here");
    return NULL;
  }
  return self->hooks->quic (self->user_data, data, size, descriptor->width,
                            descriptor->height, error);
}

static bool
read_image (const QxlLayoutBody *self, const Descriptor *descriptor,
            QxlReader *reader, bool is_mask, QxlSource *source, GError **error)
{
  QxlImage *image =
      descriptor->type == QXL_IMAGE_TYPE_QUIC
          ? read_quic (self, descriptor, reader, is_mask, error)
          : read_bitmap_image (self, descriptor, reader, is_mask, error);

  if (image == NULL)
    return false;
  *source = qxl_source_image (image);
  return true;
}

bool
qxl_layout_read_source (const QxlLayoutBody *self, uint32_t pointer,
                        bool is_mask, QxlSource *source, GError **error)
{
  Descriptor descriptor;
  QxlReader reader;

  if (!qxl_layout_follow (self, pointer, "image", &reader, error))
    return false;
  descriptor = read_descriptor (&reader);
  if (!qxl_reader_finish (&reader, "image", error))
    return false;
  switch (descriptor.type) {
  case QXL_IMAGE_TYPE_BITMAP:
  case QXL_IMAGE_TYPE_QUIC:
    return read_image (self, &descriptor, &reader, is_mask, source, error);
  case QXL_IMAGE_TYPE_SURFACE:
    *source = qxl_source_surface (qxl_reader_u32 (&reader));
    return qxl_reader_finish (&reader, "surface image", error);
  default:
    return qxl_refuse (error,
                       "image of type %u; allowed are bitmap 0, QUIC 1, "
                       "surface 104",
                       descriptor.type);
  }
}
