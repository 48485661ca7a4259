/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decoder of producers' QUIC images: any bytes do it no harm, and where the
 * independent decoder finds pixels it shows the same.
 *
 * An input is a stream; the size in its header is taken for the image's, unless
 * it is of more pixels than a fuzzer has time for. */
#include "fuzz.h"
#include "image-decoders-quic.h"
#include "server-core/image/quic-decode.h"

#include <string.h>

enum { TYPE_AT = 8, WIDTH_AT = 12, HEIGHT_AT = 16, HEADER_SIZE = 20 };

#define MAX_PIXELS (1u << 20)

static uint32_t
word_at (const uint8_t *data, size_t at)
{
  uint32_t word;

  memcpy (&word, data + at, 4);
  return GUINT32_FROM_LE (word);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (QxlImage) image = NULL;
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  uint32_t width = 1, height = 1;

  if (size >= HEADER_SIZE) {
    width = word_at (data, WIDTH_AT);
    height = word_at (data, HEIGHT_AT);
  }
  if ((uint64_t)width * height > MAX_PIXELS)
    return 0;
  image = spc_quic_decode (data, size, width, height, &error);
  g_assert_true ((image == NULL) == (error != NULL));
  if (image_decode_quic (data, size, &pixels, NULL)) {
    g_assert_no_error (error);
    g_assert_true (image_quic_is_shown (data[TYPE_AT], &pixels, image));
  }
  return 0;
}
