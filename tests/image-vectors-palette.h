/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-vectors-palette.h – vectors of palette images, as clients show them.
 *
 * What we make of a vector's indices is sent in each of the three ways a
 * palette can come to a viewer, and shows the same colours in all of them.
 * Bodies of BITMAP are the reference's byte for byte. Palettes that a vector
 * tells to keep are kept, for those behind it. Any thread, one at a time. */
#pragma once

#include "image-decoders.h"
#include "server-core/image/encoder.h"
#include "vector-index.h"

typedef struct _PaletteVectors PaletteVectors;

PaletteVectors *palette_vectors_new (void);
void palette_vectors_free (PaletteVectors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PaletteVectors, palette_vectors_free)

/* a vector of codec LZ and a palette type; @image: its input */
bool palette_vectors_check (const Vector *vector, const char *folder,
                            QxlImage *image, SpcScratch *scratch,
                            GError **error);
/* a vector of codec WIRE whose pixels are indices; @body: the message's,
 * @offset of the image's payload; @image: its input, without a palette */
bool palette_vectors_check_wire (PaletteVectors *self, const Vector *vector,
                                 GBytes *body, size_t offset, QxlImage *image,
                                 SpcScratch *scratch, GError **error);
