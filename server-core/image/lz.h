/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lz.h – the LZ image format: header and passes (spec: LZ).
 *
 * All of its pixel types, those of palettes and of alpha planes included; the
 * table of encoders uses the ones that QxlImage can hold.
 * Threads: any; a scratch serves one call at a time. */
#pragma once

#include "codec.h"

/* numbers of the header's type field */
typedef enum {
  SPC_LZ_PLT1_LE = 1,
  SPC_LZ_PLT1_BE,
  SPC_LZ_PLT4_LE,
  SPC_LZ_PLT4_BE,
  SPC_LZ_PLT8,
  SPC_LZ_RGB16, /* as stored: little-endian x1 R5 G5 B5 */
  SPC_LZ_RGB24, /* B G R */
  SPC_LZ_RGB32, /* B G R x; x is not sent and should be 0 */
  SPC_LZ_RGBA,  /* B G R A */
  SPC_LZ_XXXA,  /* x x x A; only A is sent */
  SPC_LZ_A8,
  SPC_LZ_N_TYPES
} SpcLzType;

typedef struct {
  SpcLzType type;
  uint32_t width, height; /* at least 1; 2^30 - 1 bytes of rows at most */
  bool top_down;
  const uint8_t *rows; /* in storage order, without padding */
} SpcLzImage;

/* bytes of a row without padding */
size_t spc_lz_row_bytes (SpcLzType type, uint32_t width);

/* writes the stream of @image to @to, at most @room bytes; returns its size,
 * or 0 if it does not fit. Uses the slots PLANES and TABLE of @scratch. */
size_t spc_lz_write (const SpcLzImage *image, SpcScratch *scratch, uint8_t *to,
                     size_t room);
