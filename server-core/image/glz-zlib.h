/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glz-zlib.h – deflates the body of a GLZ stream for ZLIB_GLZ_RGB.
 *
 * A viewer's header stays outside, so that one body serves many: it goes into
 * a block of its own, stored, before the body's blocks (RFC 1950, 1951). The
 * compressor's memory is kept in the scratch.
 * Threads: any; a scratch serves one call at a time. */
#pragma once

#include "codec.h"

/* bytes around the body: those before and with the header, and after */
enum { SPC_ZLIB_HEAD_SIZE = 2 + 5, SPC_ZLIB_TAIL_SIZE = 4 };

/* the blocks of @body and the last one's mark; NULL if that and what goes
 * around it are not fewer bytes than @body */
GBytes *spc_zlib_deflate (const uint8_t *body, size_t size,
                          SpcScratch *scratch);
/* checksum of @body, for the tail */
uint32_t spc_zlib_adler (const uint8_t *body, size_t size);

/* writes SPC_ZLIB_HEAD_SIZE bytes before @header_size of header, at most 65535;
 * returns the place after */
uint8_t *spc_zlib_put_head (uint8_t *to, size_t header_size);
/* writes SPC_ZLIB_TAIL_SIZE bytes behind the blocks of a body of @size bytes */
void spc_zlib_put_tail (uint8_t *to, const uint8_t *header, size_t header_size,
                        uint32_t body_adler, size_t size);
