/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choose-codec.h – which encoding an image gets on a link.
 *
 * In two steps, both pure. The link gives a compression: what its client can
 * decode and asks for. Viewers of one compression share encodings. Then, on a
 * worker, the compression and the image's content give the codec. */
#pragma once

#include "server-core/image/encoder.h"

typedef enum {
  SPC_COMPRESSION_OFF,
  SPC_COMPRESSION_AUTO, /* by content: LZ for drawings, QUIC for photos */
  SPC_COMPRESSION_QUIC,
  SPC_COMPRESSION_LZ,
  SPC_COMPRESSION_LZ4,
  SPC_N_COMPRESSIONS
} SpcCompression;

typedef struct {
  bool takes_lz4;    /* the client can decode it */
  bool is_local;     /* no network in between: bytes cost next to nothing */
  uint8_t preferred; /* SPICE_IMAGE_COMPRESSION_…, 0: none asked for */
} SpcLinkTraits;

SpcCompression spc_choose_compression (const SpcLinkTraits *link);
SpcImageCodec spc_choose_codec (SpcCompression compression,
                                const QxlImage *image);
