/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-decoders-quic.h – a decoder of QUIC streams, to judge our encoder by.
 *
 * Written from the format's description alone (spec: QUIC), one
 * pixel at a time and without tables of codes, so that it shares no mistake
 * with an encoder that has them. Strict: a run beyond its segment, a bit set
 * in the padding, a missing or an additional word are errors. It takes any
 * bytes; the size in the header must be one that the stream's length can hold.
 * Threads: any. */
#pragma once

#include "image-decoders.h"
#include "qxl/image.h"

/* types in the header of a QUIC stream */
typedef enum {
  QUIC_GRAY = 1,
  QUIC_RGB16,
  QUIC_RGB24,
  QUIC_RGB32,
  QUIC_RGBA,
  QUIC_N_TYPES
} ImageQuicType;

/* one stream, without the payload's head. What is not coded (the fourth byte
 * of RGB32, the top bit of RGB16) is 0 in @out; GRAY is 8BIT there. */
bool image_decode_quic (const uint8_t *data, size_t size, ImagePixels *out,
                        GError **error);

/* Does @image show the pixels of a stream of this type? One of RGB24 and GRAY
 * has four bytes a pixel, too. */
bool image_quic_is_shown (ImageQuicType type, const ImagePixels *pixels,
                          const QxlImage *image);
