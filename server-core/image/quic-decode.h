/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quic-decode.h – reads the QUIC images that a producer brings ready-made.
 *
 * The other direction of quic.h, with the same tables, model and pace. It takes
 * any bytes. Threads: any. */
#pragma once

#include "qxl/image.h"

/* 8192 × 8192 pixels, 256 MiB; a stream of a few kilobytes may well hold that
 * many, so the size alone says little of the memory it needs */
#define SPC_QUIC_MAX_DECODED_PIXELS (64u * 1024u * 1024u)

/**
 * spc_quic_decode:
 * @data: (array length=size): a stream, from its magic on; what follows it is
 *   left alone
 * @width: pixels, as the image's descriptor has it
 * @height: the same
 * @error: what came and what was allowed
 *
 * Returns: (transfer full) (nullable): BGRX for RGB32, RGB24 and GRAY, BGRA for
 *   RGBA, RGB15 for RGB16; NULL: the stream is none, has another size than the
 *   descriptor, or more pixels than its bytes can hold or we take
 */
QxlImage *spc_quic_decode (const uint8_t *data, size_t size, uint32_t width,
                           uint32_t height, GError **error);
