/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image-vectors-jpeg.h"

#include "image-decoders-jpeg.h"
#include "image-psnr.h"

#include <spice/enums.h>
#include <string.h>

/* dB that another implementation may be worse */
#define ALLOWANCE 0.5

/* what a file of few pixels is larger than them */
enum { FILE_HEAD = 4096 };

static const QxlFormat formats[] = {
    [SPICE_BITMAP_FMT_16BIT] = QXL_FORMAT_RGB15,
    [SPICE_BITMAP_FMT_24BIT] = QXL_FORMAT_BGR,
    [SPICE_BITMAP_FMT_32BIT] = QXL_FORMAT_BGRX,
    [SPICE_BITMAP_FMT_RGBA] = QXL_FORMAT_BGRA,
};

static bool
fail (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, what);
  return false;
}

bool
jpeg_vector_is_one (const Vector *vector)
{
  return g_str_has_prefix (vector->compare, "jpeg_psnr");
}

static QxlFormat
format_of (const ImagePixels *pixels)
{
  return pixels->format < G_N_ELEMENTS (formats) ? formats[pixels->format]
                                                 : QXL_FORMAT_INVALID;
}

static bool
same_alphas (const uint8_t *a, const uint8_t *b, uint32_t width)
{
  for (uint32_t x = 0; x < width; x++)
    if (a[4 * x + 3] != b[4 * x + 3])
      return false;
  return true;
}

bool
jpeg_vector_compare (const Vector *vector, GBytes *input, QxlFormat format,
                     const ImagePixels *pixels, GError **error)
{
  g_autofree uint8_t *want = g_malloc ((size_t)vector->width * 4);
  g_autofree uint8_t *got = g_malloc ((size_t)vector->width * 4);
  bool has_alpha = strcmp (vector->compare, "jpeg_psnr_plus_exact_alpha") == 0;
  uint64_t squares = 0;
  double psnr;

  if (pixels->width != vector->width || pixels->height != vector->height ||
      g_bytes_get_size (input) != vector->stride * vector->height ||
      format_of (pixels) == QXL_FORMAT_INVALID || format == QXL_FORMAT_INVALID)
    return fail (error, "other size or format than the input");
  for (uint32_t y = 0; y < vector->height; y++) {
    uint32_t from =
        pixels->top_down == vector->top_down ? y : vector->height - 1 - y;
    const uint8_t *row = pixels->pixels + from * pixels->stride;
    const uint8_t *in = g_bytes_get_data (input, NULL);

    in += y * vector->stride;
    qxl_format_row_to_bgrx (format, want, in, vector->width);
    qxl_format_row_to_bgrx (format_of (pixels), got, row, vector->width);
    squares += image_squared_error (want, got, vector->width);
    if (has_alpha && !same_alphas (in, row, vector->width))
      return fail (error, "other alphas than the input");
  }
  psnr = image_psnr (squares, (uint64_t)vector->width * vector->height);
  if (psnr >= vector->psnr - ALLOWANCE)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "PSNR is %.2f dB, the reference's %.2f", psnr, vector->psnr);
  return false;
}

bool
jpeg_vector_decode (const Vector *vector, GBytes *output, ImagePixels *pixels,
                    GError **error)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (output, &size);

  if (vector->jpeg_size)
    return image_decode_jpeg_alpha (data, size, vector->jpeg_size, true,
                                    vector->width, vector->height, pixels,
                                    error);
  return image_decode_jpeg (data, size, vector->width, vector->height, pixels,
                            error);
}

bool
jpeg_vector_encode (const Vector *vector, const QxlImage *image,
                    SpcScratch *scratch, ImagePixels *pixels, size_t *size,
                    GError **error)
{
  bool has_alpha = qxl_format_has_alpha (image->format);
  uint8_t type =
      has_alpha ? SPICE_IMAGE_TYPE_JPEG_ALPHA : SPICE_IMAGE_TYPE_JPEG;
  size_t room = FILE_HEAD + 2 * qxl_image_size (image);
  g_autofree uint8_t *payload = g_malloc (room);

  *size = spc_jpeg_encode (
      image, vector->quality ? vector->quality : SPC_DEFAULT_QUALITY, scratch,
      payload, room);
  if (*size == 0)
    return fail (error, "JPEG does not fit twice the input");
  if (!image_decode_payload (type, image->width, image->height, payload, *size,
                             pixels, error))
    return false;
  *size -= has_alpha ? 9 : 4;
  return true;
}
