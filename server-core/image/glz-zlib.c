/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz-zlib.h"

#include <zlib.h>

enum {
  /* 3: the reference's; a level more was 20 % slower and 1 % smaller */
  LEVEL = 3,
  RAW_WINDOW_BITS = -15, /* no header, no checksum: both are ours */
  MEMORY_LEVEL = 8,
  /* what deflate of these settings asks for in all, and some room */
  STATE_SIZE = 320 * 1024,
  ALIGNMENT = 16,
  /* deflate, 32 KiB window; level "fast"; see RFC 1950 */
  METHOD = 0x78,
  FLAGS = 0x5e,
};

/* memory for deflate, given in turn and never taken back */
typedef struct {
  uint8_t *at;
  size_t left;
} Pool;

static void *
pool_alloc (void *opaque, unsigned n, unsigned size)
{
  Pool *pool = opaque;
  size_t bytes = ((size_t)n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  void *memory = pool->at;

  if (bytes > pool->left)
    return NULL;
  pool->at += bytes;
  pool->left -= bytes;
  return memory;
}

static void
pool_free (void *opaque, void *memory)
{
}

GBytes *
spc_zlib_deflate (const uint8_t *body, size_t size, SpcScratch *scratch)
{
  Pool pool = {spc_scratch_get (scratch, SPC_SLOT_TABLE, STATE_SIZE),
               STATE_SIZE};
  z_stream z = {.zalloc = pool_alloc, .zfree = pool_free, .opaque = &pool};
  size_t around = SPC_ZLIB_HEAD_SIZE + SPC_ZLIB_TAIL_SIZE;
  size_t room = size > around ? size - around - 1 : 0;
  uint8_t *to;
  int result;

  if (room == 0 || size > G_MAXUINT32 ||
      deflateInit2 (&z, LEVEL, Z_DEFLATED, RAW_WINDOW_BITS, MEMORY_LEVEL,
                    Z_DEFAULT_STRATEGY) != Z_OK)
    return NULL;
  to = spc_scratch_get (scratch, SPC_SLOT_STREAM, room);
  z.next_in = (uint8_t *)body; /* not written to */
  z.avail_in = (uInt)size;
  z.next_out = to;
  z.avail_out = (uInt)room;
  result = deflate (&z, Z_FINISH);
  deflateEnd (&z);
  if (result != Z_STREAM_END)
    return NULL;
  return spc_payload_new_copy (spc_scratch_blocks (scratch), to, z.total_out);
}

uint32_t
spc_zlib_adler (const uint8_t *body, size_t size)
{
  return (uint32_t)adler32_z (1, body, size);
}

uint8_t *
spc_zlib_put_head (uint8_t *to, size_t header_size)
{
  uint16_t length = (uint16_t)header_size;

  *to++ = METHOD;
  *to++ = FLAGS;
  *to++ = 0; /* not the last block; stored; the rest of a byte */
  *to++ = (uint8_t)length;
  *to++ = (uint8_t)(length >> 8);
  *to++ = (uint8_t)~length;
  *to++ = (uint8_t)(~length >> 8);
  return to;
}

void
spc_zlib_put_tail (uint8_t *to, const uint8_t *header, size_t header_size,
                   uint32_t body_adler, size_t size)
{
  uLong adler = adler32_z (1, header, header_size);

  spc_put_u32_be (to,
                  (uint32_t)adler32_combine (adler, body_adler, (z_off_t)size));
}
