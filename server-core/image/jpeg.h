/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg.h – JPEG of an image's colours; what it decodes to only resembles them.
 *
 * Baseline, Y Cb Cr with halved chroma (4:2:0) and the usual Huffman tables, as
 * libspice-server sends it: any client decodes that. Pixels go to libjpeg as
 * they lie in memory. An alpha plane is not coded here but beside the file, by
 * the table's row (spec: JPEG_ALPHA).
 * Threads: any; a scratch serves one call at a time. */
#pragma once

#include "codec.h"
#include "jpeg-codes.h"

/* pixels of a side: what libjpeg codes */
#define SPC_JPEG_MAX_SIDE 65500

/**
 * spc_jpeg_write:
 * @image: BGRX, BGRA (whose alpha is not read), BGR or RGB15
 * @quality: 1 to 100; what is beyond counts as the nearer of them
 * @scratch: its slot PIXELS is used for RGB15
 * @to: room for @room bytes; nothing is written beyond
 *
 * Writes one whole JFIF file, top row first.
 *
 * Returns: its size; 0 with @error NO_SPACE if it does not fit,
 * INVALID_ARGUMENT if a side is over the limit, NOT_SUPPORTED for another
 * format, FAILED with libjpeg's words for anything else (no memory).
 */
size_t spc_jpeg_write (const QxlImage *image, int quality, SpcScratch *scratch,
                       uint8_t *to, size_t room, GError **error);

/* rows of a unit of 4:2:0 */
#define SPC_JPEG_BAND 16u

/* a file that is not as usual */
typedef struct {
  const uint8_t *steps;      /* 64 quantisation steps for luma and chroma */
  const SpcJpegCodes *codes; /* complete ones; NULL: the usual ones */
  /* NULL, or filled with the codes that are best, and these are used; they
   * have only symbols that occur */
  SpcJpegCodes *learnt;
  uint32_t one_band_in; /* 1: all; n: only the first of each n bands of rows */
} SpcJpegForm;

/* as spc_jpeg_write () */
size_t spc_jpeg_write_form (const QxlImage *image, const SpcJpegForm *form,
                            SpcScratch *scratch, uint8_t *to, size_t room,
                            GError **error);
/* false: a side is over the limit */
bool spc_jpeg_check_size (const QxlImage *image, GError **error);
