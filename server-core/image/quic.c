/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "quic.h"

#include "quic-group.h"
#include "quic-pixels.h"

enum {
  MAGIC = 0x43495551, /* "QUIC" */
  VERSION = 0,
  HEADER_SIZE = 5 * 4,
  WORD_SIZE = 4,
  SIZE_BYTES = 4, /* the payload's u32 before the stream */
  MIN_SIDE = 3,   /* pixels; the reference sends less as BITMAP */
  MAX_GROUPS = 2,
};

typedef struct {
  SpcQuicSplitFunc split;
  const SpcQuicFamily *family;
  uint8_t bytes;       /* of a pixel in memory */
  uint8_t pixel_bytes; /* of one in the first group's lines */
  bool alpha;          /* a second group follows */
} QuicType;

/* clang-format off */
static const QuicType quic_types[SPC_QUIC_N_TYPES] = {
  [SPC_QUIC_GRAY]  = { spc_quic_split_gray,  &spc_quic_family_8, 1, 1, false },
  [SPC_QUIC_RGB16] = { spc_quic_split_rgb16, &spc_quic_family_5, 2, 4, false },
  [SPC_QUIC_RGB24] = { spc_quic_split_rgb24, &spc_quic_family_8, 3, 4, false },
  [SPC_QUIC_RGB32] = { spc_quic_split_rgb32, &spc_quic_family_8, 4, 4, false },
  [SPC_QUIC_RGBA]  = { spc_quic_split_rgba,  &spc_quic_family_8, 4, 4, true },
};

static const SpcQuicType types_of_formats[QXL_N_FORMATS] = {
  [QXL_FORMAT_BGRX] = SPC_QUIC_RGB32,
  [QXL_FORMAT_BGRA] = SPC_QUIC_RGBA,
  [QXL_FORMAT_BGR] = SPC_QUIC_RGB24,
  [QXL_FORMAT_RGB15] = SPC_QUIC_RGB16,
};
/* clang-format on */

/* an image being written */
typedef struct {
  const QuicType *type;
  SpcQuicGroup groups[MAX_GROUPS];
  unsigned n_groups;
  SpcQuicBits bits; /* its memory is set for each row */
  size_t row_bytes; /* of the image, without padding */
  size_t worst_row; /* bytes a row can become */
  uint8_t *spill;   /* of that size, where the room may not suffice */
  uint8_t *to, *end;
} Writer;

static void
writer_init (Writer *self, const SpcQuicKernels *kernels,
             const SpcQuicImage *image, SpcScratch *scratch)
{
  uint32_t width = image->width;
  size_t sizes[MAX_GROUPS] = {0};
  uint8_t *memory;

  self->type = &quic_types[image->type];
  self->n_groups = 1 + self->type->alpha;
  self->row_bytes = (size_t)width * self->type->bytes;
  for (unsigned i = 0; i < self->n_groups; i++) {
    unsigned bytes = i ? 1 : self->type->pixel_bytes;

    sizes[i] = spc_quic_group_memory_size (width, bytes);
    self->worst_row += spc_quic_group_worst_row (width, bytes);
  }
  memory = spc_scratch_get (scratch, SPC_SLOT_PLANES, sizes[0] + sizes[1]);
  for (unsigned i = 0; i < self->n_groups; i++) {
    spc_quic_group_init (&self->groups[i], kernels, self->type->family, width,
                         i ? 1 : self->type->pixel_bytes, memory);
    memory += sizes[i];
  }
  self->spill = spc_scratch_get (scratch, SPC_SLOT_PIXELS, self->worst_row);
}

static void
put_header (Writer *self, const SpcQuicImage *image)
{
  const uint32_t header[] = {MAGIC, VERSION, image->type, image->width,
                             image->height};

  for (size_t i = 0; i < G_N_ELEMENTS (header); i++, self->to += WORD_SIZE)
    spc_put_u32_le (self->to, header[i]);
}

/* Rows of a part of a picture lie too far apart for the processor to guess. */
static void
prefetch_row (const SpcQuicImage *image, uint32_t y, size_t row_bytes)
{
  enum { CACHE_LINE = 64 };

  if (y < image->height)
    for (size_t i = 0; i < row_bytes; i += CACHE_LINE)
      __builtin_prefetch (image->rows + y * image->stride + i);
}

/* A row that might not fit is written elsewhere, so that nothing inside it
 * needs to look at the room. */
static bool
put_row (Writer *self, const uint8_t *row, uint32_t width)
{
  size_t room = (size_t)(self->end - self->to), size;
  uint8_t *start = room < self->worst_row ? self->spill : self->to;

  self->bits.at = start;
  self->type->split (row, width, self->groups[0].row, self->groups[1].row);
  for (unsigned i = 0; i < self->n_groups; i++)
    spc_quic_group_code_row (&self->groups[i], &self->bits);
  size = (size_t)(self->bits.at - start);
  if (size > room)
    return false;
  if (start == self->spill)
    memcpy (self->to, start, size);
  self->to += size;
  return true;
}

/* the last bits, filled up to a word, and a word of 0 that readers look at */
static bool
put_end (Writer *self)
{
  size_t words = (self->bits.n + 31) / 32 + 1;
  uint64_t bits = self->bits.gathered;

  if ((size_t)(self->end - self->to) < words * WORD_SIZE)
    return false;
  for (; words; words--, self->to += WORD_SIZE, bits <<= 32)
    spc_put_u32_le (self->to, (uint32_t)(bits >> 32));
  return true;
}

static bool
is_within_limits (const SpcQuicImage *image)
{
  return image->width > 0 && image->height > 0 &&
         image->width <= SPC_QUIC_MAX_WIDTH &&
         image->height <= SPC_QUIC_MAX_PIXELS / image->width;
}

size_t
spc_quic_write_with (const SpcQuicKernels *kernels, const SpcQuicImage *image,
                     SpcScratch *scratch, uint8_t *to, size_t room)
{
  Writer writer = {.to = to, .end = to + room};

  if (!is_within_limits (image) || room < HEADER_SIZE)
    return 0;
  writer_init (&writer, kernels, image, scratch);
  put_header (&writer, image);
  for (uint32_t y = 0; y < image->height; y++) {
    prefetch_row (image, y + 2, writer.row_bytes);
    if (!put_row (&writer, image->rows + y * image->stride, image->width))
      return 0;
  }
  return put_end (&writer) ? (size_t)(writer.to - to) : 0;
}

size_t
spc_quic_write (const SpcQuicImage *image, SpcScratch *scratch, uint8_t *to,
                size_t room)
{
  return spc_quic_write_with (spc_quic_kernels_best (), image, scratch, to,
                              room);
}

/* the encoder's row */

size_t
spc_quic_encode (const QxlImage *image, SpcScratch *scratch, uint8_t *to,
                 size_t room)
{
  SpcQuicImage quic = {.type = types_of_formats[image->format],
                       .width = image->width,
                       .height = image->height,
                       .stride = image->stride,
                       .rows = image->pixels};
  size_t size;

  if (image->width < MIN_SIDE || image->height < MIN_SIDE || room < SIZE_BYTES)
    return 0;
  size = spc_quic_write (&quic, scratch, to + SIZE_BYTES, room - SIZE_BYTES);
  if (size == 0)
    return 0;
  spc_put_u32_le (to, (uint32_t)size);
  return SIZE_BYTES + size;
}
