/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "choose-codec.h"

#include "server-core/image/content.h"
#include "server-core/wire/protocol.h"

/* smaller images do not shrink (spec: images) */
#define MIN_COMPRESSED_BYTES 54u
/* QUIC looks at the neighbours of a pixel (spec: images) */
#define MIN_QUIC_SIDE 3u

/* Photos of fewer pixels stay exact: JPEG's tables alone are 620 bytes.
 * Measured on squares of a photo, JPEG takes so much of QUIC: 0.65 with 24
 * pixels a side, 0.44 with 32, 0.35 with 40, 0.24 with 64. */
#define MIN_LOSSY_PIXELS (40u * 40u)

/* what is done where nobody has said anything */
#define STANDARD_COMPRESSION SPICE_IMAGE_COMPRESSION_AUTO_GLZ

/* first step */

/* by SPICE_IMAGE_COMPRESSION_… */
static const struct {
  SpcCompression compression;
  bool wants_glz;
} meanings[] = {
    [SPICE_IMAGE_COMPRESSION_OFF] = {SPC_COMPRESSION_OFF, false},
    [SPICE_IMAGE_COMPRESSION_AUTO_GLZ] = {SPC_COMPRESSION_AUTO, true},
    [SPICE_IMAGE_COMPRESSION_AUTO_LZ] = {SPC_COMPRESSION_AUTO, false},
    [SPICE_IMAGE_COMPRESSION_QUIC] = {SPC_COMPRESSION_QUIC, false},
    [SPICE_IMAGE_COMPRESSION_GLZ] = {SPC_COMPRESSION_LZ, true},
    [SPICE_IMAGE_COMPRESSION_LZ] = {SPC_COMPRESSION_LZ, false},
    [SPICE_IMAGE_COMPRESSION_LZ4] = {SPC_COMPRESSION_LZ4, false},
};

bool
spc_compression_is_known (uint8_t asked)
{
  return asked != SPICE_IMAGE_COMPRESSION_INVALID &&
         asked < G_N_ELEMENTS (meanings);
}

static uint8_t
asked_of (const SpcLinkTraits *link)
{
  if (spc_compression_is_known (link->preferred))
    return link->preferred;
  if (spc_compression_is_known (link->configured.compression))
    return link->configured.compression;
  return link->is_local && link->takes_lz4 ? SPICE_IMAGE_COMPRESSION_LZ4
                                           : STANDARD_COMPRESSION;
}

static SpcCompression
with_palettes (SpcCompression compression)
{
  switch (compression) {
  case SPC_COMPRESSION_AUTO:
    return SPC_COMPRESSION_AUTO_PALETTES;
  case SPC_COMPRESSION_LZ:
    return SPC_COMPRESSION_LZ_PALETTES;
  default:
    return compression;
  }
}

static bool
is_used (SpcUse use, const SpcLinkTraits *link)
{
  return use == SPC_USE_ALWAYS || (use == SPC_USE_AUTO && link->is_slow);
}

SpcLinkCoding
spc_choose_coding (const SpcLinkTraits *link)
{
  uint8_t asked = asked_of (link);
  SpcLinkCoding coding = {
      .compression = meanings[asked].compression,
      .uses_glz = meanings[asked].wants_glz && link->takes_glz,
      .permits_loss = is_used (link->configured.jpeg, link),
      .deflates_glz = is_used (link->configured.zlib_glz, link),
  };

  if (coding.compression == SPC_COMPRESSION_LZ4 && !link->takes_lz4)
    coding.compression = SPC_COMPRESSION_LZ;
  if (link->takes_palettes)
    coding.compression = with_palettes (coding.compression);
  return coding;
}

/* second step */

static bool
is_for_quic (const QxlImage *image)
{
  return image->width >= MIN_QUIC_SIDE && image->height >= MIN_QUIC_SIDE;
}

static bool
is_for_jpeg (const QxlImage *image)
{
  return (uint64_t)image->width * image->height >= MIN_LOSSY_PIXELS;
}

static bool
is_photo (const QxlImage *image)
{
  return is_for_quic (image) && spc_content_of (image) == SPC_CONTENT_PHOTO;
}

/* for a photo, which is QUIC without loss */
static SpcImageCodec
codec_of_photo (const QxlImage *image, bool permits_loss, bool *by_loss)
{
  *by_loss = is_for_jpeg (image);
  return *by_loss && permits_loss ? SPC_CODEC_JPEG : SPC_CODEC_QUIC;
}

SpcImageCodec
spc_choose_codec (SpcCompression compression, const QxlImage *image,
                  bool permits_loss, bool *by_loss)
{
  *by_loss = false;
  if (qxl_image_size (image) < MIN_COMPRESSED_BYTES)
    return SPC_CODEC_BITMAP;
  switch (compression) {
  case SPC_COMPRESSION_AUTO:
  case SPC_COMPRESSION_AUTO_PALETTES:
    return is_photo (image) ? codec_of_photo (image, permits_loss, by_loss)
                            : SPC_CODEC_LZ;
  case SPC_COMPRESSION_QUIC:
    if (is_photo (image))
      return codec_of_photo (image, permits_loss, by_loss);
    return is_for_quic (image) ? SPC_CODEC_QUIC : SPC_CODEC_LZ;
  case SPC_COMPRESSION_LZ:
  case SPC_COMPRESSION_LZ_PALETTES:
    return SPC_CODEC_LZ;
  case SPC_COMPRESSION_LZ4:
    return SPC_CODEC_LZ4;
  default:
    return SPC_CODEC_BITMAP;
  }
}

bool
spc_compression_goes_by_content (SpcCompression compression)
{
  return compression == SPC_COMPRESSION_AUTO ||
         compression == SPC_COMPRESSION_AUTO_PALETTES;
}

SpcCompression
spc_compression_without_palettes (SpcCompression compression)
{
  switch (compression) {
  case SPC_COMPRESSION_AUTO_PALETTES:
    return SPC_COMPRESSION_AUTO;
  case SPC_COMPRESSION_LZ_PALETTES:
    return SPC_COMPRESSION_LZ;
  default:
    return compression;
  }
}

bool
spc_compression_has_palettes (SpcCompression compression)
{
  return compression == SPC_COMPRESSION_AUTO_PALETTES ||
         compression == SPC_COMPRESSION_LZ_PALETTES;
}
