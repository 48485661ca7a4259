/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "choose-codec.h"

#include "server-core/image/graduality.h"
#include "server-core/wire/protocol.h"

/* smaller images do not shrink (spec: images) */
#define MIN_COMPRESSED_BYTES 54u
/* QUIC looks at the neighbours of a pixel (spec: images) */
#define MIN_QUIC_SIDE 3u

SpcCompression
spc_choose_compression (const SpcLinkTraits *link)
{
  switch (link->preferred) {
  case SPICE_IMAGE_COMPRESSION_OFF:
    return SPC_COMPRESSION_OFF;
  case SPICE_IMAGE_COMPRESSION_QUIC:
    return SPC_COMPRESSION_QUIC;
  case SPICE_IMAGE_COMPRESSION_LZ:
    return SPC_COMPRESSION_LZ;
  case SPICE_IMAGE_COMPRESSION_LZ4:
    return link->takes_lz4 ? SPC_COMPRESSION_LZ4 : SPC_COMPRESSION_LZ;
  case SPICE_IMAGE_COMPRESSION_INVALID:
    break;
  default:
    return SPC_COMPRESSION_AUTO;
  }
  if (link->is_local && link->takes_lz4)
    return SPC_COMPRESSION_LZ4;
  return SPC_COMPRESSION_AUTO;
}

static bool
is_for_quic (const QxlImage *image)
{
  return image->width >= MIN_QUIC_SIDE && image->height >= MIN_QUIC_SIDE;
}

SpcImageCodec
spc_choose_codec (SpcCompression compression, const QxlImage *image)
{
  if (qxl_image_size (image) < MIN_COMPRESSED_BYTES)
    return SPC_CODEC_BITMAP;
  switch (compression) {
  case SPC_COMPRESSION_AUTO:
    return is_for_quic (image) &&
                   spc_graduality (image, NULL) == SPC_GRADUALITY_HIGH
               ? SPC_CODEC_QUIC
               : SPC_CODEC_LZ;
  case SPC_COMPRESSION_QUIC:
    return is_for_quic (image) ? SPC_CODEC_QUIC : SPC_CODEC_LZ;
  case SPC_COMPRESSION_LZ:
    return SPC_CODEC_LZ;
  case SPC_COMPRESSION_LZ4:
    return SPC_CODEC_LZ4;
  default:
    return SPC_CODEC_BITMAP;
  }
}
