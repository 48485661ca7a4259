/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-decoders.h – decoders of image payloads, to judge our encoders by.
 *
 * Written from the format's description alone and as strict as the strictest
 * client: what would make one abort (bytes left over, a token that produces
 * too much, a match from before the start) is an error here. They take any
 * bytes and allocate for the result no more than these can become, and never
 * more than IMAGE_DECODERS_LIMIT.
 * Threads: any. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* bytes of pixels; more is refused */
#define IMAGE_DECODERS_LIMIT ((size_t)1 << 28)

/* types in the header of an LZ stream */
typedef enum {
  LZ_PLT1_LE = 1,
  LZ_PLT1_BE,
  LZ_PLT4_LE,
  LZ_PLT4_BE,
  LZ_PLT8,
  LZ_RGB16,
  LZ_RGB24,
  LZ_RGB32,
  LZ_RGBA,
  LZ_XXXA,
  LZ_A8,
  LZ_N_TYPES
} ImageLzType;

/* decoded pixels, rows without padding and in the order they were stored */
typedef struct {
  uint8_t format;  /* SPICE_BITMAP_FMT_…; INVALID for LZ_XXXA */
  uint8_t lz_type; /* of an LZ stream, else 0 */
  bool top_down;
  uint32_t width, height;
  size_t stride;         /* bytes of a row */
  uint32_t max_distance; /* of the matches of an LZ stream, units */
  uint8_t *pixels;       /* stride × height bytes, owned */
} ImagePixels;

void image_pixels_clear (ImagePixels *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ImagePixels, image_pixels_clear)

/* the type-specific part that stands behind an image descriptor of @type
 * (SPICE_IMAGE_TYPE_… BITMAP, LZ_RGB, LZ_PLT, LZ4, QUIC, JPEG, JPEG_ALPHA),
 * with nothing behind it.
 * Palettes are not applied: pixels of palette types are their indices. */
bool image_decode_payload (uint8_t type, uint32_t width, uint32_t height,
                           const uint8_t *payload, size_t size,
                           ImagePixels *out, GError **error);

/* single streams, without the payload's head */
bool image_decode_lz (const uint8_t *data, size_t size, ImagePixels *out,
                      GError **error);
bool image_decode_lz4 (const uint8_t *data, size_t size, uint32_t width,
                       uint32_t height, ImagePixels *out, GError **error);
