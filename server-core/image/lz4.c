/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lz4.c – LZ4: the protocol's frame around liblz4 (spec: LZ4).
 *
 * The whole image is one block; if it does not fit the room, liblz4 stops
 * early. The stream interface is used although there is no second block: it
 * hashes five bytes where the plain one hashes four of small inputs, which a
 * pixel ending in 0 wastes (a text of 48 kB became 41 % larger). */
#include "codec.h"

#include <lz4.h>
#include <spice/enums.h>

/* u32 size | u8 top_down, u8 format, u32 big-endian size of the block */
enum { SIZE_BYTES = 4, FRAME_BYTES = 2, BLOCK_HEAD_BYTES = 4 };
enum { HEAD_BYTES = SIZE_BYTES + FRAME_BYTES + BLOCK_HEAD_BYTES };

static const uint8_t lz4_formats[QXL_N_FORMATS] = {
    [QXL_FORMAT_BGRX] = SPICE_BITMAP_FMT_32BIT,
    [QXL_FORMAT_BGRA] = SPICE_BITMAP_FMT_RGBA,
    [QXL_FORMAT_BGR] = SPICE_BITMAP_FMT_24BIT,
    [QXL_FORMAT_RGB15] = SPICE_BITMAP_FMT_16BIT,
};

size_t
spc_lz4_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
                size_t room)
{
  const uint8_t *rows = spc_codec_tight_rows (image, scratch);
  void *memory =
      spc_scratch_get (scratch, SPC_SLOT_TABLE, sizeof (LZ4_stream_t));
  LZ4_stream_t *stream = LZ4_initStream (memory, sizeof (LZ4_stream_t));
  int block;

  if (room <= HEAD_BYTES)
    return 0;
  block = LZ4_compress_fast_continue (
      stream, (const char *)rows, (char *)to + HEAD_BYTES,
      (int)qxl_image_size (image), (int)(room - HEAD_BYTES), 1);
  if (block <= 0)
    return 0;
  spc_put_u32_le (to, FRAME_BYTES + BLOCK_HEAD_BYTES + (uint32_t)block);
  to[SIZE_BYTES] = 1; /* top-down */
  to[SIZE_BYTES + 1] = lz4_formats[image->format];
  spc_put_u32_be (to + SIZE_BYTES + FRAME_BYTES, (uint32_t)block);
  return HEAD_BYTES + (size_t)block;
}
