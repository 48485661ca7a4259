/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* block.h – LZ4 blocks of byte streams (spec: compression).
 *
 * One block a message, without a dictionary. Any thread. */
#pragma once

#include "server-core/wire/messages-port.h"

/* less is not worth it */
#define SPC_MIN_PACKED_BYTES 1000u

/* NULL: @data is short, or would not become smaller */
GBytes *spc_block_pack (const uint8_t *data, gsize size);
/* NULL with @error: not LZ4, larger than a message may be, or not exactly as
 * large as it says */
GBytes *spc_block_unpack (const SpcCompressedData *message, GError **error);
