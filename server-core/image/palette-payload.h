/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palette-payload.h – encoded images of palettes, as each viewer gets them.
 *
 * The coded indices are the same for all viewers; how the palette comes to one
 * depends on what its client keeps (spec: palettes). So an encoded image holds
 * both apart, and they are joined when it is written into a message: nothing
 * but a few bytes of head is copied. Images without a palette are written as
 * they are. Threads: any, a writer serves one at a time. */
#pragma once

#include "encoder.h"
#include "qxl/bytes.h"

/* how a palette comes to a viewer */
typedef enum {
  SPC_PALETTE_PLAIN,    /* itself, not kept */
  SPC_PALETTE_ADDED,    /* itself, PAL_CACHE_ME: kept under the id */
  SPC_PALETTE_IS_THERE, /* PAL_FROM_CACHE: the id instead of it */
} SpcPaletteUse;

/**
 * spc_encoded_image_write:
 * @self: with a payload
 * @offset: bytes of the message's body before the payload, which pointers in it
 *   are counted from
 * @use: ignored unless @self has a palette
 * @palette_id: what the client keeps the palette under, not 0; ignored if it
 *   does not keep it
 *
 * Writes the type-specific part of the image to @writer. A palette that is sent
 * stands behind it.
 */
void spc_encoded_image_write (const SpcEncodedImage *self, size_t offset,
                              SpcPaletteUse use, uint64_t palette_id,
                              QxlWriter *writer);

/* false: an image of a palette format that has none, too small a one, or
 * an index beyond it; a client would read behind its table */
bool spc_palette_is_sound (const QxlImage *image, GError **error);
