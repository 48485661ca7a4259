/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JPEG both ways: any bytes do the decoders no harm, and what the encoder makes
 * of any pixels is a file as strict clients want it, with exact alphas.
 *
 * An input is a byte that chooses, a byte of the width and one of the height or
 * the quality; then a payload, or pixels. */
#include "fuzz.h"
#include "image-decoders.h"
#include "server-core/image/jpeg.h"

#include <spice/enums.h>

enum { DECODE, DECODE_ALPHA, N_DECODES, HEAD = 3 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15};

static void
decode (uint8_t type, const uint8_t *data, size_t size)
{
  g_auto (ImagePixels) pixels = {0};

  image_decode_payload (type, 1u + data[1], 1u + data[2], data + HEAD,
                        size - HEAD, &pixels, NULL);
}

static void
check_alphas (const QxlImage *image, const ImagePixels *pixels)
{
  for (uint32_t y = 0; y < image->height; y++)
    for (uint32_t x = 0; x < image->width; x++)
      g_assert_cmphex (pixels->pixels[y * pixels->stride + 4 * x + 3], ==,
                       qxl_image_row (image, y)[4 * x + 3]);
}

/* in a room that always suffices, then in one byte too few */
static void
round_trip (const QxlImage *image, int quality, SpcScratch *scratch)
{
  bool has_alpha = qxl_format_has_alpha (image->format);
  size_t room = 8192 + 4 * qxl_image_size (image);
  g_autofree uint8_t *payload = g_malloc (room);
  g_autofree uint8_t *shorter = NULL;
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  size_t size = spc_jpeg_encode (image, quality, scratch, payload, room);

  g_assert_cmpuint (size, >, 0);
  image_decode_payload (
      has_alpha ? SPICE_IMAGE_TYPE_JPEG_ALPHA : SPICE_IMAGE_TYPE_JPEG,
      image->width, image->height, payload, size, &pixels, &error);
  g_assert_no_error (error);
  if (has_alpha)
    check_alphas (image, &pixels);
  shorter = g_malloc (size - 1);
  g_assert_cmpuint (
      spc_jpeg_encode (image, quality, scratch, shorter, size - 1), ==, 0);
}

static void
encode (QxlFormat format, const uint8_t *data, size_t size)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  g_autoptr (QxlImage) image = NULL;
  uint32_t width = 1u + data[1];
  size_t stride = (size_t)width * qxl_format_bytes_per_pixel (format);
  uint32_t height = (uint32_t)((size - HEAD) / stride);

  if (height == 0 || height > SPC_JPEG_MAX_SIDE)
    return;
  image = qxl_image_new_wrapped (format, width, height, stride, data + HEAD,
                                 NULL, NULL);
  round_trip (image, data[2], scratch);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  unsigned choice;

  if (size < HEAD)
    return 0;
  choice = data[0] % (N_DECODES + G_N_ELEMENTS (formats));
  if (choice == DECODE)
    decode (SPICE_IMAGE_TYPE_JPEG, data, size);
  else if (choice == DECODE_ALPHA)
    decode (SPICE_IMAGE_TYPE_JPEG_ALPHA, data, size);
  else
    encode (formats[choice - N_DECODES], data, size);
  return 0;
}
