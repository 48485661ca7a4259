/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-decoders-glz.h – a viewer's side of GLZ, to judge our encoder by.
 *
 * Written from the format's description alone, and stricter than clients: ids
 * without a gap, a head that never goes back, no more pixels in the window than
 * it has, matches only into images of the window, of the same type, and not
 * beyond their end. It takes any bytes, allocates no more than these can
 * become, and holds what the window does. An image that fails is not kept.
 * Threads: any, one at a time. */
#pragma once

#include "image-decoders.h"

typedef struct _GlzDecoder GlzDecoder;

GlzDecoder *glz_decoder_new (uint64_t window_pixels);
void glz_decoder_free (GlzDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GlzDecoder, glz_decoder_free)

/* what was seen */
typedef struct {
  uint64_t next_id;
  uint64_t head_distance; /* of the last image */
  uint64_t n_images;      /* in the window */
  uint64_t max_image;     /* largest image distance of all matches */
  uint64_t max_pixel;     /* largest pixel number */
  uint64_t references;    /* matches into other images */
} GlzDecoderState;

const GlzDecoderState *glz_decoder_state (const GlzDecoder *self);

/* a stream, without the payload's head */
bool glz_decoder_decode (GlzDecoder *self, const uint8_t *data, size_t size,
                         ImagePixels *out, GError **error);
/* the same, deflated; @glz_size: what it must become */
bool glz_decoder_decode_zlib (GlzDecoder *self, const uint8_t *data,
                              size_t size, size_t glz_size, ImagePixels *out,
                              GError **error);
/* the type-specific part behind a descriptor of GLZ_RGB or ZLIB_GLZ_RGB */
bool glz_decoder_decode_payload (GlzDecoder *self, uint8_t type,
                                 const uint8_t *payload, size_t size,
                                 ImagePixels *out, GError **error);
