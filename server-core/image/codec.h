/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* codec.h – what the table of encoders shares with its rows; image/ only.
 *
 * A row writes a payload into memory it is given and says how long it became;
 * 0 means that it did not fit, and the table then sends BITMAP. Rows keep
 * working memory in slots of the scratch, which grow to the largest image seen
 * and stay there: after the first frames nothing is allocated any more.
 * Threads: as encoder.h. */
#pragma once

#include "encoder.h"
#include <string.h>

/* what a slot is for; each is owned by one row during one call */
typedef enum {
  SPC_SLOT_STREAM,  /* the compressed payload; the table's */
  SPC_SLOT_PIXELS,  /* rows without padding, or a row that may not fit */
  SPC_SLOT_PLANES,  /* colours or alphas taken from them, and their residuals */
  SPC_SLOT_TABLE,   /* hash tables, LZ4's state */
  SPC_SLOT_INDICES, /* of a picture that was given a palette */
  SPC_N_SLOTS
} SpcSlot;

/* memory of at least @size bytes, aligned as malloc does; its old content is
 * kept only if it was large enough before */
void *spc_scratch_get (SpcScratch *self, SpcSlot slot, size_t size);

/* where payloads lie, or NULL */
QxlBlocks *spc_scratch_blocks (const SpcScratch *self);

/* @size bytes at *@to, for the caller to fill before it shares them */
GBytes *spc_payload_new (QxlBlocks *blocks, size_t size, uint8_t **to);
/* a copy of @data, which may be in a slot */
GBytes *spc_payload_new_copy (QxlBlocks *blocks, const void *data, size_t size);

/* bytes in all slots */
size_t spc_scratch_size (const SpcScratch *self);

/* the rows of @image without padding: its own memory if it is so already,
 * else a copy in SPC_SLOT_PIXELS */
const uint8_t *spc_codec_tight_rows (const QxlImage *image,
                                     SpcScratch *scratch);

/* numbers of payloads, at any alignment */
static inline void
spc_put_u32_le (uint8_t *to, uint32_t value)
{
  uint32_t little = GUINT32_TO_LE (value);

  memcpy (to, &little, sizeof little);
}

static inline void
spc_put_u32_be (uint8_t *to, uint32_t value)
{
  uint32_t big = GUINT32_TO_BE (value);

  memcpy (to, &big, sizeof big);
}

/* writes a payload of at most @room bytes to @to, never beyond; returns its
 * size, or 0 if it does not fit */
typedef size_t (*SpcEncodeFunc) (const QxlImage *image, SpcScratch *scratch,
                                 uint8_t *to, size_t room);

/* the compressing rows, each an SpcEncodeFunc */
size_t spc_lz_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
                      size_t room);
size_t spc_lz4_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
                       size_t room);
/* images of less than 3 pixels in width or height do not fit */
size_t spc_quic_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
                        size_t room);

/* the same at a quality of 1 to 100: decodes to other pixels than @image's */
typedef size_t (*SpcEncodeLossyFunc) (const QxlImage *image, int quality,
                                      SpcScratch *scratch, uint8_t *to,
                                      size_t room);

/* JPEG, of formats with alpha JPEG_ALPHA */
size_t spc_jpeg_encode (const QxlImage *image, int quality, SpcScratch *scratch,
                        uint8_t *to, size_t room);

/* BITMAP: the whole payload, and its size in advance; without a palette and its
 * reference if it is to have one */
size_t spc_bitmap_payload_size (const QxlImage *image);
GBytes *spc_bitmap_encode (const QxlImage *image, SpcScratch *scratch);
