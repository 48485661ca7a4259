/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of encoders, and LZ4 and plain bitmaps both ways: any bytes do the
 * decoders no harm, and any picture, with padding behind its rows or without,
 * comes back from what each lossless encoding makes of it.
 *
 * An input is a byte that chooses, one of the width and one of the height; then
 * a payload, or a byte of the padding and a picture. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "image-decoders.h"
#include "server-core/image/codec.h"

#include <spice/enums.h>

enum { DECODE_LZ4, DECODE_BITMAP, N_DECODES, HEAD = 3, MAX_PADDING = 16 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15,
                                    QXL_FORMAT_A8};

/* bits that no encoding need send */
static uint8_t
kept_bits (QxlFormat format, size_t at)
{
  if (format == QXL_FORMAT_BGRX && at % 4 == 3)
    return 0;
  return format == QXL_FORMAT_RGB15 && at % 2 == 1 ? 0x7f : 0xff;
}

static void
check_decodes (const QxlImage *image, const SpcEncodedImage *encoded)
{
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  gsize size;
  const uint8_t *payload = g_bytes_get_data (encoded->payload, &size);

  image_decode_payload (encoded->type, encoded->width, encoded->height, payload,
                        size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_true (pixels.top_down);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  for (uint32_t y = 0; y < image->height; y++)
    for (size_t i = 0; i < pixels.stride; i++)
      g_assert_cmphex (
          (pixels.pixels[y * pixels.stride + i] ^ qxl_image_row (image, y)[i]) &
              kept_bits (image->format, i),
          ==, 0);
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
    g_assert_true (spc_image_encode (codec, image, scratch, &encoded, NULL));
    g_assert_false (encoded.is_lossy);
    g_assert_cmpuint (g_bytes_get_size (encoded.payload), <=, plain);
    check_decodes (image, &encoded);
    spc_encoded_image_clear (&encoded);
  }
}

static void
encode (QxlFormat format, uint32_t width, uint32_t height, FuzzBytes *bytes)
{
  unsigned unit = qxl_format_bytes_per_pixel (format);
  size_t row = (size_t)width * unit;
  size_t stride = row + fuzz_choice (bytes, MAX_PADDING);
  size_t size = stride * (height - 1) + row;
  g_autofree uint8_t *pixels = g_malloc (row * height);
  g_autofree uint8_t *rows = g_malloc (size); /* ends with the last pixel */
  g_autoptr (QxlImage) image = NULL;

  fuzz_picture (bytes, pixels, (size_t)width * height, unit, NULL, 0);
  memset (rows, 0xee, size);
  for (uint32_t y = 0; y < height; y++)
    memcpy (rows + y * stride, pixels + y * row, row);
  image =
      qxl_image_new_wrapped (format, width, height, stride, rows, NULL, NULL);
  round_trips (image);
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
