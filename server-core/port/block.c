/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "block.h"

#include "server-core/base/error.h"
#include "server-core/base/limits.h"

#include <lz4.h>

GBytes *
spc_block_pack (const uint8_t *data, gsize size)
{
  g_autofree char *packed = NULL;
  int room = (int)size - 1, n;

  if (size <= SPC_MIN_PACKED_BYTES || size > SPC_MAX_PORT_DATA)
    return NULL;
  packed = g_malloc ((gsize)room);
  n = LZ4_compress_default ((const char *)data, packed, (int)size, room);
  return n > 0 ? g_bytes_new (packed, (gsize)n) : NULL;
}

static bool
check (const SpcCompressedData *message, GError **error)
{
  if (message->type != SPICE_DATA_COMPRESSION_TYPE_LZ4) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "data compressed by method %u, allowed is %u", message->type,
                 SPICE_DATA_COMPRESSION_TYPE_LZ4);
    return false;
  }
  if (message->size > SPC_MAX_PORT_DATA ||
      message->packed.size > SPC_MAX_PORT_DATA) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
                 "compressed data of %u bytes, unpacked %u, at most %u",
                 message->packed.size, message->size, SPC_MAX_PORT_DATA);
    return false;
  }
  return true;
}

GBytes *
spc_block_unpack (const SpcCompressedData *message, GError **error)
{
  g_autofree char *data = NULL;
  int n;

  if (!check (message, error))
    return NULL;
  data = g_malloc (MAX (message->size, 1));
  n = LZ4_decompress_safe ((const char *)message->packed.data, data,
                           (int)message->packed.size, (int)message->size);
  if (n < 0 || (uint32_t)n != message->size) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "compressed data is damaged: %u bytes of %u", message->size,
                 message->packed.size);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), message->size);
}
