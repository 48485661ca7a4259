/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "choose-codec.h"

#include "server-core/wire/protocol.h"

/* smaller images do not shrink (spec: images) */
#define MIN_COMPRESSED_BYTES 54u

static SpcImageCodec
obey (const SpcLinkTraits *link)
{
  switch (link->preferred) {
  case SPICE_IMAGE_COMPRESSION_OFF:
    return SPC_CODEC_BITMAP;
  case SPICE_IMAGE_COMPRESSION_LZ4:
    return link->takes_lz4 ? SPC_CODEC_LZ4 : SPC_CODEC_LZ;
  default:
    return SPC_CODEC_LZ;
  }
}

SpcImageCodec
spc_choose_codec (const SpcLinkTraits *link, const QxlImage *image)
{
  if (qxl_image_size (image) < MIN_COMPRESSED_BYTES)
    return SPC_CODEC_BITMAP;
  if (link->preferred != SPICE_IMAGE_COMPRESSION_INVALID)
    return obey (link);
  if (link->is_local && link->takes_lz4)
    return SPC_CODEC_LZ4;
  return SPC_CODEC_LZ;
}
