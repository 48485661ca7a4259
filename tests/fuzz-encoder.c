/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of encoders, and LZ4 and plain bitmaps both ways: any bytes do the
 * decoders no harm, and any picture, with padding behind its rows or without,
 * comes back from what each lossless encoding makes of it, and from its indices
 * if it has few colours.
 *
 * An input is a byte that chooses, one of the width and one of the height; then
 * a payload, or a byte of the padding, one of the palette's size if it has one,
 * and a picture. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "image-decoders.h"
#include "server-core/image/codec.h"
#include "server-core/image/palette-payload.h"
#include "server-core/image/palettise.h"

#include <spice/enums.h>

enum { DECODE_LZ4, DECODE_BITMAP, N_DECODES, HEAD = 3, MAX_PADDING = 16 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX,    QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR,     QXL_FORMAT_RGB15,
                                    QXL_FORMAT_A8,      QXL_FORMAT_PLT1_LE,
                                    QXL_FORMAT_PLT1_BE, QXL_FORMAT_PLT4_LE,
                                    QXL_FORMAT_PLT4_BE, QXL_FORMAT_PLT8};

/* bits that no encoding need send */
static uint8_t
kept_bits (QxlFormat format, size_t at)
{
  if (format == QXL_FORMAT_BGRX && at % 4 == 3)
    return 0;
  return format == QXL_FORMAT_RGB15 && at % 2 == 1 ? 0x7f : 0xff;
}

/* as it is on the wire; of a palette only the name, as if it were kept */
static GBytes *
write_payload (const SpcEncodedImage *encoded)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  spc_encoded_image_write (encoded, 0, SPC_PALETTE_IS_THERE, 1, writer);
  return qxl_writer_steal (writer);
}

static unsigned
index_at (const uint8_t *row, uint32_t x, unsigned bits, bool is_le)
{
  unsigned per_byte = 8 / bits, at = x % per_byte;

  if (!is_le)
    at = per_byte - 1 - at;
  return row[x / per_byte] >> at * bits & ((1u << bits) - 1);
}

static void
check_indices (const QxlImage *image, const ImagePixels *pixels)
{
  unsigned bits = qxl_format_bits_per_pixel (image->format);
  bool was_le = image->format == QXL_FORMAT_PLT1_LE ||
                image->format == QXL_FORMAT_PLT4_LE;
  bool is_le = pixels->format == SPICE_BITMAP_FMT_1BIT_LE ||
               pixels->format == SPICE_BITMAP_FMT_4BIT_LE;

  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++)
      g_assert_cmpuint (
          index_at (pixels->pixels + y * pixels->stride, x, bits, is_le), ==,
          index_at (qxl_image_row (image, y), x, bits, was_le));
}

static void
check_pixels (const QxlImage *image, const ImagePixels *pixels)
{
  for (uint32_t y = 0; y < image->height; y++)
    for (size_t i = 0; i < pixels->stride; i++)
      g_assert_cmphex ((pixels->pixels[y * pixels->stride + i] ^
                        qxl_image_row (image, y)[i]) &
                           kept_bits (image->format, i),
                       ==, 0);
}

static void
check_decodes (const QxlImage *image, const SpcEncodedImage *encoded)
{
  g_autoptr (GBytes) payload = write_payload (encoded);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_payload (encoded->type, encoded->width, encoded->height,
                        g_bytes_get_data (payload, NULL),
                        g_bytes_get_size (payload), &pixels, &error);
  g_assert_no_error (error);
  g_assert_true (pixels.top_down);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  if (image->palette != NULL)
    check_indices (image, &pixels);
  else
    check_pixels (image, &pixels);
}

/* whether clients find each index in the palette; of one bit, both */
static bool
is_sound (const QxlImage *image)
{
  unsigned bits = qxl_format_bits_per_pixel (image->format);

  if (bits == 1 && image->palette->n_entries < 2)
    return false;
  for (uint32_t y = 0; image->palette != NULL && y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++)
      if (index_at (qxl_image_row (image, y), x, bits,
                    image->format == QXL_FORMAT_PLT1_LE ||
                        image->format == QXL_FORMAT_PLT4_LE) >=
          image->palette->n_entries)
        return false;
  return true;
}

static void
round_trips (const QxlImage *image)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  size_t plain = spc_bitmap_payload_size (image);

  for (SpcImageCodec codec = 0; codec < SPC_N_CODECS; codec++) {
    SpcEncodedImage encoded;

    if (!spc_image_codec_takes (codec, image->format) ||
        spc_image_codec_is_lossy (codec))
      continue;
    if (!spc_image_encode (codec, image, scratch, &encoded, NULL)) {
      g_assert_false (is_sound (image));
      continue;
    }
    g_assert_true (is_sound (image));
    g_assert_false (encoded.is_lossy);
    g_assert_cmpuint (g_bytes_get_size (encoded.payload), <=, plain);
    check_decodes (image, &encoded);
    spc_encoded_image_clear (&encoded);
  }
}

static uint32_t
colour_at (const uint8_t *row, uint32_t x)
{
  row += (size_t)x * 4;
  return (uint32_t)(row[2] << 16 | row[1] << 8 | row[0]);
}

/* a picture as indices shows the same */
static void
check_palettised (const QxlImage *image)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) made = spc_palettise (image, 256, scratch);

  for (uint32_t y = 0; made != NULL && y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++) {
      unsigned index =
          index_at (qxl_image_row (made, y), x,
                    qxl_format_bits_per_pixel (made->format), false);

      g_assert_cmpuint (index, <, made->palette->n_entries);
      g_assert_cmphex (made->palette->entries[index], ==,
                       colour_at (qxl_image_row (image, y), x));
    }
}

static QxlPalette *
take_palette (FuzzBytes *bytes)
{
  uint32_t entries[QXL_PALETTE_MAX_ENTRIES];

  for (guint i = 0; i < QXL_PALETTE_MAX_ENTRIES; i++)
    entries[i] = i * 0x010305;
  return qxl_palette_new (1, entries, 1 + fuzz_byte (bytes));
}

static void
encode (QxlFormat format, uint32_t width, uint32_t height, FuzzBytes *bytes)
{
  unsigned unit = MAX (qxl_format_bytes_per_pixel (format), 1);
  size_t row = ((size_t)width * qxl_format_bits_per_pixel (format) + 7) / 8;
  size_t stride = row + fuzz_choice (bytes, MAX_PADDING);
  size_t size = stride * (height - 1) + row;
  g_autofree uint8_t *pixels = g_malloc (row * height);
  g_autofree uint8_t *rows = g_malloc (size); /* ends with the last pixel */
  g_autoptr (QxlImage) image = NULL;
  QxlPalette *palette =
      qxl_format_is_palette (format) ? take_palette (bytes) : NULL;

  fuzz_picture (bytes, pixels, row * height / unit, unit, NULL, 0);
  memset (rows, 0xee, size);
  for (uint32_t y = 0; y < height; y++)
    memcpy (rows + y * stride, pixels + y * row, row);
  image =
      qxl_image_new_wrapped (format, width, height, stride, rows, NULL, NULL);
  if (palette != NULL)
    qxl_image_take_palette (image, palette);
  round_trips (image);
  check_palettised (image);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t types[] = {SPICE_IMAGE_TYPE_LZ4,
                                  SPICE_IMAGE_TYPE_BITMAP};
  FuzzBytes bytes = fuzz_bytes (data, size);
  unsigned choice = fuzz_choice (&bytes, N_DECODES + G_N_ELEMENTS (formats));
  uint32_t width = 1 + fuzz_byte (&bytes), height = 1 + fuzz_byte (&bytes);
  g_auto (ImagePixels) pixels = {0};

  if (size < HEAD)
    return 0;
  if (choice < N_DECODES)
    image_decode_payload (types[choice], width, height, bytes.at, size - HEAD,
                          &pixels, NULL);
  else
    encode (formats[choice - N_DECODES], width, height, &bytes);
  return 0;
}
