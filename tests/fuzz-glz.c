/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GLZ both ways: any bytes do the decoder no harm, and any sequence of pictures
 * comes back from what a dictionary makes of it, over a small window, resets,
 * viewers that join with one, and deflated.
 *
 * An input is a byte that chooses and a word of the window, in 16 pixels. Then
 * payloads, each behind a byte of its type and a word of its size; or images,
 * each a byte of what to do with it, one of the width, one of the height and a
 * picture of as many bytes as a word says. */
#include "fuzz-bytes.h"
#include "fuzz.h"
#include "image-decoders-glz.h"
#include "server-core/image/glz.h"

#include <spice/enums.h>
#include <string.h>

enum { POOL = 1 << 16, WINDOW_STEP = 16 };

static const QxlFormat formats[] = {QXL_FORMAT_BGRX, QXL_FORMAT_BGRA,
                                    QXL_FORMAT_BGR, QXL_FORMAT_RGB15};

/* of the byte of an image */
enum {
  FORMAT = 3,
  BOTTOM_UP = 4,
  DEFLATE = 8,
  RESET = 16,
  JOIN = 32, /* with RESET: to a viewer who has come with it */
};

/* a server's side and a viewer's */
typedef struct {
  SpcGlzDictionary *dictionary;
  GlzDecoder *viewer;
  SpcScratch *scratch;
  uint64_t window;
  uint64_t next_id; /* the viewer's */
  uint8_t *pool;    /* the image before */
  size_t pool_size;
} Pair;

static uint8_t
kept_bits (QxlFormat format, size_t at)
{
  if (format == QXL_FORMAT_BGRX && at % 4 == 3)
    return 0;
  return format == QXL_FORMAT_RGB15 && at % 2 == 1 ? 0x7f : 0xff;
}

static FuzzBytes
take_part (FuzzBytes *bytes)
{
  size_t size = fuzz_word (bytes), left = (size_t)(bytes->end - bytes->at);
  FuzzBytes part = fuzz_bytes (bytes->at, size < left ? size : left);

  bytes->at = part.end;
  return part;
}

/* decoding */

static void
decode (uint64_t window, FuzzBytes *bytes)
{
  g_autoptr (GlzDecoder) decoder = glz_decoder_new (window);

  while (fuzz_has_more (bytes)) {
    uint8_t type = fuzz_choice (bytes, 2) ? SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB
                                          : SPICE_IMAGE_TYPE_GLZ_RGB;
    FuzzBytes part = take_part (bytes);
    g_auto (ImagePixels) pixels = {0};

    glz_decoder_decode_payload (decoder, type, part.at,
                                (size_t)(part.end - part.at), &pixels, NULL);
  }
}

/* encoding */

static void
check_decodes (Pair *self, const SpcGlzStream *stream, const QxlImage *image,
               bool top_down)
{
  SpcEncodedImage encoded;
  g_auto (ImagePixels) pixels = {0};
  g_autoptr (GError) error = NULL;
  const uint8_t *payload, *rows = qxl_image_row (image, 0);
  gsize size;

  spc_glz_stream_payload (stream, self->next_id++, &encoded);
  spc_encoded_image_join (&encoded);
  payload = g_bytes_get_data (encoded.payload, &size);
  glz_decoder_decode_payload (self->viewer, encoded.type, payload, size,
                              &pixels, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pixels.top_down, ==, top_down);
  g_assert_cmpuint (pixels.width, ==, image->width);
  g_assert_cmpuint (pixels.height, ==, image->height);
  for (size_t i = 0; i < pixels.stride * pixels.height; i++)
    g_assert_cmphex (
        (pixels.pixels[i] ^ rows[i]) & kept_bits (image->format, i), ==, 0);
  spc_encoded_image_clear (&encoded);
}

static void
encode (Pair *self, QxlImage *image, unsigned what)
{
  g_auto (SpcGlzStream) stream = {0};

  if (what & RESET)
    spc_glz_dictionary_reset (self->dictionary);
  if ((what & RESET) && (what & JOIN)) {
    glz_decoder_free (self->viewer);
    self->viewer = glz_decoder_new (self->window);
    self->next_id = 0;
  }
  if (!spc_glz_dictionary_takes (self->dictionary, image->format, image->width,
                                 image->height))
    return;
  g_assert_true (spc_glz_encode_stored (self->dictionary, image,
                                        !(what & BOTTOM_UP), self->scratch,
                                        &stream, NULL));
  if (what & DEFLATE)
    spc_glz_stream_deflate (&stream, self->scratch);
  check_decodes (self, &stream, image, !(what & BOTTOM_UP));
}

static void
take_image (Pair *self, FuzzBytes *bytes)
{
  unsigned what = fuzz_byte (bytes);
  uint32_t width = 1 + fuzz_byte (bytes), height = 1 + fuzz_byte (bytes);
  FuzzBytes part = take_part (bytes);
  QxlFormat format = formats[what & FORMAT];
  uint8_t *pixels;
  g_autoptr (QxlImage) image = qxl_image_new (format, width, height, &pixels);
  size_t size = qxl_image_size (image);

  fuzz_picture (&part, pixels, (size_t)width * height,
                qxl_format_bytes_per_pixel (format), self->pool,
                self->pool_size);
  self->pool_size = size < POOL ? size : POOL;
  memcpy (self->pool, pixels, self->pool_size);
  encode (self, image, what);
}

static void
round_trips (uint64_t window, FuzzBytes *bytes)
{
  Pair pair = {spc_glz_dictionary_new (window),
               glz_decoder_new (window),
               spc_scratch_new (),
               window,
               0,
               g_malloc (POOL),
               0};

  while (fuzz_has_more (bytes))
    take_image (&pair, bytes);
  spc_glz_dictionary_free (pair.dictionary);
  glz_decoder_free (pair.viewer);
  spc_scratch_free (pair.scratch);
  g_free (pair.pool);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzBytes bytes = fuzz_bytes (data, size);
  bool encodes = fuzz_choice (&bytes, 2);
  uint64_t window = (uint64_t)WINDOW_STEP * fuzz_word (&bytes);

  if (encodes)
    round_trips (window, &bytes);
  else
    decode (window, &bytes);
  return 0;
}
