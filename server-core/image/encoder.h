/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* encoder.h – image encodings as a table of pure functions.
 *
 * An encoder turns a QxlImage into the payload that stands behind the image
 * descriptor on the wire. Encoders run on workers, know no client and keep
 * nothing between calls but a scratch memory that belongs to one worker.
 * Threads: any; a scratch serves one call at a time. */
#pragma once

#include "qxl/image.h"
#include <gio/gio.h>
#include <stdbool.h>

typedef enum {
  SPC_CODEC_BITMAP,
  SPC_CODEC_LZ,
  SPC_CODEC_LZ4,
  SPC_CODEC_QUIC,
  SPC_CODEC_JPEG, /* lossy; JPEG_ALPHA of images with alpha */
  SPC_N_CODECS
} SpcImageCodec;

/* an encoded image: what a draw message needs to carry it */
typedef struct {
  uint8_t type;  /* SPICE_IMAGE_TYPE_… of the descriptor */
  uint8_t flags; /* SPICE_IMAGE_FLAGS_… the encoding asks for */
  uint32_t width, height;
  bool is_lossy;   /* decodes to other pixels than the image's */
  GBytes *payload; /* the type-specific part, after the 18-byte descriptor */
  /* NULL: none; else what viewers share of the payload, which has it left out
   * at @body_at */
  GBytes *body;
  size_t body_at;
  /* NULL: none; else the payload lacks it and its reference, which are put in
   * when it is written (palette-payload.h) */
  QxlPalette *palette;
} SpcEncodedImage;

void spc_encoded_image_clear (SpcEncodedImage *self);
/* bytes of the payload, what is left out included */
size_t spc_encoded_image_size (const SpcEncodedImage *self);
/* puts in what the payload leaves out */
void spc_encoded_image_join (SpcEncodedImage *self);

/* reusable memory of one worker */
typedef struct _SpcScratch SpcScratch;

SpcScratch *spc_scratch_new (void);
/* where payloads lie: at first, and with NULL, in no pool */
void spc_scratch_use_blocks (SpcScratch *self, QxlBlocks *blocks);
void spc_scratch_free (SpcScratch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcScratch, spc_scratch_free)

/* "bitmap", "lz", "lz4", "quic", "jpeg" */
const char *spc_image_codec_name (SpcImageCodec codec);
bool spc_image_codec_takes (SpcImageCodec codec, QxlFormat format);
/* whether what it makes may decode to other colours; alpha is always exact */
bool spc_image_codec_is_lossy (SpcImageCodec codec);

/**
 * spc_image_encode:
 * @codec: how
 * @image: in a format that @codec takes
 * @scratch: of the calling worker
 * @out: filled; clear it afterwards
 *
 * Encodes. A compressed form that is not smaller than the plain one is given
 * up for BITMAP, so the result's type may differ from what was asked. It
 * decodes to the same pixels unless @out says that it is lossy, which only the
 * result of a lossy codec is; that one works at SPC_DEFAULT_QUALITY. Palettes
 * are taken with 1, 4 and 8 bits a pixel; LZ keeps the order of bits, BITMAP
 * puts the leftmost pixel in the highest bits, as clients show no other.
 *
 * Returns: false only when the format does not fit, an index lies beyond the
 * palette, or the size is over what the encoding can express; @error tells the
 * numbers.
 */
bool spc_image_encode (SpcImageCodec codec, const QxlImage *image,
                       SpcScratch *scratch, SpcEncodedImage *out,
                       GError **error);

/* 1 to 100; libspice-server's */
#define SPC_DEFAULT_QUALITY 85

/**
 * spc_image_encode_lossy:
 * @codec: a lossy one
 * @image: in a format that @codec takes
 * @quality: 1 (smallest) to 100; what is beyond counts as the nearer of them
 * @scratch: of the calling worker
 * @out: filled; clear it afterwards
 *
 * As spc_image_encode(), at a quality. Lossless codecs know none and make the
 * same at each.
 */
bool spc_image_encode_lossy (SpcImageCodec codec, const QxlImage *image,
                             int quality, SpcScratch *scratch,
                             SpcEncodedImage *out, GError **error);
