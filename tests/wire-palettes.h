/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire-palettes.h – the palettes a viewer keeps because it was told to.
 *
 * For tests. Decides nothing, like the cache of a real client. What would crash
 * one or leak in it ends the test: a palette used that is not there, kept twice
 * or without an id, dropped without being there, or more than 128. Any
 * thread. */
#pragma once

#include "image-palettes.h"
#include "qxl/bytes.h"

#define WIRE_PALETTES_MOST 128u

typedef struct _WirePalettes WirePalettes;

WirePalettes *wire_palettes_new (void);
void wire_palettes_free (WirePalettes *self);

/* the palette of an image that came, kept if its flags say so; what it means:
 * itself, or the one that is kept under its id */
const ImagePalette *wire_palettes_take (WirePalettes *self,
                                        const ImagePalette *palette);
/* bodies of INVAL_PALETTE and INVAL_ALL_PALETTES */
void wire_palettes_inval (WirePalettes *self, QxlReader *reader);
void wire_palettes_inval_all (WirePalettes *self);
guint wire_palettes_count (const WirePalettes *self);
