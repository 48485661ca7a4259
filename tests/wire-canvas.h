/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire-canvas.h – what a viewer of a display sees, for tests.
 *
 * Draws display messages the slow and plain way, with image decoders of its
 * own, and keeps the images it is told to keep. A message that a real viewer
 * would stumble over (an unknown surface, a box outside, an image that does not
 * decode, one that is not in the cache) ends the test. Any thread. */
#pragma once

#include "qxl/geometry.h"
#include "qxl/image.h"
#include "wire-pixmaps.h"
#include "wire-streams.h"

/* pixels of the GLZ window it offers, as spice-gtk does */
#define WIRE_CANVAS_GLZ_WINDOW (8u << 20)

typedef struct _WireCanvas WireCanvas;

WireCanvas *wire_canvas_new (void);
void wire_canvas_free (WireCanvas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireCanvas, wire_canvas_free)
/* before the first message, if INIT does not announce the usual cache
 * (wire-pixmaps.h) */
void wire_canvas_announce (WireCanvas *self, uint64_t cache_pixels);
/* the same; it keeps images in @pixmaps, which outlives it */
void wire_canvas_share (WireCanvas *self, WirePixmaps *pixmaps);
/* a message of the display channel; base messages are left alone */
void wire_canvas_message (WireCanvas *self, uint16_t type, const uint8_t *body,
                          uint32_t size);

/* a real viewer waits before it: for an image in its cache */
bool wire_canvas_misses (const WireCanvas *self, uint16_t type,
                         const uint8_t *body, uint32_t size);

/* asking */
bool wire_canvas_has_surface (const WireCanvas *self, uint32_t surface_id,
                              uint32_t width, uint32_t height);
/* 0x00RRGGBB, or with alpha on surfaces that have it */
uint32_t wire_canvas_pixel (const WireCanvas *self, uint32_t surface_id,
                            uint32_t x, uint32_t y);
/* the surface shows exactly @image */
bool wire_canvas_shows (const WireCanvas *self, uint32_t surface_id,
                        const QxlImage *image);
bool wire_canvas_is_marked (const WireCanvas *self);
/* as last told; NULL and 0: not told */
const QxlRect *wire_canvas_heads (const WireCanvas *self, guint *n_heads);
const WireStreams *wire_canvas_streams (const WireCanvas *self);
guint wire_canvas_n_draws (const WireCanvas *self);
guint wire_canvas_n_images (const WireCanvas *self, uint8_t image_type);
/* images in the cache */
guint wire_canvas_n_kept (const WireCanvas *self);
/* palettes in the cache */
guint wire_canvas_n_palettes (const WireCanvas *self);
