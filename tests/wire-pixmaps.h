/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire-pixmaps.h – the images a viewer keeps because it was told to, for tests.
 *
 * Decides nothing, like the cache of a real client. What would hang one, leak
 * in it or show the wrong image ends the test: an image drawn from the cache
 * that is not there, kept twice, dropped without being there, or more pixels
 * than were announced. Any thread. */
#pragma once

#include "image-decoders.h"
#include "qxl/bytes.h"
#include "server-core/wire/messages-display.h"

/* what viewers announce unless a test says otherwise: 80 MiB, as spice-gtk */
#define WIRE_PIXMAPS_USUAL (20u << 20)

typedef struct _WirePixmaps WirePixmaps;

WirePixmaps *wire_pixmaps_new (uint64_t capacity); /* pixels */
void wire_pixmaps_free (WirePixmaps *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WirePixmaps, wire_pixmaps_free)

/* an image that came itself: copied if its flags say so */
void wire_pixmaps_take (WirePixmaps *self, const SpcImageDescriptor *descriptor,
                        const ImagePixels *pixels);
/* the image of a FROM_CACHE or FROM_CACHE_LOSSLESS descriptor */
const ImagePixels *wire_pixmaps_get (const WirePixmaps *self,
                                     const SpcImageDescriptor *descriptor);
/* bodies of INVAL_LIST and INVAL_ALL_PIXMAPS */
void wire_pixmaps_inval (WirePixmaps *self, QxlReader *reader);
void wire_pixmaps_inval_all (WirePixmaps *self, QxlReader *reader);
bool wire_pixmaps_has (const WirePixmaps *self, uint64_t id);
guint wire_pixmaps_count (const WirePixmaps *self);
/* Several channels fill it. What one adds may come before another drops what
 * makes room for it, so too many pixels end the test only when asked for. */
void wire_pixmaps_share (WirePixmaps *self);
void wire_pixmaps_assert_fits (const WirePixmaps *self);
/* Messages were lost with their channel: from now on it does not mind being
 * told to drop what it has not, nor too many pixels. */
void wire_pixmaps_forgive (WirePixmaps *self);
