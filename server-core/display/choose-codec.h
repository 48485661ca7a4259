/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choose-codec.h – which encoding an image gets on a link.
 *
 * Pure: numbers in, a codec out. */
#pragma once

#include "server-core/image/encoder.h"

/* SPICE_IMAGE_COMPRESSION_…, as a client may ask for */
typedef struct {
  bool takes_lz4;    /* the client can decode it */
  bool is_local;     /* no network in between: bytes cost next to nothing */
  uint8_t preferred; /* SPICE_IMAGE_COMPRESSION_…, 0: none asked for */
} SpcLinkTraits;

SpcImageCodec spc_choose_codec (const SpcLinkTraits *link,
                                const QxlImage *image);
