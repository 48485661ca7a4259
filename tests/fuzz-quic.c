/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QUIC both ways: any bytes do the decoder no harm, and any pixels come back
 * from what each variant of the encoder makes of them, which is the same.
 *
 * An input is a byte that chooses; then a stream, or a byte of the width and
 * pixels. */
#include "fuzz.h"
#include "image-decoders-quic.h"
#include "server-core/image/quic.h"

static const uint8_t pixel_bytes[SPC_QUIC_N_TYPES] = {
    [SPC_QUIC_GRAY] = 1,  [SPC_QUIC_RGB16] = 2, [SPC_QUIC_RGB24] = 3,
    [SPC_QUIC_RGB32] = 4, [SPC_QUIC_RGBA] = 4,
};

/* what is not sent is 0 after decoding */
static uint8_t
sent_bits (SpcQuicType type, size_t at)
{
  if (type == SPC_QUIC_RGB32 && at % 4 == 3)
    return 0;
  return type == SPC_QUIC_RGB16 && at % 2 == 1 ? 0x7f : 0xff;
}

static void
check_decodes (const SpcQuicImage *image, const uint8_t *stream, size_t size)
{
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;

  image_decode_quic (stream, size, &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  for (size_t i = 0; i < image->stride * image->height; i++)
    g_assert_cmphex (pixels.pixels[i], ==,
                     image->rows[i] & sent_bits (image->type, i));
}

static void
round_trip (SpcQuicType type, const uint8_t *data, size_t size)
{
  g_autoptr (SpcScratch) scratch = spc_scratch_new ();
  SpcQuicImage image = {.type = type, .width = 1 + data[0]};
  size_t room = 256 + 16 * size;
  g_autofree uint8_t *first = g_malloc (room);
  g_autofree uint8_t *other = g_malloc (room);
  size_t first_size = 0;

  image.stride = (size_t)image.width * pixel_bytes[type];
  image.height = (uint32_t)((size - 1) / image.stride);
  image.rows = data + 1;
  if (image.height == 0)
    return;
  for (unsigned i = 0; spc_quic_kernels_at (i); i++) {
    const SpcQuicKernels *kernels = spc_quic_kernels_at (i);
    uint8_t *to = first_size ? other : first;
    size_t n;

    if (!kernels->is_supported ())
      continue;
    n = spc_quic_write_with (kernels, &image, scratch, to, room);
    g_assert_cmpuint (n, >, 0);
    if (first_size)
      g_assert_cmpmem (first, first_size, other, n);
    first_size = n;
  }
  check_decodes (&image, first, first_size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (ImagePixels) pixels = {0};
  unsigned choice;

  if (size < 2)
    return 0;
  choice = data[0] % SPC_QUIC_N_TYPES;
  if (choice == 0)
    image_decode_quic (data + 1, size - 1, &pixels, NULL);
  else
    round_trip (choice, data + 1, size - 1);
  return 0;
}
