/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg-codes.h – Huffman codes of a JPEG file, learnt from another one.
 *
 * The codes that are best for a picture are found by coding it twice. Frames of
 * a film are alike, so what was best for one is nearly best for the next ones,
 * provided that symbols it did not have get codes as well.
 * Threads: any; plain data. */
#pragma once

#include <stdint.h>

typedef enum {
  SPC_JPEG_DC_LUMA,
  SPC_JPEG_AC_LUMA,
  SPC_JPEG_DC_CHROMA,
  SPC_JPEG_AC_CHROMA,
  SPC_JPEG_N_TABLES
} SpcJpegTable;

enum { SPC_JPEG_MAX_CODE_BITS = 16, SPC_JPEG_MAX_SYMBOLS = 256 };

/* as it stands in a file */
typedef struct {
  uint8_t counts[SPC_JPEG_MAX_CODE_BITS + 1]; /* codes of n bits; [0] is 0 */
  uint8_t symbols[SPC_JPEG_MAX_SYMBOLS];      /* shortest code first */
} SpcJpegCode;

typedef struct {
  SpcJpegCode tables[SPC_JPEG_N_TABLES];
} SpcJpegCodes;

/**
 * spc_jpeg_code_complete:
 * @self: a valid code, perhaps with few symbols
 * @table: what it is for
 *
 * Makes it a code with each symbol that a baseline file may have: those it had
 * keep about their lengths, the others get long ones.
 */
void spc_jpeg_code_complete (SpcJpegCode *self, SpcJpegTable table);
