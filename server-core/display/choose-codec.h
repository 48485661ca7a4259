/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choose-codec.h – which encoding an image gets on a link.
 *
 * In two steps, both pure. The link gives a coding: by what its client can
 * decode and asks for, what the server is configured to do, how fast the link
 * is. Viewers of one compression share encodings. Then, on a worker, the
 * compression and the image's content give the codec. */
#pragma once

#include "server-core/channel/config.h"
#include "server-core/image/encoder.h"

typedef enum {
  SPC_COMPRESSION_OFF,
  SPC_COMPRESSION_AUTO, /* by content: LZ for drawings, QUIC for photos */
  SPC_COMPRESSION_QUIC,
  SPC_COMPRESSION_LZ,
  SPC_COMPRESSION_LZ4,
  /* the same with palettes for drawings of few colours */
  SPC_COMPRESSION_AUTO_PALETTES,
  SPC_COMPRESSION_LZ_PALETTES,
  SPC_N_COMPRESSIONS
} SpcCompression;

typedef struct {
  SpcImageConfig configured;
  uint8_t preferred; /* by the client: SPICE_IMAGE_COMPRESSION_…, 0: none; goes
                        before what is configured */
  bool takes_lz4;    /* the client can decode it */
  bool takes_glz;    /* the client keeps a window for it on this channel */
  bool takes_palettes;
  bool is_local; /* no network in between: bytes cost next to nothing */
  bool is_slow;  /* measured, and little */
} SpcLinkTraits;

typedef struct {
  SpcCompression compression;
  bool uses_glz;     /* what would be LZ goes through the dictionary, and is LZ
                        only where that does not take it */
  bool permits_loss; /* where a draw permits it */
  bool deflates_glz;
} SpcLinkCoding;

/* of SPICE_IMAGE_COMPRESSION_…: not 0, not of some later protocol */
bool spc_compression_is_known (uint8_t asked);
SpcLinkCoding spc_choose_coding (const SpcLinkTraits *link);
/* @permits_loss: the link and the draw do: photos may be JPEG, unless they are
 * small. *@by_loss: whether that decides, the image being such a photo. */
SpcImageCodec spc_choose_codec (SpcCompression compression,
                                const QxlImage *image, bool permits_loss,
                                bool *by_loss);
/* photos are coded otherwise than drawings */
bool spc_compression_goes_by_content (SpcCompression compression);
/* the same, but LZ is never of indices */
SpcCompression spc_compression_without_palettes (SpcCompression compression);
/* LZ may be of indices, of pictures that it pays for */
bool spc_compression_has_palettes (SpcCompression compression);
