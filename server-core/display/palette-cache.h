/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* palette-cache.h – which palettes a client keeps: the server's mirror of them.
 *
 * One for each display channel of a client (spec: palettes). The client
 * keeps what it is told to and drops what it is told to; those unused for
 * longest make room. Palettes are known by their content, which is compared.
 * On the wire each has the number of its place, 1 to 128, which goes to another
 * palette only after the client was told to drop the old one; there is no
 * number 0, and the upper 32 bits are 0.
 *
 * What it answers holds for the next message on the channel, so that must be
 * sent, and nothing else may be sent before it. Loop thread only. */
#pragma once

#include "server-core/image/palette-payload.h"

/* what libspice-server keeps, and clients are used to */
#define SPC_PALETTE_CACHE_SIZE 128u

typedef struct _SpcPaletteCache SpcPaletteCache;

SpcPaletteCache *spc_palette_cache_new (void);
void spc_palette_cache_free (SpcPaletteCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcPaletteCache, spc_palette_cache_free)

/**
 * spc_palette_cache_use:
 * @palette: of an image about to be sent
 * @id: set to the number it is kept under, or to 0
 * @dropped: set to the number that INVAL_PALETTE must name before the image, or
 *   to 0
 *
 * Returns: how the palette comes to the client
 */
SpcPaletteUse spc_palette_cache_use (SpcPaletteCache *self, QxlPalette *palette,
                                     uint32_t *id, uint32_t *dropped);

/* asking */
guint spc_palette_cache_n_palettes (const SpcPaletteCache *self);
