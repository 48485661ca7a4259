/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-pixels.h – takes rows of pixels apart into QUIC's groups.
 *
 * A row of any type becomes a line of quads (B, G, R, 0) or of bytes, and for
 * alpha a second line. Pure functions; any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* @n pixels of a row to the line of the first group and that of alpha, which
 * only RGBA has */
typedef void (*SpcQuicSplitFunc) (const uint8_t *row, uint32_t n,
                                  uint8_t *first, uint8_t *alpha);

void spc_quic_split_gray (const uint8_t *row, uint32_t n, uint8_t *first,
                          uint8_t *alpha);
void spc_quic_split_rgb16 (const uint8_t *row, uint32_t n, uint8_t *first,
                           uint8_t *alpha);
void spc_quic_split_rgb24 (const uint8_t *row, uint32_t n, uint8_t *first,
                           uint8_t *alpha);
void spc_quic_split_rgb32 (const uint8_t *row, uint32_t n, uint8_t *first,
                           uint8_t *alpha);
void spc_quic_split_rgba (const uint8_t *row, uint32_t n, uint8_t *first,
                          uint8_t *alpha);
