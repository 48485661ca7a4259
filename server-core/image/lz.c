/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lz.h"

#include "lz-match.h"
#include "planes.h"
#include <spice/enums.h>

enum {
  MAGIC = 0x20205a4c,
  VERSION = 0x00010001, /* major 1, minor 1 */
  HEADER_SIZE = 7 * 4,
  SIZE_BYTES = 4,  /* the payload's u32 before the stream */
  FLAGS_BYTES = 1, /* and with palettes a u8 before that */
};

typedef enum { NO_ROWS, BYTES, WORDS, COLOURS_24, COLOURS_32 } Rows;

typedef struct {
  uint8_t bits; /* of a pixel in memory */
  Rows rows;    /* first pass */
  bool alpha;   /* a pass over each fourth byte follows */
} LzType;

/* clang-format off */
static const LzType lz_types[SPC_LZ_N_TYPES] = {
  [SPC_LZ_PLT1_LE] = {  1, BYTES,      false },
  [SPC_LZ_PLT1_BE] = {  1, BYTES,      false },
  [SPC_LZ_PLT4_LE] = {  4, BYTES,      false },
  [SPC_LZ_PLT4_BE] = {  4, BYTES,      false },
  [SPC_LZ_PLT8]    = {  8, BYTES,      false },
  [SPC_LZ_RGB16]   = { 16, WORDS,      false },
  [SPC_LZ_RGB24]   = { 24, COLOURS_24, false },
  [SPC_LZ_RGB32]   = { 32, COLOURS_32, false },
  [SPC_LZ_RGBA]    = { 32, COLOURS_32, true },
  [SPC_LZ_XXXA]    = { 32, NO_ROWS,    true },
  [SPC_LZ_A8]      = {  8, BYTES,      false },
};

static const SpcLzType types_of_formats[QXL_N_FORMATS] = {
  [QXL_FORMAT_BGRX] = SPC_LZ_RGB32,
  [QXL_FORMAT_BGRA] = SPC_LZ_RGBA,
  [QXL_FORMAT_BGR] = SPC_LZ_RGB24,
  [QXL_FORMAT_RGB15] = SPC_LZ_RGB16,
  [QXL_FORMAT_A8] = SPC_LZ_A8,
  [QXL_FORMAT_PLT1_LE] = SPC_LZ_PLT1_LE,
  [QXL_FORMAT_PLT1_BE] = SPC_LZ_PLT1_BE,
  [QXL_FORMAT_PLT4_LE] = SPC_LZ_PLT4_LE,
  [QXL_FORMAT_PLT4_BE] = SPC_LZ_PLT4_BE,
  [QXL_FORMAT_PLT8] = SPC_LZ_PLT8,
};
/* clang-format on */

size_t
spc_lz_row_bytes (SpcLzType type, uint32_t width)
{
  return (size_t)(((uint64_t)width * lz_types[type].bits + 7) / 8);
}

/* passes */

static uint8_t *
write_rows (const SpcLzImage *image, SpcLzPass *pass, SpcScratch *scratch,
            uint8_t *to, const uint8_t *end)
{
  const LzType *type = &lz_types[image->type];
  size_t n = (size_t)image->width * image->height;
  uint8_t *plane;

  pass->units = image->rows;
  pass->n_units = (uint32_t)n;
  pass->row = image->width;
  switch (type->rows) {
  case BYTES:
    pass->row = (uint32_t)spc_lz_row_bytes (image->type, image->width);
    pass->n_units = pass->row * image->height;
    return spc_lz_write_bytes (pass, to, end);
  case WORDS:
    return spc_lz_write_words (pass, to, end);
  case COLOURS_24:
    pass->units = plane = spc_scratch_get (scratch, SPC_SLOT_PLANES, 4 * n);
    spc_planes_put_colours_of_24 (plane, image->rows, n);
    return spc_lz_write_colours (pass, to, end);
  case COLOURS_32:
    if (type->alpha) {
      pass->units = plane = spc_scratch_get (scratch, SPC_SLOT_PLANES, 4 * n);
      spc_planes_put_colours_of_32 (plane, image->rows, n);
    }
    return spc_lz_write_colours (pass, to, end);
  default: /* NO_ROWS */
    return to;
  }
}

static uint8_t *
write_alpha (const SpcLzImage *image, SpcLzPass *pass, SpcScratch *scratch,
             uint8_t *to, const uint8_t *end)
{
  size_t n = (size_t)image->width * image->height;
  uint8_t *plane;

  if (!lz_types[image->type].alpha || !to)
    return to;
  plane = spc_scratch_get (scratch, SPC_SLOT_PLANES, n);
  spc_planes_put_alphas (plane, image->rows, n);
  pass->units = plane;
  pass->n_units = (uint32_t)n;
  pass->row = image->width;
  return spc_lz_write_bytes (pass, to, end);
}

static uint8_t *
write_header (const SpcLzImage *image, uint8_t *to)
{
  size_t stride = spc_lz_row_bytes (image->type, image->width);
  const uint32_t header[] = {MAGIC,          VERSION,       image->type,
                             image->width,   image->height, (uint32_t)stride,
                             image->top_down};

  for (size_t i = 0; i < G_N_ELEMENTS (header); i++, to += 4)
    spc_put_u32_be (to, header[i]);
  return to;
}

size_t
spc_lz_write (const SpcLzImage *image, SpcScratch *scratch, uint8_t *to,
              size_t room)
{
  const uint8_t *end = to + room;
  SpcLzPass pass = {0};
  uint8_t *at;

  if (room < HEADER_SIZE)
    return 0;
  pass.table = spc_scratch_get (scratch, SPC_SLOT_TABLE, SPC_LZ_TABLE_SIZE);
  at = write_header (image, to);
  at = write_rows (image, &pass, scratch, at, end);
  at = write_alpha (image, &pass, scratch, at, end);
  return at ? (size_t)(at - to) : 0;
}

/* the encoder's row */

size_t
spc_lz_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
               size_t room)
{
  SpcLzImage lz = {.type = types_of_formats[image->format],
                   .width = image->width,
                   .height = image->height,
                   .top_down = true,
                   .rows = spc_codec_tight_rows (image, scratch)};
  size_t flags = qxl_format_is_palette (image->format) ? FLAGS_BYTES : 0;
  size_t head = flags + SIZE_BYTES, size;

  if (room < head)
    return 0;
  size = spc_lz_write (&lz, scratch, to + head, room - head);
  if (size == 0)
    return 0;
  if (flags)
    to[0] = SPICE_BITMAP_FLAGS_TOP_DOWN;
  spc_put_u32_le (to + flags, (uint32_t)size);
  return head + size;
}
