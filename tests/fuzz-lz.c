/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LZ both ways: any bytes do the decoders no harm, and any picture in any of
 * the pixel types comes back from what the encoder makes of it.
 *
 * An input is a byte that chooses, one of the width and one of the height; then
 * a stream or payload, or a byte of the orientation and a picture. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "image-decoders.h"
#include "server-core/image/lz.h"

#include <spice/enums.h>

enum { STREAM, PAYLOAD_RGB, PAYLOAD_PLT, N_DECODES, HEAD = 3 };

/* what is not sent, or is not as it was */
static uint8_t
kept_bits (SpcLzType type, size_t at)
{
  switch (type) {
  case SPC_LZ_RGB16:
    return at % 2 == 1 ? 0x7f : 0xff;
  case SPC_LZ_RGB32:
    return at % 4 == 3 ? 0 : 0xff;
  case SPC_LZ_XXXA:
    return at % 4 == 3 ? 0xff : 0;
  default:
    return 0xff;
  }
}

static void
check_decodes (const SpcLzImage *image, const uint8_t *stream, size_t size)
{
  size_t row = spc_lz_row_bytes (image->type, image->width);
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_lz (stream, size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pixels.lz_type, ==, image->type);
  g_assert_cmpint (pixels.top_down, ==, image->top_down);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  g_assert_cmpuint (pixels.stride, ==, row);
  for (size_t i = 0; i < row * image->height; i++)
    g_assert_cmphex ((pixels.pixels[i] ^ image->rows[i]) &
                         kept_bits (image->type, i),
                     ==, 0);
}

/* in a room that always suffices, then in one byte too few */
static void
round_trip (const SpcLzImage *image)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  size_t bytes = spc_lz_row_bytes (image->type, image->width) * image->height;
  size_t room = 64 + 2 * bytes;
  g_autofree uint8_t *stream = g_malloc (room);
  g_autofree uint8_t *shorter = NULL;
  size_t size = spc_lz_write (image, scratch, stream, room);

  g_assert_cmpuint (size, >, 0);
  check_decodes (image, stream, size);
  shorter = g_malloc (size - 1);
  g_assert_cmpuint (spc_lz_write (image, scratch, shorter, size - 1), ==, 0);
}

static void
encode (SpcLzType type, uint32_t width, uint32_t height, FuzzBytes *bytes)
{
  size_t row = spc_lz_row_bytes (type, width);
  unsigned unit = row % width == 0 ? (unsigned)(row / width) : 1;
  g_autofree uint8_t *rows = g_malloc (row * height);
  SpcLzImage image = {type, width, height, fuzz_choice (bytes, 2), rows};

  fuzz_picture (bytes, rows, row * height / unit, unit, NULL, 0);
  round_trip (&image);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t types[] = {SPICE_IMAGE_TYPE_LZ_RGB,
                                  SPICE_IMAGE_TYPE_LZ_PLT};
  FuzzBytes bytes = fuzz_bytes (data, size);
  unsigned choice = fuzz_choice (&bytes, N_DECODES + SPC_LZ_N_TYPES - 1);
  uint32_t width = 1 + fuzz_byte (&bytes), height = 1 + fuzz_byte (&bytes);
  g_auto (ImagePixels) pixels = {0};

  if (size < HEAD)
    return 0;
  if (choice == STREAM)
    image_decode_lz (bytes.at, size - HEAD, &pixels, NULL);
  else if (choice < N_DECODES)
    image_decode_payload (types[choice - PAYLOAD_RGB], width, height, bytes.at,
                          size - HEAD, &pixels, NULL);
  else
    encode (choice - N_DECODES + 1, width, height, &bytes);
  return 0;
}
