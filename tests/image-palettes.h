/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-palettes.h – palettes of images in messages, as a client reads them.
 *
 * Finds the palette that a payload refers to, by pointer or by id, and turns
 * indices into colours. As strict as the strictest client: an index beyond the
 * palette, a palette outside the message or bytes left over are errors.
 * Threads: any. */
#pragma once

#include "image-decoders.h"

typedef struct {
  uint8_t flags; /* SPICE_BITMAP_FLAGS_…; 0 if the image has no palette */
  uint64_t id;   /* 0: none */
  uint32_t n_entries; /* 0: none, or it is in the client's cache */
  uint32_t entries[256];
} ImagePalette;

/* @offset: of the payload of an image of @type in the @size bytes of @body;
 * @payload_size: up to its palette, which must be the last thing there */
bool image_palette_find (uint8_t type, const uint8_t *body, size_t size,
                         size_t offset, size_t *payload_size,
                         ImagePalette *palette, GError **error);
/* pixels of a palette format become 32BIT; others are left alone */
bool image_palette_apply (const ImagePalette *palette, ImagePixels *pixels,
                          GError **error);
