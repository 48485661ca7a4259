/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic.h – the QUIC image format (spec: QUIC).
 *
 * There is no freedom in it: of given pixels exactly one stream is right. All
 * of its pixel types; the table of encoders uses those that clients take.
 * Threads: any; a scratch serves one call at a time. */
#pragma once

#include "codec.h"
#include "quic-kernels.h"

/* Pixels of a row; a bound for the memory that a row needs. No surface is
 * wider, and spice-html5 fails on runs of more than half of it. */
#define SPC_QUIC_MAX_WIDTH 65536
/* pixels: what the format's readers accept */
#define SPC_QUIC_MAX_PIXELS 536870911

/* numbers of the header's type field */
typedef enum {
  SPC_QUIC_GRAY = 1, /* a byte; spice-gtk refuses it */
  SPC_QUIC_RGB16,    /* little-endian x1 R5 G5 B5; x is not sent */
  SPC_QUIC_RGB24,    /* B G R */
  SPC_QUIC_RGB32,    /* B G R x; x is not sent */
  SPC_QUIC_RGBA,     /* B G R A */
  SPC_QUIC_N_TYPES
} SpcQuicType;

typedef struct {
  SpcQuicType type;
  uint32_t width, height; /* at least 1 */
  size_t stride;          /* bytes from row to row */
  const uint8_t *rows;    /* the top one first */
} SpcQuicImage;

/* writes the stream of @image to @to, at most @room bytes and never beyond;
 * returns its size, or 0 if it does not fit or the image is over the limits.
 * Stops at the row that does not fit. Uses the slots PLANES and PIXELS. */
size_t spc_quic_write (const SpcQuicImage *image, SpcScratch *scratch,
                       uint8_t *to, size_t room);

/* for tests and benches: the same with a certain variant of the hot loops */
size_t spc_quic_write_with (const SpcQuicKernels *kernels,
                            const SpcQuicImage *image, SpcScratch *scratch,
                            uint8_t *to, size_t room);
